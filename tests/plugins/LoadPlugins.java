import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.featureextractor.Extraction;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.Plugin;
import org.featureextractor.RequestBatch;
import org.featureextractor.Session;

/** Loads a package without, then with a plug-in, and prints what comes of it. Arguments: package, plug-in, a file that is none. */
final class LoadPlugins {
  private LoadPlugins() {}

  public static void main(String[] arguments) {
    Path ranking = Path.of(arguments[0]);
    tell(() -> load(ranking));
    if (arguments.length > 1) {
      tell(() -> loadPlugin(Path.of(arguments[2])));
      tell(() -> loadPlugin(Path.of(arguments[1])));
      tell(() -> loadPlugin(Path.of(arguments[1])));
      tell(() -> load(ranking));
    }
  }

  private interface Step {
    String run();
  }

  private static void tell(Step step) {
    try {
      System.out.println("ok: " + step.run());
    } catch (FeatureExtractorException e) {
      System.out.println(e.code() + ": " + e.getMessage());
    }
  }

  private static String loadPlugin(Path path) {
    FeatureExtractor.loadPlugin(path);
    List<Plugin> plugins = FeatureExtractor.plugins();
    return plugins.size() + " " + plugins.get(0).name() + " " + plugins.get(0).version() + " " + plugins.get(0).path().getFileName();
  }

  private static String load(Path path) {
    try (FeatureExtractor extractor = FeatureExtractor.load(path);
        Session session = extractor.newSession();
        RequestBatch batch = RequestBatch.of(extractor)) {
      batch.addRequest(Map.of("bought", List.of(1.0, 5.0)));
      batch.addCandidate(Map.of("code", "4006381333931", "title", "New SALE shoes", "price", 4.0));
      try (Extraction features = session.extract(batch)) {
        return String.valueOf(features.getFloat(extractor.feature("bargain").index(), 0));
      }
    }
  }
}
