package org.featureextractor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes in the wire format of protocol buffers, which grow at their end. */
final class WireBuffer {
  /** The largest array that every Java machine can make. */
  private static final int LARGEST = Integer.MAX_VALUE - 16;

  private static final int LONGEST_NUMBER = 10;

  private byte[] bytes = new byte[64];
  private ByteBuffer numbers = view(bytes);
  private int size;

  private static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  void clear() {
    size = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  private void room(int more) {
    long needed = (long) size + more;
    if (needed > bytes.length) {
      if (needed > LARGEST) {
        throw new FeatureExtractorException(
            ErrorCode.LIMIT, "A row makes a sample of 2 GiB or more, which no reader takes.");
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(LARGEST, Math.max(needed, 2L * size)));
      numbers = view(bytes);
    }
  }

  /** Appends a number in the form of variable length: seven bits per byte, the lowest first. */
  void varint(long number) {
    room(LONGEST_NUMBER);
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** Appends what comes before a field with content: its tag, and the length of the content. */
  void head(int tag, int content) {
    varint(tag);
    varint(content);
  }

  void bytes(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  void append(WireBuffer other) {
    bytes(other.bytes, 0, other.size);
  }

  void fixed32(int number) {
    room(Integer.BYTES);
    numbers.putInt(size, number);
    size += Integer.BYTES;
  }

  void fixed64(long number) {
    room(Long.BYTES);
    numbers.putLong(size, number);
    size += Long.BYTES;
  }

  /** The size of a field with one byte of tag and so many bytes of content. */
  static int fieldSize(int content) {
    int size = 2;
    for (int rest = content; (rest & ~0x7F) != 0; rest >>>= 7) {
      ++size;
    }
    return size + content;
  }
}
