package org.featureextractor.parity;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes with little-endian numbers. */
final class Answer {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  void writeByte(int value) {
    bytes.write(value);
  }

  void writeLong(long value) {
    bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  void writeBytes(byte[] value) {
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value.length).array());
    bytes.writeBytes(value);
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
