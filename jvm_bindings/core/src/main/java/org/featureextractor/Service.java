package org.featureextractor;

import java.nio.file.Path;

/**
 * The extractor that is current, and can be swapped while batches run: these finish on what they began with. It may be used by many
 * threads at once.
 */
public final class Service implements AutoCloseable {
  private final NativeHandle handle;
  /** A reference to the extractor that was current last, whose description need not be read again. */
  private Known known;

  private record Known(long pointer, FeatureExtractor extractor) {}

  /**
   * A service.
   *
   * @param extractor the first one; the service keeps a reference of its own
   */
  public Service(FeatureExtractor extractor) {
    long pointer = extractor.acquire();
    try {
      handle = new NativeHandle(NativeHandle.Kind.SERVICE, NativeMethods.newService(pointer), NativeMethods::freeService);
    } finally {
      extractor.release();
    }
    handle.watch(this);
  }

  /**
   * The current extractor.
   *
   * @return a reference of the caller's own: use it for whole batches, then close it
   */
  public FeatureExtractor current() {
    long service = handle.acquire();
    try {
      synchronized (this) {
        long pointer = NativeMethods.currentExtractor(service);
        if (known != null && known.pointer() == pointer) {
          return new FeatureExtractor(pointer, known.extractor().description());
        }
        FeatureExtractor extractor = new FeatureExtractor(pointer);
        if (known != null) {
          known.extractor().close();
          known = null;
        }
        // As long as this second reference lives, no other extractor can have the same address.
        long second = NativeMethods.currentExtractor(service);
        // What is kept after a close would be closed by nobody.
        boolean isKept = second == pointer && !handle.isClosed();
        FeatureExtractor kept = isKept ? new FeatureExtractor(second, extractor.description()) : null;
        if (kept != null) {
          known = new Known(pointer, kept);
        } else {
          NativeMethods.freeExtractor(second);
        }
        return extractor;
      }
    } finally {
      handle.release();
    }
  }

  /**
   * Swaps in another extractor whose outputs are the same.
   *
   * @param extractor the new one; the service keeps a reference of its own
   * @throws FeatureExtractorException {@link ErrorCode#INVALID_ARGUMENT} if names, kinds, widths or order of the features differ, or it
   *     reads an input that the old one did not declare with the same type; the old one then stays
   */
  public void swap(FeatureExtractor extractor) {
    swap(extractor, true);
  }

  /**
   * Swaps in another extractor.
   *
   * @param extractor the new one; the service keeps a reference of its own
   * @param sameOutputs whether features and inputs must be the same, as in {@link #swap(FeatureExtractor)}
   * @throws FeatureExtractorException if they must be, and are not; the old one then stays
   */
  public void swap(FeatureExtractor extractor, boolean sameOutputs) {
    long service = handle.acquire();
    try {
      long pointer = extractor.acquire();
      try {
        NativeMethods.swapService(service, pointer, sameOutputs);
      } finally {
        extractor.release();
      }
    } finally {
      handle.release();
    }
  }

  /**
   * Loads a package, then swaps it in if its outputs are the same. Whatever fails, the old one stays.
   *
   * @param path of the {@code .fxp} file
   * @throws FeatureExtractorException as {@link FeatureExtractor#load(Path)} and {@link #swap(FeatureExtractor)}
   */
  public void reload(Path path) {
    reload(path, LoadOptions.DEFAULT, true);
  }

  /**
   * Loads a package, then swaps it in. Whatever fails, the old one stays.
   *
   * @param path of the {@code .fxp} file
   * @param options what is checked
   * @param sameOutputs whether features and inputs must be the same
   * @throws FeatureExtractorException as {@link #reload(Path)}
   */
  public void reload(Path path, LoadOptions options, boolean sameOutputs) {
    long service = handle.acquire();
    try {
      NativeMethods.reloadService(
          service,
          FeatureExtractor.pathBytes(path),
          options.skipResourceDigests(),
          options.skipGoldenRows(),
          sameOutputs);
    } finally {
      handle.release();
    }
  }

  /** Frees the service. Extractors that it gave out stay what they are. */
  @Override
  public void close() {
    handle.close();
    synchronized (this) {
      if (known != null) {
        known.extractor().close();
        known = null;
      }
    }
  }
}
