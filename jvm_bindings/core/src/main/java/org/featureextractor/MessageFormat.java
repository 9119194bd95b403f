package org.featureextractor;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** How messages are written, independent of any package. */
interface MessageFormat {
  /** Makes a native decoder for an extractor, given by its pointer. */
  long newDecoder(long extractor);

  static MessageFormat json(DecoderOptions options) {
    return extractor ->
        NativeMethods.newJsonDecoder(extractor, options.maximumBytes(), options.maximumCandidates());
  }

  static MessageFormat protobuf(byte[] descriptorSet, String message, String candidates, DecoderOptions options) {
    byte[] set = Objects.requireNonNull(descriptorSet, "descriptorSet").clone();
    byte[] messageName = name(message, "message");
    byte[] candidatesName = name(candidates, "candidates");
    return extractor ->
        NativeMethods.newProtobufDecoder(
            extractor, set, messageName, candidatesName, options.maximumBytes(), options.maximumCandidates());
  }

  private static byte[] name(String text, String what) {
    if (Objects.requireNonNull(text, what).indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + " is no name: it has a character 0");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
