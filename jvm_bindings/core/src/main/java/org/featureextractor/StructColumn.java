package org.featureextractor;

import java.util.List;

/** Structs: a column per field. */
final class StructColumn extends BufferedColumn {
  private final DataType.StructType type;
  private final BufferedColumn[] fields;
  private boolean open;

  StructColumn(DataType.StructType type, BatchMemory memory) {
    super(type, memory);
    this.type = type;
    List<DataType.Field> declared = type.fields();
    fields = new BufferedColumn[declared.size()];
    for (int i = 0; i < fields.length; ++i) {
      fields[i] = BufferedColumn.of(declared.get(i).type(), memory);
    }
  }

  @Override
  public int fieldCount() {
    return fields.length;
  }

  @Override
  public ColumnWriter field(int index) {
    return fields[index];
  }

  @Override
  public ColumnWriter field(String name) {
    for (int i = 0; i < fields.length; ++i) {
      if (type.fields().get(i).name().equals(name)) {
        return fields[i];
      }
    }
    throw new IllegalArgumentException("There is no field '" + name + "' in a column of type " + type + ".");
  }

  @Override
  public void writeNull() {
    beginStruct();
    open = false;
    roomForValidity(true);
    for (BufferedColumn field : fields) {
      field.writeNull();
    }
    absent();
  }

  @Override
  public void beginStruct() {
    if (open) {
      throw new IllegalStateException(
          "A value of type " + type + " was begun and not ended: call endStruct(), or abortRow() of the batch.");
    }
    for (int i = 0; i < fields.length; ++i) {
      if (fields[i].size() != size()) {
        throw new IllegalStateException(
            "Field '" + type.fields().get(i).name() + "' of a column of type " + type + " was written before beginStruct().");
      }
    }
    open = true;
  }

  @Override
  public void endStruct() {
    if (!open) {
      throw new IllegalStateException("endStruct() without beginStruct() in a column of type " + type + ".");
    }
    roomForValidity(false);
    int complete = size() + 1;
    for (int i = 0; i < fields.length; ++i) {
      BufferedColumn field = fields[i];
      if (field.size() < complete) {
        field.writeNull();
      } else if (field.size() > complete || field.isOpen()) {
        throw new IllegalStateException(
            "Field '" + type.fields().get(i).name() + "' of a column of type " + type + " took more than one value.");
      }
    }
    open = false;
    present();
  }

  @Override
  public void endStructs(int count) {
    if (open) {
      throw new IllegalStateException(
          "A value of type " + type + " was begun and not ended: call endStruct(), or abortRow() of the batch.");
    }
    long complete = (long) size() + count;
    for (int i = 0; i < fields.length; ++i) {
      if (fields[i].size() != complete || fields[i].isOpen()) {
        throw new IllegalStateException(
            "Field '" + type.fields().get(i).name() + "' of a column of type " + type + " took another number of values than "
                + count + ".");
      }
    }
    for (int i = 0; i < count; ++i) {
      roomForValidity(false);
      present();
    }
  }

  @Override
  boolean isOpen() {
    return open;
  }

  @Override
  void truncateValues(int rows) {
    open = false;
    for (BufferedColumn field : fields) {
      field.truncate(rows);
    }
  }

  @Override
  boolean valuesEqual(int first, int second) {
    for (BufferedColumn field : fields) {
      if (!field.rowsEqual(first, second)) {
        return false;
      }
    }
    return true;
  }

  @Override
  long valueBytes() {
    long bytes = 0;
    for (BufferedColumn field : fields) {
      bytes += field.sizeInBytes();
    }
    return bytes;
  }

  @Override
  void addSchema(BatchSchema schema, String name) {
    schema.add("+s", name, fields.length);
    for (int i = 0; i < fields.length; ++i) {
      fields[i].addSchema(schema, type.fields().get(i).name());
    }
  }

  @Override
  int describe(long[] numbers, int at) {
    int next = describeNode(numbers, at, 0, 0);
    for (BufferedColumn field : fields) {
      next = field.describe(numbers, next);
    }
    return next;
  }
}
