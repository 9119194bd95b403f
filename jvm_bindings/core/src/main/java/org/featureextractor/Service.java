package org.featureextractor;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The extractor that is current, and can be swapped while batches run: these finish on what they began with. It may be used by many
 * threads at once.
 */
public final class Service implements AutoCloseable {
  private final NativeHandle handle;
  /** A reference to the extractor that was current last, whose description need not be read again. */
  private Known known;
  /** Those that are open; a decoder that is lost is no longer asked. */
  private final Set<MessageDecoder> decoders = Collections.newSetFromMap(new WeakHashMap<>());

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
   * A decoder of requests in JSON that works with the extractor which is current when a call begins.
   *
   * @param options limits, and how the sessions of the decoder work
   * @return a decoder, which the caller closes
   * @throws FeatureExtractorException as {@link FeatureExtractor#jsonDecoder(DecoderOptions)}
   */
  public MessageDecoder jsonDecoder(DecoderOptions options) {
    return added(MessageDecoder.of(this, MessageFormat.json(options), options));
  }

  /**
   * A decoder of requests in Protocol Buffers that works with the extractor which is current when a call begins. As long as it is open, a
   * swap is refused where the message does not fit the new extractor.
   *
   * @param descriptorSet as {@link FeatureExtractor#protobufDecoder(byte[], String, String, DecoderOptions)}
   * @param message the full name of the message of a request
   * @param candidates the name of the field with the repeated message of the candidates
   * @param options limits, and how the sessions of the decoder work
   * @return a decoder, which the caller closes
   * @throws FeatureExtractorException as {@link FeatureExtractor#protobufDecoder(byte[], String, String, DecoderOptions)}
   */
  public MessageDecoder protobufDecoder(
      byte[] descriptorSet, String message, String candidates, DecoderOptions options) {
    return added(MessageDecoder.of(this, MessageFormat.protobuf(descriptorSet, message, candidates, options), options));
  }

  private MessageDecoder added(MessageDecoder decoder) {
    synchronized (decoders) {
      decoders.add(decoder);
    }
    return decoder;
  }

  void forget(MessageDecoder decoder) {
    synchronized (decoders) {
      decoders.remove(decoder);
    }
  }

  /** A native reference of the caller's own to the current extractor. */
  long retainCurrent() {
    long service = handle.acquire();
    try {
      return NativeMethods.currentExtractor(service);
    } finally {
      handle.release();
    }
  }

  /**
   * Swaps in another extractor whose outputs are the same.
   *
   * @param extractor the new one; the service keeps a reference of its own
   * @throws FeatureExtractorException {@link ErrorCode#INVALID_ARGUMENT} if names, kinds, widths or order of the features differ, or it
   *     reads an input that the old one did not declare with the same type, or if the messages of a decoder of this service do not fit
   *     it; the old one then stays
   */
  public void swap(FeatureExtractor extractor) {
    swap(extractor, true);
  }

  /**
   * Swaps in another extractor.
   *
   * @param extractor the new one; the service keeps a reference of its own
   * @param sameOutputs whether features and inputs must be the same, as in {@link #swap(FeatureExtractor)}
   * @throws FeatureExtractorException if they must be, and are not, or if the messages of a decoder of this service do not fit; the old one
   *     then stays
   */
  public void swap(FeatureExtractor extractor, boolean sameOutputs) {
    long service = handle.acquire();
    try {
      long pointer = extractor.acquire();
      try {
        MessageDecoder[] open;
        synchronized (decoders) {
          open = decoders.toArray(new MessageDecoder[0]);
        }
        for (MessageDecoder decoder : open) {
          decoder.check(pointer);
        }
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
    try (FeatureExtractor fresh = FeatureExtractor.load(path, options)) {
      swap(fresh, sameOutputs);
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
