package org.featureextractor;

/** A call of the native core failed. The message says why, and what to do about it. */
public final class FeatureExtractorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

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

  FeatureExtractorException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Called by the native library. */
  FeatureExtractorException(int code, String message) {
    this(ErrorCode.ofNumber(code), message);
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
