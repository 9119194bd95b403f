package org.featureextractor;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A plug-in that is loaded: a shared object with operators of its own.
 *
 * @param name the prefix of its operators in programs
 * @param version {@code MAJOR.MINOR.PATCH}
 * @param path the file that it was loaded from
 * @param digest of its operators' specs, 32 hexadecimal digits
 */
public record Plugin(String name, String version, Path path, String digest) {
  // Put together at run time, as in NativeLibrary.
  private static final String PROPERTY = String.join(".", "org", "featureextractor", "plugins");
  private static final String VARIABLE = "FEATURE_EXTRACTOR_PLUGINS";

  private static boolean namedAreLoaded;

  /** Loads the plug-ins that the property names, or else the environment variable. A failure is told at each call, until it is mended. */
  static synchronized void ensureNamedLoaded() {
    NativeLibrary.ensureLoaded();
    if (namedAreLoaded) {
      return;
    }
    String named = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    if (named != null) {
      for (String file : named.split(File.pathSeparator)) {
        if (!file.isEmpty()) {
          load(Path.of(file));
        }
      }
    }
    namedAreLoaded = true;
  }

  static void load(Path path) {
    NativeLibrary.ensureLoaded();
    NativeMethods.loadPlugin(FeatureExtractor.pathBytes(path));
  }

  static List<Plugin> loaded() {
    NativeLibrary.ensureLoaded();
    List<Plugin> plugins = new ArrayList<>();
    for (int i = 0; i < NativeMethods.pluginCount(); ++i) {
      byte[][] texts = NativeMethods.plugin(i);
      plugins.add(new Plugin(text(texts[0]), text(texts[1]), Path.of(text(texts[2])), text(texts[3])));
    }
    return List.copyOf(plugins);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
