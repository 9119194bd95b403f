package org.featureextractor.flink;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Looks for a new package in a file. It loads in a thread of its own, so that rows flow meanwhile; the operator takes the package
 * when it is ready.
 */
final class PackageWatch implements AutoCloseable {
  /** A package that was loaded, or why it was not. */
  record Found(String path, PackageReference.Loaded loaded, Exception failure) implements AbstractExtractOperator.Arrival {
    String origin() {
      return "'" + path + "'";
    }

    @Override
    public PackageReference.Loaded load() throws Exception {
      if (failure != null) {
        throw failure;
      }
      return loaded;
    }
  }

  private final String path;
  private final ExtractionOptions options;
  private final AtomicReference<Found> found = new AtomicReference<>();
  private final ExecutorService loader =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "feature-extractor-package-watch");
            thread.setDaemon(true);
            return thread;
          });

  /** The version that was looked at last. Used by the loader only. */
  private PackageReference.Version seen;

  private String digest;
  private boolean isClosed;

  PackageWatch(String path, String digest, ExtractionOptions options) {
    this.path = path;
    this.digest = digest;
    this.options = options;
  }

  /** Looks at the file, in the background. */
  void look() {
    loader.execute(this::lookNow);
  }

  private void lookNow() {
    PackageReference.Version version;
    try {
      version = PackageReference.version(path);
    } catch (IOException missing) {
      // A file that is being replaced may be missing for a moment.
      return;
    }
    if (Objects.equals(version, seen)) {
      return;
    }
    seen = version;
    Found next;
    try {
      PackageReference.Loaded loaded = PackageReference.load(path, options.shippedBytes(), true);
      if (loaded.extractor().digest().equals(digest)) {
        loaded.extractor().close();
        return;
      }
      digest = loaded.extractor().digest();
      next = new Found(path, loaded, null);
    } catch (RuntimeException failure) {
      next = new Found(path, null, failure);
    }
    put(next);
  }

  private synchronized void put(Found next) {
    discard(found.getAndSet(isClosed ? null : next));
    if (isClosed) {
      discard(next);
    }
  }

  /** What was loaded since the last call, or null. */
  Found take() {
    return found.get() == null ? null : found.getAndSet(null);
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    loader.shutdown();
    discard(found.getAndSet(null));
  }

  private static void discard(Found unused) {
    if (unused != null && unused.loaded() != null) {
      unused.loaded().extractor().close();
    }
  }
}
