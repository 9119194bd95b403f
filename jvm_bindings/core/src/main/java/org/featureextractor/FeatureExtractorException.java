package org.featureextractor;

import java.nio.charset.StandardCharsets;

/** A call of the native core failed. The message says why, and what to do about it. */
public final class FeatureExtractorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  private final ErrorCode code;

  /**
   * Makes an exception.
   *
   * @param code what went wrong
   * @param message why, in words for people
   */
  public FeatureExtractorException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  /** Called by the native library. The cause is what a {@link MemoryReservation} threw, or null. */
  FeatureExtractorException(int code, byte[] message, Throwable cause) {
    super(new String(message, StandardCharsets.UTF_8), cause);
    this.code = ErrorCode.ofNumber(code);
  }

  /**
   * What went wrong.
   *
   * @return the code of the C interface
   */
  public ErrorCode code() {
    return code;
  }
}
