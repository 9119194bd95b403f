package org.featureextractor;

/** Lists, maps and vectors: 64-bit offsets into the columns of their elements. */
abstract class RaggedColumn extends BufferedColumn {
  private final BatchMemory.Buffer offsets;
  /** The elements of the rows that are complete. */
  private int end;

  private boolean open;

  RaggedColumn(DataType type, BatchMemory memory) {
    super(type, memory);
    offsets = memory.newBuffer();
  }

  /** The elements written. */
  abstract int elements();

  /** Checks that the elements are complete. */
  abstract void checkElements();

  abstract void truncateElements(int rows);

  abstract boolean elementsEqual(int first, int second);

  @Override
  public final void writeNull() {
    checkClosed();
    roomForValidity(true);
    offsets.room(2 * Long.BYTES);
    appendOffset();
    absent();
  }

  @Override
  public final void beginList() {
    checkClosed();
    open = true;
  }

  @Override
  public final void endList() {
    if (!open) {
      throw new IllegalStateException("endList() without beginList() in a column of type " + type() + ".");
    }
    checkElements();
    roomForValidity(false);
    offsets.room(2 * Long.BYTES);
    end = elements();
    open = false;
    appendOffset();
    present();
  }

  private void checkClosed() {
    if (open) {
      throw new IllegalStateException(
          "A value of type " + type() + " was begun and not ended: call endList(), or abortRow() of the batch.");
    }
    if (elements() != end) {
      throw new IllegalStateException("Elements of a column of type " + type() + " were written before beginList().");
    }
  }

  private void appendOffset() {
    if (size() == 0) {
      offsets.setSize(0);
      offsets.appendLong(0);
    }
    offsets.appendLong(end);
  }

  @Override
  final boolean isOpen() {
    return open;
  }

  @Override
  final void truncateValues(int rows) {
    open = false;
    end = rows == 0 ? 0 : offset(rows);
    offsets.setSize(rows == 0 ? 0 : (rows + 1) * Long.BYTES);
    truncateElements(end);
  }

  private int offset(int row) {
    return (int) offsets.data().getLong(row * Long.BYTES);
  }

  @Override
  final boolean valuesEqual(int first, int second) {
    int firstBegin = offset(first);
    int secondBegin = offset(second);
    int length = offset(first + 1) - firstBegin;
    if (length != offset(second + 1) - secondBegin) {
      return false;
    }
    for (int i = 0; i < length; ++i) {
      if (!elementsEqual(firstBegin + i, secondBegin + i)) {
        return false;
      }
    }
    return true;
  }

  final long offsetBytes() {
    return offsets.size();
  }

  final int describeList(long[] numbers, int at) {
    return describeNode(numbers, at, offsets.address(), 0);
  }
}
