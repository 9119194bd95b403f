package org.featureextractor;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Loads the native library: a file that the caller names, or the one in the jar.
 *
 * <p>The Java machine loads a file for one class loader only, and Flink makes a class loader for every job, so each takes a copy of its
 * own: unpacked under a new name, loaded, and removed from the folder right away. The copy stays mapped until the class loader ends.
 */
final class NativeLibrary {
  private static final String FILE = "libfeature_extractor_jni";

  // Put together at run time: a build tool that moves the classes to another package would otherwise rename the properties, too.
  private static final String PROPERTIES = String.join(".", "org", "featureextractor", "library");
  private static final String PATH_PROPERTY = PROPERTIES + ".path";
  private static final String DIRECTORY_PROPERTY = PROPERTIES + ".directory";
  private static final String DIRECTORY_VARIABLE = "FEATURE_EXTRACTOR_LIBRARY_DIRECTORY";

  /** Numbers of machines in ELF headers. */
  private static final int ELF_X86_64 = 62;

  private static final int ELF_AARCH64 = 183;

  private static boolean isLoaded;
  private static String failure;

  private NativeLibrary() {}

  /**
   * Loads the library, the first time. A failure is final, as the Java machine would not try again either, and each call says why.
   *
   * @throws UnsatisfiedLinkError with what to do
   */
  static synchronized void ensureLoaded() {
    if (isLoaded) {
      return;
    }
    if (failure == null) {
      try {
        load();
        isLoaded = true;
        return;
      } catch (UnsatisfiedLinkError error) {
        failure = error.getMessage();
        throw error;
      }
    }
    throw new UnsatisfiedLinkError(failure);
  }

  private static void load() {
    String path = System.getProperty(PATH_PROPERTY);
    if (path != null) {
      loadFile(Path.of(path).toAbsolutePath(), "The property " + PATH_PROPERTY + " names " + path + ". ");
      return;
    }
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
      throw new UnsatisfiedLinkError("feature_extractor runs on Linux, not on " + System.getProperty("os.name") + ".");
    }
    if (runsOnMusl()) {
      throw new UnsatisfiedLinkError(
          "This Java runs on the C library musl (Alpine Linux), and the library in the jar needs glibc. Use an image of Debian,"
              + " Ubuntu or Red Hat, or build the library there and name it by -D" + PATH_PROPERTY + "=FILE.");
    }
    String resource = "/natives/linux-" + architecture() + "/" + FILE + ".so";
    List<String> refusals = new ArrayList<>();
    for (Folder folder : folders()) {
      String refusal = unpackAndLoad(resource, folder);
      if (refusal == null) {
        return;
      }
      refusals.add("  " + folder.origin() + " " + folder.path() + ": " + refusal);
    }
    throw new UnsatisfiedLinkError(
        "The native library could not be unpacked and loaded. Name a folder from which programs may be run by -D"
            + DIRECTORY_PROPERTY + "=FOLDER or the environment variable " + DIRECTORY_VARIABLE + ". Tried:\n"
            + String.join("\n", refusals));
  }

  private record Folder(String origin, String path) {}

  /** A folder that the caller names is the only one; otherwise the usual ones, one after the other. */
  private static List<Folder> folders() {
    String named = System.getProperty(DIRECTORY_PROPERTY);
    if (named != null) {
      return List.of(new Folder("the folder of the property " + DIRECTORY_PROPERTY + ",", named));
    }
    named = System.getenv(DIRECTORY_VARIABLE);
    if (named != null && !named.isEmpty()) {
      return List.of(new Folder("the folder of the variable " + DIRECTORY_VARIABLE + ",", named));
    }
    return List.of(
        new Folder("the folder of java.io.tmpdir,", System.getProperty("java.io.tmpdir")),
        new Folder("the working directory,", System.getProperty("user.dir")));
  }

  /** Returns why it failed, or null. */
  private static String unpackAndLoad(String resource, Folder folder) {
    Path file;
    try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new UnsatisfiedLinkError(
            "The jar has no file " + resource + ": it was built for other processors than this one (" + architecture()
                + "), or without the native library. Build the library here and name it by -D" + PATH_PROPERTY + "=FILE.");
      }
      Path directory = Path.of(folder.path()).toAbsolutePath();
      file = Files.createTempFile(directory, FILE + "-", ".so", ownerOnly());
      try {
        Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    } catch (IOException | InvalidPathException e) {
      return e.toString();
    }
    try {
      System.load(file.toString());
      return null;
    } catch (UnsatisfiedLinkError error) {
      if (isNoExecution(error)) {
        return "its file system is mounted with \"noexec\", which forbids to load libraries from it ("
            + error.getMessage() + ")";
      }
      throw new UnsatisfiedLinkError(explained(file, error));
    } finally {
      // What is loaded stays mapped; nothing is left behind, even after a crash.
      file.toFile().delete();
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))};
  }

  private static void loadFile(Path file, String origin) {
    if (!Files.isRegularFile(file)) {
      throw new UnsatisfiedLinkError(origin + "There is no such file.");
    }
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError error) {
      String reason =
          isNoExecution(error)
              ? "Its file system is mounted with \"noexec\", which forbids to load libraries from it ("
                  + error.getMessage() + ")."
              : error.getMessage() != null && error.getMessage().contains("already loaded in another classloader")
                  ? "Another class loader of this process has loaded that file. Leave the property away: the library in the jar is"
                      + " copied for each class loader (" + error.getMessage() + ")."
                  : explained(file, error);
      throw new UnsatisfiedLinkError(origin + reason);
    }
  }

  private static boolean isNoExecution(UnsatisfiedLinkError error) {
    String message = error.getMessage();
    return message != null && message.contains("failed to map segment");
  }

  private static String explained(Path file, UnsatisfiedLinkError error) {
    int machine = machine(file.toFile());
    String architecture = architecture();
    String built = machine == ELF_X86_64 ? "x86_64" : machine == ELF_AARCH64 ? "aarch64" : null;
    if (machine < 0) {
      return "It is no shared library of Linux (" + error.getMessage() + ").";
    }
    if (!architecture.equals(built)) {
      return "It was built for processors of another kind (" + (built == null ? "number " + machine : built) + "), and this is "
          + architecture + " (" + error.getMessage() + ").";
    }
    String message = String.valueOf(error.getMessage());
    if (message.contains("GLIBC_")) {
      return "This system is older than those for which the library was built (" + message + ").";
    }
    return message;
  }

  /** The machine of an ELF file, or -1 for another file. */
  private static int machine(File file) {
    try (InputStream stream = Files.newInputStream(file.toPath())) {
      byte[] header = stream.readNBytes(20);
      if (header.length < 20 || header[0] != 0x7F || header[1] != 'E' || header[2] != 'L' || header[3] != 'F') {
        return -1;
      }
      return (header[18] & 0xFF) | (header[19] & 0xFF) << 8;
    } catch (IOException e) {
      return -1;
    }
  }

  private static String architecture() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "amd64", "x86_64" -> "x86_64";
      case "arm64", "aarch64" -> "aarch64";
      default -> name;
    };
  }

  /** Looks at what this very process has mapped: files that lie about on a host prove nothing. */
  private static boolean runsOnMusl() {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.anyMatch(line -> line.contains("/ld-musl-"));
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }
}
