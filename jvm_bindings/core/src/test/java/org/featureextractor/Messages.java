package org.featureextractor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Requests for small.fx in bytes, and descriptors of messages, written without a library. */
final class Messages {
  private Messages() {}

  static byte[] json(long u, double... x) {
    StringBuilder text = new StringBuilder("{\"u\": " + u + ", \"candidates\": [");
    for (int i = 0; i < x.length; ++i) {
      text.append(i == 0 ? "" : ", ").append(String.format(Locale.ROOT, "{\"x\": %s}", x[i]));
    }
    return text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** {@code message Row { double x = 1; } message Request { int64 u = 1; repeated Row rows = 2; }} of the package shop. */
  static byte[] descriptorSet() {
    byte[] row = part(part(text(1, "Row")), bytes(2, field("x", 1, 1, 1, null)));
    byte[] request =
        part(text(1, "Request"), bytes(2, field("u", 1, 1, 3, null)), bytes(2, field("rows", 2, 3, 11, ".shop.Row")));
    byte[] file = part(text(1, "shop.proto"), text(2, "shop"), bytes(4, row), bytes(4, request), text(12, "proto3"));
    return bytes(1, file);
  }

  static byte[] protobuf(long u, double... x) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(number(1, u));
    for (double value : x) {
      ByteBuffer fixed = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN).put((byte) (1 << 3 | 1)).putDouble(value);
      message.writeBytes(bytes(2, fixed.array()));
    }
    return message.toByteArray();
  }

  private static byte[] field(String name, int number, int label, int type, String typeName) {
    byte[] numbers = part(number(3, number), number(4, label), number(5, type));
    return part(text(1, name), numbers, typeName == null ? new byte[0] : text(6, typeName));
  }

  private static byte[] text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] bytes(int field, byte[] value) {
    return part(varint((long) field << 3 | 2), varint(value.length), value);
  }

  private static byte[] number(int field, long value) {
    return part(varint((long) field << 3), varint(value));
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return bytes.toByteArray();
  }

  private static byte[] part(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] one : parts) {
      all.writeBytes(one);
    }
    return all.toByteArray();
  }
}
