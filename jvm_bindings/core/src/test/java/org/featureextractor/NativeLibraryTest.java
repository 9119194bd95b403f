package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading the library: in this process by several class loaders, and in processes of their own where it fails. */
class NativeLibraryTest {
  private static final Path CLASSES = Path.of("target", "classes").toAbsolutePath();
  private static final String PROGRAM =
      """
      package org.featureextractor;

      public class LoadOnce {
        public static void main(String[] arguments) {
          for (int i = 0; i < 2; ++i) {
            try {
              System.out.println("version " + FeatureExtractor.libraryVersion());
            } catch (UnsatisfiedLinkError error) {
              System.out.println("refused: " + error.getMessage());
            }
          }
        }
      }
      """;

  @TempDir static Path folder;
  private static Path program;

  @BeforeAll
  static void compileProgram() throws IOException {
    program = compile(Map.of("LoadOnce.java", PROGRAM), Files.createDirectory(folder.resolve("program")));
  }

  private static Path compile(Map<String, String> sources, Path target) throws IOException {
    Path source = Files.createDirectories(target.resolveSibling(target.getFileName() + "-source"));
    List<String> arguments = new ArrayList<>(List.of("-d", target.toString(), "-cp", CLASSES.toString()));
    for (Map.Entry<String, String> one : sources.entrySet()) {
      Path file = source.resolve(one.getKey());
      Files.writeString(file, one.getValue());
      arguments.add(file.toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assumeTrue(compiler != null, "this Java has no compiler");
    assertEquals(0, compiler.run(null, null, null, arguments.toArray(String[]::new)));
    return target;
  }

  private static List<String> run(List<String> options, Map<String, String> environment, String classPath)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, "org.featureextractor.LoadOnce"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
    return output.lines().toList();
  }

  private static List<String> run(List<String> options) throws Exception {
    return run(options, Map.of(), CLASSES + ":" + program);
  }

  private static long entries(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @Test
  void eachClassLoaderLoadsACopyOfItsOwn() throws Exception {
    byte[] bytes = Packages.bytes("small");
    List<Object> extractors = new ArrayList<>();
    List<URLClassLoader> loaders = new ArrayList<>();
    for (int i = 0; i < 2; ++i) {
      // Without a parent that knows the classes, as Flink does for each job.
      URLClassLoader loader =
          new URLClassLoader(new URL[] {CLASSES.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
      loaders.add(loader);
      Class<?> type = loader.loadClass("org.featureextractor.FeatureExtractor");
      Object extractor = type.getMethod("load", byte[].class).invoke(null, (Object) bytes);
      assertEquals(32, ((String) type.getMethod("digest").invoke(extractor)).length());
      extractors.add(extractor);
      // An error of the core is thrown as the exception of this class loader.
      InvocationTargetException thrown =
          assertThrows(
              InvocationTargetException.class,
              () -> type.getMethod("load", byte[].class).invoke(null, (Object) new byte[3]));
      assertEquals(loader, thrown.getCause().getClass().getClassLoader());
    }
    assertNotSame(extractors.get(0).getClass(), extractors.get(1).getClass());
    for (int i = 0; i < 2; ++i) {
      Object extractor = extractors.get(i);
      Method close = extractor.getClass().getMethod("close");
      close.invoke(extractor);
      loaders.get(i).close();
    }
  }

  @Test
  void aClassLoaderThatEndsTakesItsCopyAlong() throws Exception {
    // Flink makes a class loader for each job: a long-lived process would collect copies.
    Set<String> before = mappedCopies();
    WeakReference<ClassLoader> loader = loadAndForget();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while ((loader.get() != null || !before.containsAll(mappedCopies())) && System.nanoTime() < deadline) {
      System.gc();
      Thread.sleep(20);
    }
    assertNull(loader.get(), "something keeps the class loader");
    Set<String> left = mappedCopies();
    left.removeAll(before);
    assertEquals(Set.of(), left);
  }

  private static WeakReference<ClassLoader> loadAndForget() throws Exception {
    URLClassLoader loader =
        new URLClassLoader(new URL[] {CLASSES.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    Class<?> type = loader.loadClass("org.featureextractor.FeatureExtractor");
    Object extractor = type.getMethod("load", byte[].class).invoke(null, (Object) Packages.bytes("small"));
    Object session = type.getMethod("newSession").invoke(extractor);
    Set<String> mapped = mappedCopies();
    assertFalse(mapped.isEmpty());
    session.getClass().getMethod("close").invoke(session);
    type.getMethod("close").invoke(extractor);
    assertThrows(
        InvocationTargetException.class,
        () -> type.getMethod("load", byte[].class).invoke(null, (Object) new byte[3]));
    loader.close();
    return new WeakReference<>(loader);
  }

  private static Set<String> mappedCopies() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains("libfeature_extractor_jni"))
          .map(line -> line.substring(line.indexOf('/')))
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  @Test
  void classesMayBeMovedToAnotherPackage() throws Exception {
    Map<String, String> moved = new java.util.HashMap<>();
    try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        moved.put(
            source.getFileName().toString(),
            Files.readString(source).replace("org.featureextractor", "shaded.inside.org.featureextractor"));
      }
    }
    Path classes = compile(moved, Files.createDirectory(folder.resolve("moved")));
    // The library stays where it is in the jar: build tools move classes.
    URL[] path = {classes.toUri().toURL(), CLASSES.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass("shaded.inside.org.featureextractor.FeatureExtractor");
      Object extractor = type.getMethod("load", byte[].class).invoke(null, (Object) Packages.bytes("small"));
      assertEquals("CANDIDATE", type.getMethod("outputDomain").invoke(extractor).toString());
      InvocationTargetException thrown =
          assertThrows(
              InvocationTargetException.class,
              () -> type.getMethod("load", byte[].class).invoke(null, (Object) new byte[3]));
      assertEquals(
          "shaded.inside.org.featureextractor.FeatureExtractorException", thrown.getCause().getClass().getName());
      type.getMethod("close").invoke(extractor);
    }
  }

  @Test
  void nothingIsLeftInTheFolder() throws Exception {
    Path named = Files.createDirectory(folder.resolve("named"));
    String property = "-Dorg.featureextractor.library.directory=" + named;
    assertTrue(run(List.of(property)).get(1).startsWith("version "));
    assertEquals(0, entries(named));
    Map<String, String> environment = Map.of("FEATURE_EXTRACTOR_LIBRARY_DIRECTORY", named.toString());
    assertTrue(run(List.of(), environment, CLASSES + ":" + program).get(1).startsWith("version "));
    assertEquals(0, entries(named));
  }

  @Test
  void aFolderThatDoesNotExistIsNamed() throws Exception {
    List<String> output = run(List.of("-Dorg.featureextractor.library.directory=/no/such/folder"));
    String all = String.join("\n", output);
    assertTrue(all.contains("refused: ") && all.contains("/no/such/folder: java.nio.file.NoSuchFile"), all);
    assertNotEquals(all.indexOf("refused: "), all.lastIndexOf("refused: "), "the second call says it as well");
    output = run(List.of("-Djava.io.tmpdir=/no/such/folder"));
    assertTrue(output.get(0).startsWith("version "), "the working directory is tried next: " + output);
  }

  @Test
  void aFolderMountedNoexecIsNamed() throws Exception {
    Path mounted = Files.createDirectory(folder.resolve("mounted"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "noexec,size=64m", "tmpfs", mounted.toString())
            .redirectErrorStream(true)
            .start();
    String refusal = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(mount.waitFor() == 0, "file systems cannot be mounted here: " + refusal);
    try {
      String all = String.join("\n", run(List.of("-Dorg.featureextractor.library.directory=" + mounted)));
      assertTrue(all.contains("noexec") && all.contains(mounted.toString()), all);
      assertEquals(0, entries(mounted));
      // A folder that is only the default is passed over.
      assertTrue(run(List.of("-Djava.io.tmpdir=" + mounted)).get(0).startsWith("version "));
    } finally {
      assertEquals(0, new ProcessBuilder("umount", mounted.toString()).start().waitFor());
    }
  }

  @Test
  void aJarWithoutTheLibraryIsNamed() throws Exception {
    Path bare = Files.createDirectory(folder.resolve("bare"));
    try (Stream<Path> files = Files.walk(CLASSES.resolve("org"))) {
      for (Path file : files.toList()) {
        Files.copy(file, Files.createDirectories(bare.resolve(CLASSES.relativize(file)).getParent()).resolve(file.getFileName()));
      }
    }
    String all = String.join("\n", run(List.of(), Map.of(), bare + ":" + program));
    assertTrue(all.contains("The jar has no file /natives/linux-"), all);
    all = String.join("\n", run(List.of("-Dos.arch=riscv64"), Map.of(), CLASSES + ":" + program));
    assertTrue(all.contains("no file /natives/linux-riscv64/"), all);
  }

  @Test
  void filesThatAreNamedAndWrongAreExplained() throws Exception {
    Path text = Files.writeString(folder.resolve("text.so"), "no library at all, but longer than a header");
    Path other = folder.resolve("other.so");
    byte[] header = new byte[4096];
    byte[] library = Files.readAllBytes(library());
    System.arraycopy(library, 0, header, 0, header.length);
    header[18] = (byte) 243;
    header[19] = 0;
    Files.write(other, header);
    String all = String.join("\n", run(List.of("-Dorg.featureextractor.library.path=/no/such.so")));
    assertTrue(all.contains("names /no/such.so. There is no such file."), all);
    all = String.join("\n", run(List.of("-Dorg.featureextractor.library.path=" + text)));
    assertTrue(all.contains("It is no shared library of Linux"), all);
    all = String.join("\n", run(List.of("-Dorg.featureextractor.library.path=" + other)));
    assertTrue(all.contains("It was built for processors of another kind (number 243)"), all);
    all = String.join("\n", run(List.of("-Dorg.featureextractor.library.path=" + library())));
    assertTrue(all.startsWith("version "), all);
  }

  private static Path library() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES.resolve("natives"))) {
      return files.filter(path -> path.toString().endsWith(".so")).findFirst().orElseThrow();
    }
  }
}
