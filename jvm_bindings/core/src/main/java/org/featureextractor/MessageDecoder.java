package org.featureextractor;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * Extracts from requests in the bytes that servers receive: JSON, or messages of Protocol Buffers. The core reads them straight into the
 * columns that it works on; no Java object is made for any value.
 *
 * <p>It may be used by many threads at once. Each extraction that is open has a session of the decoder, which serves again when the
 * extraction is closed: so close extractions soon. Made by a {@link FeatureExtractor}, or by a {@link Service}: that one works with the
 * extractor which is current when a call begins, and {@link Extraction#packageDigest} tells which it was.
 *
 * <pre>{@code
 * try (MessageDecoder decoder = extractor.jsonDecoder()) {
 *   try (Extraction features = decoder.extract(body)) {
 *     float ctr = features.getFloat(extractor.feature("ctr").index(), 0);
 *   }
 * }
 * }</pre>
 */
public final class MessageDecoder implements AutoCloseable {
  /** A direct buffer without bytes may have no address. */
  private static final byte[] NOTHING = new byte[0];

  private final MessageFormat format;
  private final SessionOptions options;
  /** Null where the extractor never changes. */
  private final Service service;

  /** What serves new calls; null before a service's first call and after the close. Guarded by this. */
  private Bound bound;

  private boolean closed;

  private MessageDecoder(Service service, MessageFormat format, SessionOptions options) {
    this.service = service;
    this.format = format;
    this.options = options;
  }

  static MessageDecoder of(FeatureExtractor extractor, MessageFormat format, DecoderOptions options) {
    MessageDecoder decoder = new MessageDecoder(null, format, options.session());
    long pointer = extractor.acquire();
    try {
      decoder.bound = Bound.of(NativeMethods.retainExtractor(pointer), extractor.description(), format);
    } finally {
      extractor.release();
    }
    return decoder;
  }

  static MessageDecoder of(Service service, MessageFormat format, DecoderOptions options) {
    MessageDecoder decoder = new MessageDecoder(service, format, options.session());
    synchronized (decoder) {
      decoder.follow();
    }
    return decoder;
  }

  /**
   * Extracts from one message: a request with its candidates, or several requests where the format has them.
   *
   * @param message its bytes
   * @return the features: a row per candidate, or per request if the program has no candidate inputs. The caller closes it.
   * @throws FeatureExtractorException {@link ErrorCode#INVALID_ARGUMENT} if the message does not fit, with the request, the field, the byte
   *     and what was expected; {@link ErrorCode#LIMIT} if it is larger than allowed
   * @throws IllegalStateException if the decoder, or its service, was closed
   */
  public Extraction extract(byte[] message) {
    return extract(ByteBuffer.wrap(Objects.requireNonNull(message, "message")));
  }

  /**
   * Extracts from one message. The bytes of a direct buffer are read where they are; do not change them before this returns.
   *
   * @param message the bytes from its position to its limit, which both stay as they are
   * @return as {@link #extract(byte[])}
   * @throws FeatureExtractorException as {@link #extract(byte[])}
   */
  public Extraction extract(ByteBuffer message) {
    return extractBatch(List.of(Objects.requireNonNull(message, "message")));
  }

  /**
   * Extracts from the requests of all messages in one call; they may have different numbers of candidates.
   *
   * @param messages each as in {@link #extract(ByteBuffer)}
   * @return the candidates of all of them, in their order; the caller closes it
   * @throws FeatureExtractorException as {@link #extract(byte[])}
   */
  public Extraction extractBatch(List<ByteBuffer> messages) {
    Object[] blocks = new Object[messages.size()];
    int[] places = new int[2 * blocks.length];
    int count = 0;
    for (ByteBuffer message : messages) {
      Objects.requireNonNull(message, "message");
      places[2 * count] = message.position();
      places[2 * count + 1] = message.remaining();
      if (!message.hasRemaining()) {
        blocks[count] = NOTHING;
        places[2 * count] = 0;
      } else if (message.isDirect()) {
        blocks[count] = message;
      } else if (message.hasArray()) {
        blocks[count] = message.array();
        places[2 * count] += message.arrayOffset();
      } else {
        byte[] copy = new byte[message.remaining()];
        message.duplicate().get(copy);
        blocks[count] = copy;
        places[2 * count] = 0;
      }
      ++count;
    }
    Bound used = enter();
    Session session = null;
    try {
      session = take(used);
      Session taken = session;
      return session.extract(used.pointer, blocks, places, () -> leave(used, taken));
    } catch (RuntimeException | Error e) {
      leave(used, session);
      throw e;
    }
  }

  /** Frees the decoder and its sessions; what an open extraction needs goes when that is closed. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      replace(null);
    }
    if (service != null) {
      service.forget(this);
    }
  }

  /** Throws where the messages do not fit an extractor, given by its pointer. */
  void check(long extractor) {
    NativeMethods.freeDecoder(format.newDecoder(extractor));
  }

  private synchronized Bound enter() {
    if (closed) {
      throw new IllegalStateException("The MessageDecoder was closed.");
    }
    follow();
    ++bound.users;
    return bound;
  }

  private Session take(Bound used) {
    synchronized (this) {
      Session idle = used.idle.poll();
      if (idle != null) {
        return idle;
      }
    }
    return used.extractor.newSession(options);
  }

  private synchronized void leave(Bound used, Session session) {
    --used.users;
    if (session != null) {
      used.idle.push(session);
    }
    if (used != bound && used.users == 0) {
      used.close();
    }
  }

  /** Makes what works with the extractor that is current now. */
  private void follow() {
    if (service == null) {
      return;
    }
    long current = service.retainCurrent();
    // As long as the reference in `bound` lives, no other extractor can have the same address.
    if (bound != null && bound.source == current) {
      NativeMethods.freeExtractor(current);
    } else {
      replace(Bound.of(current, null, format));
    }
  }

  private void replace(Bound fresh) {
    Bound old = bound;
    bound = fresh;
    if (old != null && old.users == 0) {
      old.close();
    }
  }

  /** What works with one extractor. Its fields that change are guarded by the decoder. */
  private static final class Bound {
    private final FeatureExtractor extractor;
    /** The pointer of the extractor, and that of the native decoder; both are freed by close. */
    private final long source;

    private final long pointer;
    private final NativeHandle handle;
    private final Deque<Session> idle = new ArrayDeque<>();
    /** Calls that run, and extractions that are open. */
    private int users;

    private Bound(FeatureExtractor extractor, long source, long pointer) {
      this.extractor = extractor;
      this.source = source;
      this.pointer = pointer;
      handle = new NativeHandle(NativeHandle.Kind.DECODER, pointer, NativeMethods::freeDecoder);
      handle.watch(this);
    }

    /** Takes over the reference to the extractor, also if it fails. */
    static Bound of(long source, FeatureExtractor.Description known, MessageFormat format) {
      FeatureExtractor extractor = new FeatureExtractor(source, known);
      try {
        return new Bound(extractor, source, format.newDecoder(source));
      } catch (RuntimeException | Error e) {
        extractor.close();
        throw e;
      }
    }

    void close() {
      idle.forEach(Session::close);
      idle.clear();
      handle.close();
      extractor.close();
    }
  }
}
