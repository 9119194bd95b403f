package org.featureextractor.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;
import org.apache.spark.api.java.JavaSparkContext;
import org.featureextractor.Domain;
import org.featureextractor.ErrorCode;
import org.featureextractor.Feature;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.Input;

/**
 * A package as the driver knows it: what it reads and computes, and how tasks get it.
 *
 * <p>Two are equal if they have the same digest. Plans hold it, and plans can be written to other processes; there it is only a name.
 */
public final class LoadedPackage implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MOST_KEPT = 32;

  /** By path; read anew when the file or the Spark context is another one. */
  private static final LinkedHashMap<String, Entry> LOADED = new LinkedHashMap<>(16, 0.75f, true);

  private record Entry(SparkContext context, long modified, long length, LoadedPackage loaded) {}

  private final String path;
  private final String digest;
  private final PackageSource source;
  private final FeatureCounts counts;
  private final transient FeatureExtractor extractor;

  private LoadedPackage(String path, FeatureExtractor extractor, PackageSource source, FeatureCounts counts) {
    this.path = path;
    this.digest = extractor.digest();
    this.extractor = extractor;
    this.source = source;
    this.counts = counts;
  }

  /**
   * Reads a package on the driver.
   *
   * @param context of the application
   * @param path the name of a file of {@code spark.files}, a path with the scheme {@code local:} for a file that each machine has, or
   *     any path that Hadoop reads; the last is sent to the executors by Spark
   * @return the package; the same object while the file does not change
   * @throws FeatureExtractorException if there is no such file, or it is no package
   */
  public static synchronized LoadedPackage read(SparkContext context, String path) {
    try {
      if (path.startsWith("local:")) {
        return local(context, path, path.substring("local:".length()));
      }
      Path place = new Path(path);
      FileSystem files = place.getFileSystem(context.hadoopConfiguration());
      if (!path.contains("/") && !files.exists(place)) {
        java.nio.file.Path sparkFile = java.nio.file.Path.of(SparkFiles.get(path));
        if (Files.exists(sparkFile)) {
          return sparkFile(context, path, sparkFile);
        }
      }
      FileStatus status = files.getFileStatus(place);
      LoadedPackage known = known(context, path, status.getModificationTime(), status.getLen());
      return known != null ? known : distribute(context, path, files, status);
    } catch (FileNotFoundException e) {
      throw new FeatureExtractorException(
          ErrorCode.NOT_FOUND, "There is no package '" + path + "': neither a file that Hadoop reads, nor one of spark.files.");
    } catch (IOException | IllegalArgumentException e) {
      throw new FeatureExtractorException(ErrorCode.IO, "The package '" + path + "' cannot be read: " + e.getMessage());
    }
  }

  private static LoadedPackage local(SparkContext context, String path, String file) throws IOException {
    java.nio.file.Path place = java.nio.file.Path.of(file);
    if (!Files.exists(place)) {
      throw new FileNotFoundException(file);
    }
    long modified = Files.getLastModifiedTime(place).toMillis();
    LoadedPackage known = known(context, path, modified, Files.size(place));
    if (known != null) {
      return known;
    }
    FeatureExtractor extractor = FeatureExtractor.load(place);
    return remember(context, path, modified, Files.size(place), extractor, PackageSource.ofLocalFile(file, extractor.digest()));
  }

  private static LoadedPackage sparkFile(SparkContext context, String name, java.nio.file.Path place) throws IOException {
    long modified = Files.getLastModifiedTime(place).toMillis();
    LoadedPackage known = known(context, name, modified, Files.size(place));
    if (known != null) {
      return known;
    }
    FeatureExtractor extractor = FeatureExtractor.load(place);
    return remember(context, name, modified, Files.size(place), extractor, PackageSource.ofSparkFile(name, extractor.digest()));
  }

  private static LoadedPackage distribute(SparkContext context, String path, FileSystem files, FileStatus status)
      throws IOException {
    if (status.getLen() > Integer.MAX_VALUE - 16) {
      throw new FeatureExtractorException(
          ErrorCode.LIMIT,
          "The package '" + path + "' has " + status.getLen() + " bytes, more than Spark can send around: name it in spark.files.");
    }
    byte[] bytes;
    try (InputStream stream = files.open(status.getPath())) {
      bytes = stream.readAllBytes();
    }
    FeatureExtractor extractor = FeatureExtractor.load(bytes);
    PackageSource source =
        PackageSource.ofBytes(path, extractor.digest(), JavaSparkContext.fromSparkContext(context).broadcast(bytes));
    return remember(context, path, status.getModificationTime(), status.getLen(), extractor, source);
  }

  private static LoadedPackage known(SparkContext context, String path, long modified, long length) {
    Entry entry = LOADED.get(path);
    boolean isSame =
        entry != null && entry.context == context && entry.modified == modified && entry.length == length;
    return isSame ? entry.loaded : null;
  }

  private static LoadedPackage remember(
      SparkContext context, String path, long modified, long length, FeatureExtractor extractor, PackageSource source) {
    // Counts go on where the same package is found under another path, or again.
    FeatureCounts counts = null;
    for (Entry entry : LOADED.values()) {
      if (entry.context == context && entry.loaded.digest.equals(extractor.digest())) {
        counts = entry.loaded.counts;
      }
    }
    if (counts == null) {
      counts = new FeatureCounts(extractor.features().size(), extractor.inputs().size());
      context.register(counts, "fx_extract " + extractor.name());
    }
    LoadedPackage loaded = new LoadedPackage(path, extractor, source, counts);
    LOADED.put(path, new Entry(context, modified, length, loaded));
    if (LOADED.size() > MOST_KEPT) {
      LOADED.remove(LOADED.keySet().iterator().next());
    }
    return loaded;
  }

  PackageSource source() {
    return source;
  }

  FeatureCounts accumulator() {
    return counts;
  }

  /** The features, in the order of the program. */
  public java.util.List<Feature> features() {
    return extractor.features();
  }

  /** The inputs that features read, in the order of the program. */
  public java.util.List<Input> usedInputs(Domain domain) {
    return extractor.inputs(domain).stream().filter(Input::used).toList();
  }

  /** Whether the program has candidate inputs. */
  public boolean hasCandidates() {
    return extractor.outputDomain() == Domain.CANDIDATE;
  }

  /** The digest of the package. */
  public String digest() {
    return digest;
  }

  /**
   * What the tasks of this application counted so far.
   *
   * @return a copy
   */
  public ExtractionCounts counts() {
    return ExtractionCounts.of(counts.value(), extractor);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LoadedPackage that && that.digest.equals(digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "'" + path + "' " + digest.substring(0, 8);
  }
}
