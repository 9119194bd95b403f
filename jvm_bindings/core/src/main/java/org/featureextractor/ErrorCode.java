package org.featureextractor;

/** What went wrong, for programs; the message of the exception says it for people. */
public enum ErrorCode {
  /** The caller passed something that cannot be used, or the data does not fit the program. */
  INVALID_ARGUMENT(1),
  /** A file or a name does not exist. */
  NOT_FOUND(2),
  /** The operating system refused to read or map a file. */
  IO(3),
  /** The package is damaged, truncated, or was changed after it was written. */
  CORRUPT(4),
  /** The package was written for another version of the engine. */
  UNSUPPORTED_VERSION(5),
  /** The plan in the package breaks a rule that the loader verifies. */
  INVALID_PLAN(6),
  /** A documented limit is exceeded. */
  LIMIT(7),
  /** The system, or the caller's own {@link MemoryReservation}, has no more memory. */
  OUT_OF_MEMORY(8),
  /** A defect of this library. */
  INTERNAL(9),
  /** The golden rows of the package give other values here than where it was made. */
  DIFFERENT_VALUES(10);

  private static final ErrorCode[] CODES = values();

  private final int number;

  ErrorCode(int number) {
    this.number = number;
  }

  static ErrorCode ofNumber(int number) {
    for (ErrorCode code : CODES) {
      if (code.number == number) {
        return code;
      }
    }
    return INTERNAL;
  }
}
