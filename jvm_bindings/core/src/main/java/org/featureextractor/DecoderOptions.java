package org.featureextractor;

import java.util.Objects;

/**
 * What a {@link MessageDecoder} takes, and how it works.
 *
 * @param maximumBytes the most bytes of one message; 0 means the default of the core, 67,108,864
 * @param maximumCandidates the most candidates of one call, in all of its requests; 0 means the default of the core, 1,048,576
 * @param session how the sessions of the decoder work: it makes one for each extraction that is open at the same time
 */
public record DecoderOptions(long maximumBytes, long maximumCandidates, SessionOptions session) {
  /** The limits of the core, and sessions of one thread without a limit on memory. */
  public static final DecoderOptions DEFAULT = new DecoderOptions(0, 0, SessionOptions.DEFAULT);

  /**
   * Checks the numbers.
   *
   * @param maximumBytes the most bytes of one message, or 0
   * @param maximumCandidates the most candidates of one call, or 0
   * @param session how the sessions of the decoder work
   * @throws IllegalArgumentException if one is negative
   * @throws NullPointerException if there are no options of sessions
   */
  public DecoderOptions {
    if (maximumBytes < 0 || maximumCandidates < 0) {
      throw new IllegalArgumentException("maximumBytes and maximumCandidates must not be negative");
    }
    Objects.requireNonNull(session, "session");
  }
}
