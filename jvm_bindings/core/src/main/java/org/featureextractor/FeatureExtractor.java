package org.featureextractor;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A loaded package, ready to run. It never changes, and may be used by many threads at once; each makes a {@link Session} of its own.
 *
 * <pre>{@code
 * try (FeatureExtractor extractor = FeatureExtractor.load(Path.of("ranking.fxp"));
 *     Session session = extractor.newSession();
 *     RequestBatch batch = RequestBatch.of(extractor)) {
 *   batch.addRequest(Map.of("user_id", "u1", "now", Instant.now()));
 *   for (Movie movie : movies) {
 *     batch.addCandidate(Map.of("movie", movie.id()));
 *   }
 *   try (Extraction features = session.extract(batch)) {
 *     float ctr = features.getFloat(extractor.feature("ctr").index(), 0);
 *   }
 * }
 * }</pre>
 *
 * <p>Closing it while sessions exist is allowed: the memory goes when the last of them is closed.
 */
public final class FeatureExtractor implements AutoCloseable {
  /** What is read from the package once, and shared by all handles to the same extractor. */
  record Description(
      String name,
      String digest,
      String manifest,
      List<Input> inputs,
      List<Feature> features,
      Map<String, Feature> featuresByName,
      Domain outputDomain) {}

  private final NativeHandle handle;
  private final Description description;

  /** Takes over the pointer, also if it fails. */
  FeatureExtractor(long pointer) {
    this(pointer, null);
  }

  FeatureExtractor(long pointer, Description known) {
    handle = new NativeHandle(NativeHandle.Kind.EXTRACTOR, pointer, NativeMethods::freeExtractor);
    try {
      description = known != null ? known : describe(pointer);
    } catch (RuntimeException | Error e) {
      handle.close();
      throw e;
    }
    handle.watch(this);
  }

  /**
   * Loads a package, verifies it and maps its resources.
   *
   * @param path of the {@code .fxp} file
   * @return the extractor
   * @throws FeatureExtractorException if there is no such file, or it is damaged, or of another version
   * @throws UnsatisfiedLinkError if the native library cannot be loaded; the message says why
   */
  public static FeatureExtractor load(Path path) {
    return load(path, LoadOptions.DEFAULT);
  }

  /**
   * Loads a package.
   *
   * @param path of the {@code .fxp} file
   * @param options what is checked
   * @return the extractor
   * @throws FeatureExtractorException as {@link #load(Path)}
   */
  public static FeatureExtractor load(Path path, LoadOptions options) {
    Plugin.ensureNamedLoaded();
    return new FeatureExtractor(NativeMethods.loadFile(pathBytes(path), options.skipResourceDigests(), options.skipGoldenRows()));
  }

  /**
   * Loads a package from memory. The bytes are copied.
   *
   * @param bytes the whole package
   * @return the extractor
   * @throws FeatureExtractorException if it is damaged, or of another version
   */
  public static FeatureExtractor load(byte[] bytes) {
    return load(bytes, LoadOptions.DEFAULT);
  }

  /**
   * Loads a package from memory. The bytes are copied.
   *
   * @param bytes the whole package
   * @param options what is checked
   * @return the extractor
   * @throws FeatureExtractorException as {@link #load(byte[])}
   */
  public static FeatureExtractor load(byte[] bytes, LoadOptions options) {
    Objects.requireNonNull(bytes, "bytes");
    Plugin.ensureNamedLoaded();
    return new FeatureExtractor(NativeMethods.loadBytes(bytes, options.skipResourceDigests(), options.skipGoldenRows()));
  }

  /**
   * Loads a plug-in, a shared object with operators, into this class loader's copy of the library, where it stays: packages that need it
   * can be loaded from then on. Loading it again does nothing.
   *
   * <p>Plug-ins can be named for the whole process instead, by the property {@code org.featureextractor.plugins} or the environment
   * variable {@code FEATURE_EXTRACTOR_PLUGINS}: files, separated by {@code :}. They are loaded before the first package.
   *
   * @param path of the shared object
   * @throws FeatureExtractorException if there is no such file, or it is no plug-in, or was built for another engine
   * @throws UnsatisfiedLinkError if the native library cannot be loaded; the message says why
   */
  public static void loadPlugin(Path path) {
    Plugin.load(path);
  }

  /**
   * The plug-ins that are loaded.
   *
   * @return in the order of loading
   */
  public static List<Plugin> plugins() {
    return Plugin.loaded();
  }

  /**
   * The version of the native library.
   *
   * @return such as {@code "0.1.0"}
   */
  public static String libraryVersion() {
    NativeLibrary.ensureLoaded();
    return text(NativeMethods.version());
  }

  /**
   * The name of the program.
   *
   * @return from the manifest
   */
  public String name() {
    return description.name();
  }

  /**
   * The digest of the package: the same program and resources, the same digest.
   *
   * @return 32 hexadecimal digits
   */
  public String digest() {
    return description.digest();
  }

  /**
   * The manifest of the package.
   *
   * @return a JSON document: inputs, features with kinds, sizes and defaults, members
   */
  public String manifest() {
    return description.manifest();
  }

  /**
   * The declared inputs.
   *
   * @return in the order of the program
   */
  public List<Input> inputs() {
    return description.inputs();
  }

  /**
   * The declared inputs of one domain.
   *
   * @param domain requests or candidates
   * @return in the order of the program
   */
  public List<Input> inputs(Domain domain) {
    return description.inputs().stream().filter(input -> input.domain() == domain).toList();
  }

  /**
   * The features.
   *
   * @return in the order of the program
   */
  public List<Feature> features() {
    return description.features();
  }

  /**
   * The feature with a name.
   *
   * @param name of the feature
   * @return the feature, whose index the accessors of {@link Extraction} take
   * @throws IllegalArgumentException if there is no such feature
   */
  public Feature feature(String name) {
    Feature feature = description.featuresByName().get(name);
    if (feature == null) {
      throw new IllegalArgumentException("The program '" + name() + "' has no feature '" + name + "'.");
    }
    return feature;
  }

  /**
   * Where the features live.
   *
   * @return {@link Domain#CANDIDATE} if the program has a candidate input
   */
  public Domain outputDomain() {
    return description.outputDomain();
  }

  /**
   * A session with one thread and no limit on memory.
   *
   * @return a session, which the caller closes
   */
  public Session newSession() {
    return newSession(SessionOptions.DEFAULT);
  }

  /**
   * A session.
   *
   * @param options how it works
   * @return a session, which the caller closes
   * @throws FeatureExtractorException if there is no memory
   */
  public Session newSession(SessionOptions options) {
    return new Session(this, options);
  }

  /**
   * A decoder of requests in JSON, with the limits of {@link DecoderOptions#DEFAULT}.
   *
   * @return a decoder, which the caller closes
   */
  public MessageDecoder jsonDecoder() {
    return jsonDecoder(DecoderOptions.DEFAULT);
  }

  /**
   * A decoder of requests in JSON. A request is an object with a member per request input and {@code candidates}: an array of objects, or
   * an object of arrays. A message holds one such object, an array of them, or one after the other on lines of their own.
   *
   * @param options limits, and how the sessions of the decoder work
   * @return a decoder, which the caller closes
   * @throws FeatureExtractorException if there is no memory
   */
  public MessageDecoder jsonDecoder(DecoderOptions options) {
    return MessageDecoder.of(this, MessageFormat.json(options), options);
  }

  /**
   * A decoder of requests in Protocol Buffers, whose candidates are in the field {@code candidates}.
   *
   * @param descriptorSet as {@link #protobufDecoder(byte[], String, String, DecoderOptions)}
   * @param message as {@link #protobufDecoder(byte[], String, String, DecoderOptions)}
   * @return a decoder, which the caller closes
   * @throws FeatureExtractorException as {@link #protobufDecoder(byte[], String, String, DecoderOptions)}
   */
  public MessageDecoder protobufDecoder(byte[] descriptorSet, String message) {
    return protobufDecoder(descriptorSet, message, "candidates", DecoderOptions.DEFAULT);
  }

  /**
   * A decoder of requests in Protocol Buffers. Inputs are the fields of their names.
   *
   * @param descriptorSet a serialised {@code google.protobuf.FileDescriptorSet} with all that the message needs, as
   *     {@code protoc --include_imports --descriptor_set_out} writes it; it is copied
   * @param message the full name of the message of a request
   * @param candidates the name of the field with the repeated message of the candidates
   * @param options limits, and how the sessions of the decoder work
   * @return a decoder, which the caller closes
   * @throws FeatureExtractorException {@link ErrorCode#NOT_FOUND} if there is no such message, {@link ErrorCode#INVALID_ARGUMENT}, with both
   *     types, if a field does not fit the program
   */
  public MessageDecoder protobufDecoder(
      byte[] descriptorSet, String message, String candidates, DecoderOptions options) {
    return MessageDecoder.of(this, MessageFormat.protobuf(descriptorSet, message, candidates, options), options);
  }

  /**
   * A batch for the used inputs of one domain.
   *
   * @param domain requests or candidates
   * @param reservation asked before the batch takes native memory
   * @return an empty batch, which the caller closes
   */
  public ColumnBatch newBatch(Domain domain, MemoryReservation reservation) {
    return ColumnBatch.of(inputs(domain).stream().filter(Input::used).toList(), reservation);
  }

  /**
   * A batch for the used inputs of both domains: a row is a candidate together with its request.
   *
   * @param reservation asked before the batch takes native memory
   * @return an empty batch, which the caller closes
   */
  public ColumnBatch newTable(MemoryReservation reservation) {
    return ColumnBatch.of(inputs().stream().filter(Input::used).toList(), reservation);
  }

  /**
   * Writes the Arrow schema of {@link Extraction#exportArrow} to an {@code ArrowSchema} structure.
   *
   * @param schemaAddress of a structure that is released or was never filled; the caller releases it
   * @throws FeatureExtractorException if there is no memory
   */
  public void exportOutputSchema(long schemaAddress) {
    long pointer = acquire();
    try {
      NativeMethods.exportOutputSchema(pointer, Session.checkedAddress(schemaAddress, "schemaAddress"));
    } finally {
      release();
    }
  }

  /** Frees the handle. Sessions and services that use the package keep its memory. */
  @Override
  public void close() {
    handle.close();
  }

  @Override
  public String toString() {
    return "FeatureExtractor[" + name() + ", " + digest() + "]";
  }

  Description description() {
    return description;
  }

  long acquire() {
    return handle.acquire();
  }

  void release() {
    handle.release();
  }

  /** The bytes by which the C library knows a file: those that Java itself uses. */
  static byte[] pathBytes(Path path) {
    String encoding = System.getProperty("sun.jnu.encoding");
    Charset charset =
        encoding != null && Charset.isSupported(encoding) ? Charset.forName(encoding) : StandardCharsets.UTF_8;
    return path.toString().getBytes(charset);
  }

  private static Description describe(long pointer) {
    List<Input> inputs = new ArrayList<>();
    int[] flags = new int[2];
    for (int i = 0; i < NativeMethods.inputCount(pointer); ++i) {
      byte[][] texts = NativeMethods.input(pointer, i, flags);
      inputs.add(new Input(text(texts[0]), DataType.parse(text(texts[1])), Domain.ofNumber(flags[0]), flags[1] != 0));
    }
    List<Feature> features = new ArrayList<>();
    Map<String, Feature> byName = new HashMap<>();
    long[] numbers = new long[4];
    for (int i = 0; i < NativeMethods.featureCount(pointer); ++i) {
      String name = text(NativeMethods.feature(pointer, i, numbers));
      FeatureKind kind = FeatureKind.ofNumber((int) numbers[0]);
      int width = kind.isDense() ? (int) numbers[1] : 0;
      Feature feature = new Feature(i, name, kind, width, (int) numbers[2], numbers[3]);
      features.add(feature);
      byName.put(name, feature);
    }
    return new Description(
        text(NativeMethods.extractorText(pointer, 0)),
        text(NativeMethods.extractorText(pointer, 1)),
        text(NativeMethods.extractorText(pointer, 2)),
        List.copyOf(inputs),
        List.copyOf(features),
        Map.copyOf(byName),
        Domain.ofNumber(NativeMethods.outputDomain(pointer)));
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
