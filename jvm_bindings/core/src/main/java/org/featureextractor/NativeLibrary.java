package org.featureextractor;

/** Loads the native library. */
final class NativeLibrary {
  private NativeLibrary() {}

  /** Loads the file that the property {@code org.featureextractor.library.path} names. */
  static void load() {
    String path = System.getProperty("org.featureextractor.library.path");
    if (path == null) {
      throw new UnsatisfiedLinkError("The property org.featureextractor.library.path does not name the native library.");
    }
    System.load(path);
  }
}
