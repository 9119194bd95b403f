package org.featureextractor;

import java.nio.charset.StandardCharsets;

/** Strings as UTF-8, with half surrogate pairs kept apart. */
final class Utf8 {
  /** No valid UTF-8: the core makes it null, and counts it, as it does for a string of Python with half of a pair. */
  private static final byte[] INVALID = {(byte) 0xFF};

  private Utf8() {}

  /** Whether these bytes stand for a string that has no UTF-8. */
  static boolean isInvalid(byte[] utf8) {
    return utf8 == INVALID;
  }

  static byte[] encode(String text) {
    // Java would write a question mark for half of a surrogate pair: a value that was never there.
    for (int i = 0; i < text.length(); ++i) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return INVALID;
        }
        ++i;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
