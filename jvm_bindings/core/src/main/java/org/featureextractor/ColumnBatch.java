package org.featureextractor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of inputs in native memory, in the layout of Arrow: written value by value, read in place by
 * {@link Session#extract(ColumnBatch)}, and used again.
 *
 * <pre>{@code
 * try (ColumnBatch batch = extractor.newTable(MemoryReservation.UNLIMITED)) {
 *   ColumnWriter age = batch.column("age");
 *   for (Row row : rows) {
 *     age.writeLong(row.age());
 *     // ... the other columns
 *     batch.endRow();
 *   }
 *   try (Extraction features = session.extract(batch)) {
 *     // ...
 *   }
 *   batch.reset();
 * }
 * }</pre>
 *
 * <p>A buffer of a column holds less than 2^31 bytes: hosts bound their batches by {@link #sizeInBytes()}. A batch is used by one
 * thread at a time. After {@link #close} every method that writes or extracts throws {@link IllegalStateException}.
 */
public final class ColumnBatch implements AutoCloseable {
  private final List<Input> inputs;
  private final BufferedColumn[] columns;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final BatchMemory memory;
  private final NativeHandle handle;
  /** Filled anew for each extraction. */
  private final long[] numbers;

  private int rows;

  private ColumnBatch(List<Input> inputs, MemoryReservation reservation) {
    NativeLibrary.ensureLoaded();
    this.inputs = List.copyOf(inputs);
    memory = new BatchMemory(reservation);
    columns = new BufferedColumn[inputs.size()];
    BatchSchema schema = new BatchSchema();
    schema.add("+s", "", columns.length);
    for (int i = 0; i < columns.length; ++i) {
      Input input = inputs.get(i);
      columns[i] = BufferedColumn.of(input.type(), memory);
      columns[i].addSchema(schema, input.name());
      if (indexes.put(input.name(), i) != null) {
        throw new IllegalArgumentException("The column '" + input.name() + "' comes twice.");
      }
    }
    numbers = new long[schema.nodeCount() * BufferedColumn.NUMBERS_PER_NODE];
    BatchMemory owned = memory;
    handle =
        new NativeHandle(
            NativeHandle.Kind.BATCH,
            schema.create(),
            pointer -> {
              NativeMethods.freeBatchSchema(pointer);
              owned.close();
            });
    handle.watch(this);
  }

  /**
   * A batch for some inputs of a program.
   *
   * @param columns the inputs; those that a feature reads must be there when the batch is extracted from
   * @param reservation asked before the batch takes native memory
   * @return an empty batch, which the caller closes
   * @throws IllegalArgumentException if two have the same name
   */
  public static ColumnBatch of(List<Input> columns, MemoryReservation reservation) {
    return new ColumnBatch(columns, reservation);
  }

  /**
   * The inputs that are written.
   *
   * @return in the order of the columns
   */
  public List<Input> columns() {
    return inputs;
  }

  /**
   * The number of columns.
   *
   * @return as many as there are inputs
   */
  public int columnCount() {
    return columns.length;
  }

  /**
   * The writer of a column.
   *
   * @param index the position of the column
   * @return always the same writer
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public ColumnWriter column(int index) {
    return columns[index];
  }

  /**
   * The writer of a column. Hosts that write many rows look it up once.
   *
   * @param name of the input
   * @return always the same writer
   * @throws IllegalArgumentException if there is no such column
   */
  public ColumnWriter column(String name) {
    Integer index = indexes.get(name);
    if (index == null) {
      throw new IllegalArgumentException("The batch has no column '" + name + "'. It has: " + indexes.keySet() + ".");
    }
    return columns[index];
  }

  /**
   * Ends a row. A column that took no value is null.
   *
   * @throws IllegalStateException if a column took more than one value, or a list or struct was begun and not ended; the row is
   *     then still open, for {@link #abortRow}
   */
  public void endRow() {
    checkOpen();
    int complete = rows + 1;
    for (int i = 0; i < columns.length; ++i) {
      BufferedColumn column = columns[i];
      if (column.size() < complete) {
        column.writeNull();
      } else if (column.size() > complete || column.isOpen()) {
        throw new IllegalStateException(
            "Row " + rows + ", column '" + inputs.get(i).name() + "' took more than one value.");
      }
    }
    rows = complete;
  }

  /**
   * Ends many rows at once, for hosts that write column by column: each column took a value for each of them.
   *
   * @param count of the rows
   * @throws IllegalStateException if a column took more or fewer values, or a list or struct was begun and not ended; the rows are then
   *     still open, for {@link #abortRow}
   */
  public void endRows(int count) {
    checkOpen();
    long complete = (long) rows + count;
    for (int i = 0; i < columns.length; ++i) {
      if (columns[i].size() != complete || columns[i].isOpen()) {
        throw new IllegalStateException(
            "From row " + rows + " on, column '" + inputs.get(i).name() + "' took another number of values than " + count + ".");
      }
    }
    rows = Math.toIntExact(complete);
  }

  /** Takes back what was written since the last complete row, for example after an error. */
  public void abortRow() {
    truncate(rows);
  }

  /**
   * Adds a row from Java values: those that {@link DataType} names. It is the convenient way, not the fast one.
   *
   * @param values by name of the input; others are ignored. A nullable input may be missing, and is then null.
   * @throws IllegalArgumentException if a value does not suit its type, or one that is not nullable is missing. The message names row
   *     and column, and nothing is added.
   */
  public void addRow(Map<String, ?> values) {
    write(values);
    endRow();
  }

  /** As {@link #addRow}, but the row is not ended. */
  void write(Map<String, ?> values) {
    abortRow();
    try {
      for (int i = 0; i < columns.length; ++i) {
        Input input = inputs.get(i);
        Object value = values.get(input.name());
        if (value == null && !input.type().nullable() && !values.containsKey(input.name())) {
          throw new IllegalArgumentException(
              "Row " + rows + ": column '" + input.name() + "' of type " + input.type() + " is missing.");
        }
        JavaValues.write(columns[i], value, rows, input.name());
      }
    } catch (RuntimeException failure) {
      abortRow();
      throw failure;
    }
  }

  /**
   * Forgets rows at the end, and what is half-written.
   *
   * @param rowsToKeep at most {@link #rows()}
   * @throws IllegalArgumentException if there are not so many
   */
  public void truncate(long rowsToKeep) {
    if (rowsToKeep < 0 || rowsToKeep > rows) {
      throw new IllegalArgumentException("A batch of " + rows + " rows cannot be cut to " + rowsToKeep + ".");
    }
    checkOpen();
    for (BufferedColumn column : columns) {
      column.truncate((int) rowsToKeep);
    }
    rows = (int) rowsToKeep;
  }

  /** Forgets all rows, and keeps the memory for the next ones. */
  public void reset() {
    truncate(0);
  }

  /**
   * The rows that are complete.
   *
   * @return below 2^31
   */
  public long rows() {
    return rows;
  }

  /**
   * The bytes written: hosts end a batch when it has grown large.
   *
   * @return of all columns
   */
  public long sizeInBytes() {
    long bytes = 0;
    for (BufferedColumn column : columns) {
      bytes += column.sizeInBytes();
    }
    return bytes;
  }

  /**
   * The native memory that is held, which is what the reservation was asked for.
   *
   * @return bytes
   */
  public long memory() {
    return memory.held();
  }

  /** Frees the memory, when an extraction that reads it has returned. */
  @Override
  public void close() {
    handle.close();
  }

  boolean rowsEqual(long first, long second) {
    for (BufferedColumn column : columns) {
      if (!column.rowsEqual((int) first, (int) second)) {
        return false;
      }
    }
    return true;
  }

  /** The pointer to the native schema. Until {@link #endReading} the batch is not freed, and its memory does not move. */
  long beginReading() {
    long schema = handle.acquire();
    try {
      memory.beginReading();
    } catch (IllegalStateException isRead) {
      handle.release();
      throw isRead;
    }
    return schema;
  }

  void endReading() {
    memory.endReading();
    handle.release();
  }

  /** The numbers of all nodes, as {@link NativeMethods#extractBatches} takes them; the array is used again. */
  long[] describe() {
    for (int i = 0; i < columns.length; ++i) {
      if (columns[i].size() != rows || columns[i].isOpen()) {
        throw new IllegalStateException(
            "Column '" + inputs.get(i).name() + "' has a value behind the last complete row: call endRow() or abortRow().");
      }
    }
    numbers[0] = rows;
    int at = BufferedColumn.NUMBERS_PER_NODE;
    for (BufferedColumn column : columns) {
      at = column.describe(numbers, at);
    }
    return numbers;
  }

  private void checkOpen() {
    if (handle.isClosed()) {
      throw new IllegalStateException("This ColumnBatch was closed.");
    }
  }
}
