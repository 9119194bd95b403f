package org.featureextractor;

import java.nio.ByteBuffer;

/**
 * The native methods. The library registers them when it is loaded, under the name that this class then has: a build tool may have
 * moved it to another package. Pointers are longs; nothing here checks them, so the classes around do. Whoever
 * makes the first call has called {@link NativeLibrary#ensureLoaded}.
 */
final class NativeMethods {
  private NativeMethods() {}

  static native int abiVersion();

  static native byte[] version();

  static native void loadPlugin(byte[] path);

  static native int pluginCount();

  /** Returns name, version, path and digest. */
  static native byte[][] plugin(int index);

  static native long loadFile(byte[] path, boolean skipResourceDigests, boolean skipGoldenRows);

  static native long loadBytes(byte[] bytes, boolean skipResourceDigests, boolean skipGoldenRows);

  /** Another reference, to be freed on its own. */
  static native long retainExtractor(long extractor);

  static native void freeExtractor(long extractor);

  /** Which of the texts of an extractor: 0 the name, 1 the digest, 2 the manifest. */
  static native byte[] extractorText(long extractor, int which);

  static native int outputDomain(long extractor);

  static native int inputCount(long extractor);

  /** Fills {domain, used} and returns the name and the type. */
  static native byte[][] input(long extractor, int index, int[] numbers);

  static native int featureCount(long extractor);

  /** Fills {kind, width, maximum, size} and returns the name. */
  static native byte[] feature(long extractor, int index, long[] numbers);

  /** {@code reservation} is a MemoryReservation, or null. Its class may be renamed, so it is not part of the signature. */
  static native long newSession(long extractor, int threads, int chunkRows, Object reservation);

  static native long sessionMemory(long session);

  static native void trimSession(long session);

  static native void freeSession(long session);

  /** A description of the tree of columns of a batch: nodes before their children, with Arrow's formats. */
  static native long newBatchSchema(byte[][] formats, byte[][] names, int[] childCounts);

  static native void freeBatchSchema(long schema);

  /**
   * Extracts from batches. Each is its schema and, for each node, {length, nulls, validity, buffer, buffer}; 0 and null where there is
   * no table. {@code requestCount} is -1 where all candidates belong to one request, and otherwise one less than the offsets.
   */
  static native long extractBatches(
      long session, long requestSchema, long[] requests, long candidateSchema, long[] candidates, long[] offsets, int requestCount);

  static native long extractBatch(long session, long schema, long[] table);

  static native long extractArrow(long session, long schema, long array);

  static native long extractArrowRequests(
      long session, long requestSchema, long requests, long candidateSchema, long candidates, long[] offsets, int requestCount);

  /** A limit of 0 is that of the core. */
  static native long newJsonDecoder(long extractor, long maximumBytes, long maximumCandidates);

  static native long newProtobufDecoder(
      long extractor, byte[] descriptorSet, byte[] message, byte[] candidates, long maximumBytes, long maximumCandidates);

  static native void freeDecoder(long decoder);

  /** Extracts from messages. Each is a byte[] or a direct ByteBuffer, with {first byte, number of bytes} in {@code places}. */
  static native long extractMessages(long session, long decoder, Object[] blocks, int[] places);

  /** Fills {rows, requests}, and for each feature {values, offsets, weights, elements, defaulted}. */
  static native void describeExtraction(long extraction, long[] numbers, int features);

  static native void inputCounts(long extraction, int input, long[] counts);

  static native void exportArrow(long session, long extraction, long array);

  static native void exportOutputSchema(long extractor, long schema);

  /** Fills {memory, address of the schema, address of the array}. */
  static native void newArrowStructures(long[] addresses);

  /** Releases what the structures hold, and frees them. */
  static native void freeArrowStructures(long structures);

  /** Fills {low, high} of the digest of each column, and then of the rows. */
  static native void digestTable(long schema, long array, long[] numbers);

  static native void freeExtraction(long extraction);

  static native long newService(long extractor);

  static native long currentExtractor(long service);

  static native void swapService(long service, long extractor, boolean sameOutputs);

  static native void freeService(long service);

  /** Native memory of a batch, grown, or new for address 0; 0 if the system has no more, and the old memory then stays as it was. */
  static native long reallocate(long address, int bytes);

  static native void free(long address);

  /** Native memory as a buffer, which does not keep it alive. */
  static native ByteBuffer view(long address, int bytes);
}
