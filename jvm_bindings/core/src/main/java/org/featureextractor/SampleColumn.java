package org.featureextractor;

import java.util.Objects;

/** Takes the values of a column of samples, of the elements of its lists, or of a field of these. */
abstract non-sealed class SampleColumn extends ColumnWriter {
  SampleColumn(DataType type) {
    super(type);
  }

  /** What one feature takes: values of their own, or elements of a list. */
  static final class Values extends SampleColumn {
    private final SampleFeature feature;
    private final SampleFeature.Payload payload;
    private final boolean isElement;

    Values(DataType type, SampleFeature feature, SampleFeature.Payload payload, boolean isElement) {
      super(type);
      this.feature = feature;
      this.payload = payload;
      this.isElement = isElement;
    }

    @Override
    public long count() {
      return feature.isPresent() ? 1 : 0;
    }

    private void begin(String method, SampleFeature.Payload wanted) {
      if (payload != wanted) {
        throw unsuitable(method);
      }
      if (!isElement) {
        feature.begin();
      }
    }

    @Override
    public void writeNull() {
      if (isElement) {
        throw new IllegalArgumentException(
            "Column '" + feature.name() + "' has nulls within its lists, which a sample cannot hold.");
      }
    }

    @Override
    public void writeBoolean(boolean value) {
      begin("writeBoolean", SampleFeature.Payload.INTEGERS);
      feature.addInteger(value ? 1 : 0);
    }

    @Override
    public void writeLong(long value) {
      if (payload == SampleFeature.Payload.FLOATS) {
        writeDouble(value);
        return;
      }
      begin("writeLong", SampleFeature.Payload.INTEGERS);
      feature.addInteger(value);
    }

    @Override
    public void writeDouble(double value) {
      begin("writeDouble", SampleFeature.Payload.FLOATS);
      feature.addFloat((float) value);
    }

    @Override
    public void writeBytes(byte[] bytes, int offset, int length) {
      begin("writeBytes", SampleFeature.Payload.TEXTS);
      feature.addBytes(bytes, offset, length);
    }

    @Override
    public void writeString(String value) {
      byte[] utf8 = Utf8.encode(value);
      if (Utf8.isInvalid(utf8)) {
        writeNull();
      } else {
        writeBytes(utf8);
      }
    }
  }

  /** A list or vector: its elements go to one feature, or to two where they are ids with weights. */
  static final class Many extends SampleColumn {
    private final SampleColumn element;
    private final SampleFeature[] features;
    private boolean isOpen;

    Many(DataType type, SampleColumn element, SampleFeature... features) {
      super(type);
      this.element = element;
      this.features = features;
    }

    @Override
    public long count() {
      return features[0].isPresent() && !isOpen ? 1 : 0;
    }

    @Override
    public void writeNull() {}

    @Override
    public void beginList() {
      for (SampleFeature feature : features) {
        feature.begin();
      }
      isOpen = true;
    }

    @Override
    public void endList() {
      if (!isOpen) {
        throw new IllegalStateException("endList() without beginList() in a column of type " + type() + ".");
      }
      isOpen = false;
    }

    @Override
    public void writeFloats(float[] values, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, values.length);
      beginList();
      for (int i = offset; i < offset + length; ++i) {
        element.writeDouble(values[i]);
      }
      endList();
    }

    @Override
    public ColumnWriter element() {
      return element;
    }

    @Override
    void checkComplete() {
      if (isOpen) {
        throw new IllegalStateException("A list of a sample was begun and not ended.");
      }
    }

    @Override
    void abort() {
      isOpen = false;
    }
  }

  /** An id with its weight. */
  static final class Weighted extends SampleColumn {
    private final SampleColumn[] fields;

    Weighted(DataType type, SampleColumn id, SampleColumn weight) {
      super(type);
      fields = new SampleColumn[] {id, weight};
    }

    @Override
    public long count() {
      return fields[0].count();
    }

    @Override
    public void writeNull() {
      fields[0].writeNull();
    }

    @Override
    public void beginStruct() {}

    @Override
    public void endStruct() {}

    @Override
    public void endStructs(int count) {}

    @Override
    public int fieldCount() {
      return fields.length;
    }

    @Override
    public ColumnWriter field(int index) {
      return fields[index];
    }
  }

  /** Checks that no list is open. */
  void checkComplete() {}

  /** Forgets that a list is open. */
  void abort() {}
}
