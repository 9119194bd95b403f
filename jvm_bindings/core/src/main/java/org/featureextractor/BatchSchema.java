package org.featureextractor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The tree of columns as the native library wants to have it: nodes before their children. */
final class BatchSchema {
  private final List<byte[]> formats = new ArrayList<>();
  private final List<byte[]> names = new ArrayList<>();
  private final List<Integer> childCounts = new ArrayList<>();

  void add(String format, String name, int childCount) {
    formats.add(format.getBytes(StandardCharsets.UTF_8));
    names.add(name.getBytes(StandardCharsets.UTF_8));
    childCounts.add(childCount);
  }

  int nodeCount() {
    return formats.size();
  }

  /** Hands the schema to the native library; it is freed there. */
  long create() {
    return NativeMethods.newBatchSchema(
        formats.toArray(byte[][]::new),
        names.toArray(byte[][]::new),
        childCounts.stream().mapToInt(Integer::intValue).toArray());
  }
}
