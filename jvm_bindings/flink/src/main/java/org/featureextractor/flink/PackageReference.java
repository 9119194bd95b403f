package org.featureextractor.flink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.featureextractor.ErrorCode;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;

/**
 * A package that tasks can load: its bytes, or where they are.
 *
 * @param path of the file, in any file system that Flink knows; empty for a package that came as bytes
 * @param bytes the whole package, or null where each task reads the path
 * @param digest of the package that was found there
 */
record PackageReference(String path, byte[] bytes, String digest) implements Serializable {
  // The keys of the parts in a checkpoint.
  private static final String PATH = "path";
  private static final String DIGEST = "digest";
  private static final String BYTES = "bytes";

  /** An extractor, and the reference by which it can be loaded once more. */
  record Loaded(FeatureExtractor extractor, PackageReference reference) {}

  /** What tells that a file was replaced. */
  record Version(long modified, long length) {}

  /**
   * Loads a package from a path.
   *
   * @param path in any file system that Flink knows
   * @param shippedBytes a package of at most so many bytes is kept as bytes
   * @param mayChange whether the file may be overwritten while it is in use; only otherwise it is mapped
   * @throws FeatureExtractorException if it cannot be read, or is damaged
   */
  static Loaded load(String path, long shippedBytes, boolean mayChange) {
    try {
      Version version = version(path);
      Path local = localPath(path);
      if (version.length() > shippedBytes && local != null && !mayChange) {
        FeatureExtractor extractor = FeatureExtractor.load(local);
        return new Loaded(extractor, new PackageReference(path, null, extractor.digest()));
      }
      byte[] bytes = read(path);
      FeatureExtractor extractor = FeatureExtractor.load(bytes);
      boolean isShipped = bytes.length <= shippedBytes;
      return new Loaded(extractor, new PackageReference(path, isShipped ? bytes : null, extractor.digest()));
    } catch (IOException failure) {
      throw new FeatureExtractorException(ErrorCode.IO, "The package '" + path + "' cannot be read: " + failure.getMessage());
    }
  }

  /** Loads a package that came as bytes. */
  static Loaded load(byte[] bytes) {
    FeatureExtractor extractor = FeatureExtractor.load(bytes);
    return new Loaded(extractor, new PackageReference("", bytes, extractor.digest()));
  }

  /** Loads what this refers to. Where only the path is known, another package may be there by now. */
  Loaded load(ExtractionOptions options) {
    if (bytes == null) {
      return load(path, options.shippedBytes(), options.watchInterval() != null);
    }
    return new Loaded(FeatureExtractor.load(bytes), this);
  }

  /** Writes the parts to a checkpoint. */
  void toState(BroadcastState<String, byte[]> state) throws Exception {
    state.put(PATH, path.getBytes(StandardCharsets.UTF_8));
    state.put(DIGEST, digest.getBytes(StandardCharsets.UTF_8));
    if (bytes != null) {
      state.put(BYTES, bytes);
    }
  }

  static PackageReference fromState(BroadcastState<String, byte[]> state) throws Exception {
    return new PackageReference(
        new String(state.get(PATH), StandardCharsets.UTF_8),
        state.get(BYTES),
        new String(state.get(DIGEST), StandardCharsets.UTF_8));
  }

  /** Names the version of the file that a path leads to. */
  static Version version(String path) throws IOException {
    org.apache.flink.core.fs.Path file = new org.apache.flink.core.fs.Path(path);
    FileStatus status = file.getFileSystem().getFileStatus(file);
    return new Version(status.getModificationTime(), status.getLen());
  }

  /** The path in the local file system, or null. */
  private static Path localPath(String path) {
    String scheme = new org.apache.flink.core.fs.Path(path).toUri().getScheme();
    if (scheme != null && !scheme.equals("file")) {
      return null;
    }
    return Path.of(new org.apache.flink.core.fs.Path(path).toUri().getPath());
  }

  private static byte[] read(String path) throws IOException {
    org.apache.flink.core.fs.Path file = new org.apache.flink.core.fs.Path(path);
    FileSystem files = file.getFileSystem();
    try (FSDataInputStream stream = files.open(file)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      stream.transferTo(bytes);
      return bytes.toByteArray();
    }
  }
}
