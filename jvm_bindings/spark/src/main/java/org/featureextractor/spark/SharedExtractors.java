package org.featureextractor.spark;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.featureextractor.FeatureExtractor;

/**
 * The extractors of this process: one for each package, whatever the number of tasks.
 *
 * <p>Extractors that no task uses stay for the next tasks, but only a few of them: the one that was not used for longest is closed.
 */
final class SharedExtractors {
  private static final int MOST_UNUSED = 4;

  private static final Map<String, Shared> USED = new HashMap<>();
  private static final LinkedHashMap<String, Shared> UNUSED = new LinkedHashMap<>();

  private SharedExtractors() {}

  private static final class Shared {
    private FeatureExtractor extractor;
    private int users;
  }

  /**
   * Returns the extractor of a package, loaded if this process has none.
   *
   * @param digest of the package
   * @param loader loads it; other tasks that want the same package wait
   * @return the extractor, until {@link #release} is called as often as this
   */
  static FeatureExtractor acquire(String digest, Supplier<FeatureExtractor> loader) {
    Shared shared;
    synchronized (SharedExtractors.class) {
      shared = USED.get(digest);
      if (shared == null) {
        shared = UNUSED.remove(digest);
        if (shared == null) {
          shared = new Shared();
        }
        USED.put(digest, shared);
      }
      ++shared.users;
    }
    try {
      synchronized (shared) {
        if (shared.extractor == null) {
          shared.extractor = loader.get();
        }
        return shared.extractor;
      }
    } catch (RuntimeException | Error e) {
      release(digest);
      throw e;
    }
  }

  /** Ends one use. */
  static synchronized void release(String digest) {
    Shared shared = USED.get(digest);
    if (shared == null || --shared.users > 0) {
      return;
    }
    USED.remove(digest);
    if (shared.extractor == null) {
      return;
    }
    UNUSED.put(digest, shared);
    if (UNUSED.size() > MOST_UNUSED) {
      UNUSED.remove(UNUSED.keySet().iterator().next()).extractor.close();
    }
  }
}
