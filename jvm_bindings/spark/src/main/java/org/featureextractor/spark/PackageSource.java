package org.featureextractor.spark;

import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.SparkFiles;
import org.apache.spark.broadcast.Broadcast;
import org.featureextractor.ErrorCode;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;

/** Where the tasks find a package: it travels with them, and is small. */
final class PackageSource implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String digest;
  private final boolean isSparkFile;
  private final Broadcast<byte[]> bytes;

  private PackageSource(String path, String digest, boolean isSparkFile, Broadcast<byte[]> bytes) {
    this.path = path;
    this.digest = digest;
    this.isSparkFile = isSparkFile;
    this.bytes = bytes;
  }

  /** A file that each machine has under the same path; it is mapped there. */
  static PackageSource ofLocalFile(String path, String digest) {
    return new PackageSource(path, digest, false, null);
  }

  /** A file of {@code spark.files}; it is mapped on each machine. */
  static PackageSource ofSparkFile(String name, String digest) {
    return new PackageSource(name, digest, true, null);
  }

  /** Bytes that Spark brings to each process. */
  static PackageSource ofBytes(String path, String digest, Broadcast<byte[]> bytes) {
    return new PackageSource(path, digest, false, bytes);
  }

  String digest() {
    return digest;
  }

  /** Returns the extractor of this process; {@link SharedExtractors#release} ends the use. */
  FeatureExtractor acquire() {
    return SharedExtractors.acquire(digest, this::load);
  }

  private FeatureExtractor load() {
    if (bytes != null) {
      return FeatureExtractor.load(bytes.value());
    }
    Path file = Path.of(isSparkFile ? SparkFiles.get(path) : path);
    FeatureExtractor extractor = FeatureExtractor.load(file);
    if (!extractor.digest().equals(digest)) {
      String found = extractor.digest();
      extractor.close();
      throw new FeatureExtractorException(
          ErrorCode.CORRUPT,
          "The package " + file + " has the digest " + found + " on this machine, and " + digest + " on the driver.");
    }
    return extractor;
  }
}
