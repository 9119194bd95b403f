package org.featureextractor;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** One feature of a sample: the values of a row, as {@link TfRecordEncoder} puts them into the record. */
final class SampleFeature {
  // The tags of fields 1 to 3 that have a length and content, which is all that these messages have.
  static final int FIELD_1 = 1 << 3 | 2;
  static final int FIELD_2 = 2 << 3 | 2;
  private static final int FIELD_3 = 3 << 3 | 2;

  /** The lists of which a {@code tf.train.Feature} holds one, with their tags. */
  enum Payload {
    TEXTS(FIELD_1),
    FLOATS(FIELD_2),
    INTEGERS(FIELD_3);

    private final int tag;

    Payload(int tag) {
      this.tag = tag;
    }
  }

  private final String name;
  /** The name as the key of the map. */
  private final WireBuffer key = new WireBuffer();
  private final Payload payload;
  /** Whether each value is a step of a feature list. */
  private final boolean isSteps;
  /** Packed numbers, fields with texts, or steps. */
  private final WireBuffer content = new WireBuffer();
  private boolean isPresent;

  SampleFeature(String name, Payload payload, boolean isSteps) {
    this.name = name;
    this.payload = payload;
    this.isSteps = isSteps;
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    key.head(FIELD_1, utf8.length);
    key.bytes(utf8, 0, utf8.length);
  }

  String name() {
    return name;
  }

  void clear() {
    isPresent = false;
    content.clear();
  }

  void begin() {
    if (isPresent) {
      throw new IllegalStateException("Feature '" + name + "' of a sample took more than one value.");
    }
    isPresent = true;
  }

  boolean isPresent() {
    return isPresent;
  }

  void addInteger(long value) {
    if (isSteps) {
      int packed = varintSize(value);
      step(WireBuffer.fieldSize(packed));
      content.head(FIELD_1, packed);
    }
    content.varint(value);
  }

  void addFloat(float value) {
    if (isSteps) {
      step(WireBuffer.fieldSize(Float.BYTES));
      content.head(FIELD_1, Float.BYTES);
    }
    content.fixed32(Float.floatToRawIntBits(value));
  }

  void addBytes(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (isSteps) {
      step(WireBuffer.fieldSize(length));
    }
    content.head(FIELD_1, length);
    content.bytes(bytes, offset, length);
  }

  /** Appends what comes before a list of one value that is a step. */
  private void step(int list) {
    content.head(FIELD_1, WireBuffer.fieldSize(list));
    content.head(payload.tag, list);
  }

  private static int varintSize(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  /** Appends the entry of the map, if the row has a value. */
  void appendTo(WireBuffer context, WireBuffer lists) {
    if (!isPresent) {
      return;
    }
    if (isSteps) {
      appendEntry(lists, content.size());
      lists.append(content);
      return;
    }
    boolean isPacked = payload != Payload.TEXTS && content.size() > 0;
    int list = isPacked ? WireBuffer.fieldSize(content.size()) : content.size();
    appendEntry(context, WireBuffer.fieldSize(list));
    context.head(payload.tag, list);
    if (isPacked) {
      context.head(FIELD_1, content.size());
    }
    context.append(content);
  }

  private void appendEntry(WireBuffer to, int value) {
    to.head(FIELD_1, key.size() + WireBuffer.fieldSize(value));
    to.append(key);
    to.head(FIELD_2, value);
  }
}
