package org.featureextractor.parity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.LoadOptions;
import org.featureextractor.Service;

/** Loads a package in each way, and prints a line for each: the way, and "loaded" or the code of the error. */
public final class LoadWays {
  private LoadWays() {}

  /** What may throw. */
  private interface Way {
    FeatureExtractor load() throws IOException;
  }

  /**
   * Loads a package.
   *
   * @param arguments the file of a sound package, and that of the package to load
   * @throws IOException if it cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[1]);
    LoadOptions skips = new LoadOptions(false, true);
    LoadOptions computes = new LoadOptions(false, false);
    tell("file", () -> FeatureExtractor.load(path));
    tell("bytes", () -> FeatureExtractor.load(Files.readAllBytes(path)));
    tell("without digests", () -> FeatureExtractor.load(path, new LoadOptions(true)));
    tell("file, skips", () -> FeatureExtractor.load(path, skips));
    tell("bytes, skips", () -> FeatureExtractor.load(Files.readAllBytes(path), skips));
    tell("file, computes", () -> FeatureExtractor.load(path, computes));
    try (FeatureExtractor sound = FeatureExtractor.load(Path.of(arguments[0]));
        Service service = new Service(sound)) {
      tell("reload", () -> reloaded(service, path, LoadOptions.DEFAULT));
      tell("reload, computes", () -> reloaded(service, path, computes));
      tell("reload, skips", () -> reloaded(service, path, skips));
    }
  }

  private static FeatureExtractor reloaded(Service service, Path path, LoadOptions options) {
    service.reload(path, options, true);
    return service.current();
  }

  private static void tell(String name, Way way) throws IOException {
    try (FeatureExtractor loaded = way.load()) {
      System.out.println(name + ": " + (loaded.features().isEmpty() ? "empty" : "loaded"));
    } catch (FeatureExtractorException refused) {
      System.out.println(name + ": " + refused.code());
    }
  }
}
