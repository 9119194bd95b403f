package org.featureextractor;

/**
 * An {@code ArrowSchema} and an {@code ArrowArray} in native memory, for handing a table from one library to another: exported by the
 * one, imported or only read by the other.
 *
 * <pre>{@code
 * try (ArrowStructures table = new ArrowStructures()) {
 *   extractor.exportOutputSchema(table.schemaAddress());
 *   extraction.exportArrow(table.arrayAddress());
 *   try (Extraction next = otherSession.extractArrow(table.schemaAddress(), table.arrayAddress())) {
 *     // ...
 *   }
 * }
 * }</pre>
 */
public final class ArrowStructures implements AutoCloseable {
  private final NativeHandle handle;
  private final long schemaAddress;
  private final long arrayAddress;

  /** Makes two structures that hold nothing yet. */
  public ArrowStructures() {
    NativeLibrary.ensureLoaded();
    long[] addresses = new long[3];
    NativeMethods.newArrowStructures(addresses);
    schemaAddress = addresses[1];
    arrayAddress = addresses[2];
    handle = new NativeHandle(NativeHandle.Kind.ARROW, addresses[0], NativeMethods::freeArrowStructures);
    handle.watch(this);
  }

  /**
   * Where the schema is.
   *
   * @return an address, which is valid until {@link #close}
   */
  public long schemaAddress() {
    return checked(schemaAddress);
  }

  /**
   * Where the array is.
   *
   * @return an address, which is valid until {@link #close}
   */
  public long arrayAddress() {
    return checked(arrayAddress);
  }

  /** Releases what the structures hold, unless it was moved away, and frees them. */
  @Override
  public void close() {
    handle.close();
  }

  private long checked(long address) {
    if (handle.isClosed()) {
      throw new IllegalStateException("These ArrowStructures were closed.");
    }
    return address;
  }
}
