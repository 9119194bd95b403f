package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MessageDecoderTest {
  private static final byte[] JSON = Messages.json(10, 1, 2.5);
  private static final byte[] PROTOBUF = Messages.protobuf(10, 1, 2.5);
  private static final float[] VALUES = {12, 15};

  private static float[] values(Extraction extraction) {
    try (extraction) {
      float[] found = new float[(int) extraction.rows()];
      for (int row = 0; row < found.length; ++row) {
        found[row] = extraction.getFloat(0, row);
      }
      return found;
    }
  }

  private static MessageDecoder protobuf(FeatureExtractor extractor) {
    return extractor.protobufDecoder(Messages.descriptorSet(), "shop.Request", "rows", DecoderOptions.DEFAULT);
  }

  /** The bytes in each kind of buffer, between other bytes. */
  private static List<ByteBuffer> buffers(byte[] bytes) {
    byte[] wide = new byte[bytes.length + 20];
    Arrays.fill(wide, (byte) '#');
    System.arraycopy(bytes, 0, wide, 7, bytes.length);
    ByteBuffer direct = ByteBuffer.allocateDirect(wide.length).put(wide);
    direct.position(7).limit(7 + bytes.length);
    ByteBuffer heap = ByteBuffer.wrap(wide, 7, bytes.length);
    return List.of(
        ByteBuffer.wrap(bytes),
        heap,
        heap.slice(),
        heap.asReadOnlyBuffer(),
        heap.slice().asReadOnlyBuffer(),
        direct,
        direct.slice(),
        direct.asReadOnlyBuffer());
  }

  @Test
  void messagesAreReadFromEachKindOfMemory() {
    try (FeatureExtractor extractor = Packages.load("small");
        MessageDecoder json = extractor.jsonDecoder();
        MessageDecoder protobuf = protobuf(extractor)) {
      assertArrayEquals(VALUES, values(json.extract(JSON)));
      assertArrayEquals(VALUES, values(protobuf.extract(PROTOBUF)));
      for (ByteBuffer buffer : buffers(JSON)) {
        int position = buffer.position();
        int limit = buffer.limit();
        assertArrayEquals(VALUES, values(json.extract(buffer)), buffer.toString());
        assertEquals(position, buffer.position());
        assertEquals(limit, buffer.limit());
      }
      for (ByteBuffer buffer : buffers(PROTOBUF)) {
        assertArrayEquals(VALUES, values(protobuf.extract(buffer)), buffer.toString());
      }
      float[] many = values(json.extractBatch(buffers(JSON)));
      assertEquals(16, many.length);
      for (int row = 0; row < many.length; ++row) {
        assertEquals(VALUES[row % 2], many[row]);
      }
    }
  }

  @Test
  void requestsOfABatchStandOneBehindTheOther() {
    try (FeatureExtractor extractor = Packages.load("small");
        MessageDecoder decoder = extractor.jsonDecoder()) {
      List<ByteBuffer> messages = new ArrayList<>();
      int rows = 0;
      for (int request = 0; request < 300; ++request) {
        double[] x = new double[request % 4];
        Arrays.fill(x, request);
        rows += x.length;
        messages.add(ByteBuffer.wrap(Messages.json(1000, x)));
      }
      try (Extraction extraction = decoder.extractBatch(messages)) {
        assertEquals(300, extraction.requests());
        assertEquals(rows, extraction.rows());
        assertEquals(1002F, extraction.getFloat(0, 0));
        assertEquals(1598F, extraction.getFloat(0, rows - 1));
        assertEquals(extractor.digest(), extraction.packageDigest());
      }
      try (Extraction nothing = decoder.extractBatch(List.of())) {
        assertEquals(0, nothing.rows());
      }
      byte[] lines = "{\"u\": 1, \"candidates\": {\"x\": [1, 2]}}\n[{\"u\": 2, \"candidates\": null}]".getBytes(StandardCharsets.UTF_8);
      try (Extraction extraction = decoder.extract(lines)) {
        assertEquals(2, extraction.requests());
        assertEquals(2, extraction.rows());
      }
    }
  }

  @Test
  void whatDoesNotFitIsToldAndTheDecoderGoesOn() {
    try (FeatureExtractor extractor = Packages.load("small");
        MessageDecoder json = extractor.jsonDecoder();
        MessageDecoder protobuf = protobuf(extractor)) {
      String[] wrong = {
        "{", "[1]", "null", "{\"u\": 1}x", "{\"u\": \"one\", \"candidates\": []}", "{\"candidates\": [{\"x\": 1}]}", "\0"
      };
      for (String text : wrong) {
        FeatureExtractorException refused =
            assertThrows(
                FeatureExtractorException.class, () -> json.extract(text.getBytes(StandardCharsets.UTF_8)), text);
        assertEquals(ErrorCode.INVALID_ARGUMENT, refused.code(), text);
      }
      FeatureExtractorException place =
          assertThrows(
              FeatureExtractorException.class,
              () -> json.extract("{\"u\": 1, \"candidates\": [{\"x\": 1}, {\"x\": true}]}".getBytes(StandardCharsets.UTF_8)));
      assertTrue(place.getMessage().contains("expected float, found true"), place.getMessage());
      assertTrue(place.getMessage().contains("byte "), place.getMessage());
      FeatureExtractorException truncated =
          assertThrows(
              FeatureExtractorException.class, () -> protobuf.extract(Arrays.copyOf(PROTOBUF, PROTOBUF.length - 1)));
      assertEquals(ErrorCode.INVALID_ARGUMENT, truncated.code());
      assertThrows(NullPointerException.class, () -> json.extract((byte[]) null));
      assertThrows(NullPointerException.class, () -> json.extract((ByteBuffer) null));
      assertThrows(NullPointerException.class, () -> json.extractBatch(null));
      assertThrows(NullPointerException.class, () -> json.extractBatch(Arrays.asList(ByteBuffer.wrap(JSON), null)));
      assertArrayEquals(VALUES, values(json.extract(JSON)));
      assertArrayEquals(VALUES, values(protobuf.extract(PROTOBUF)));
      assertEquals(0, values(protobuf.extract(new byte[0])).length);
      assertEquals(0, values(protobuf.extract(ByteBuffer.allocateDirect(0))).length);
    }
  }

  @Test
  void damagedMessagesAreReadOrRefused() {
    Random source = new Random(1);
    try (FeatureExtractor extractor = Packages.load("small");
        MessageDecoder json = extractor.jsonDecoder();
        MessageDecoder protobuf = protobuf(extractor)) {
      AtomicInteger refused = new AtomicInteger();
      for (int trial = 0; trial < 2000; ++trial) {
        byte[] message = (trial % 2 == 0 ? JSON : PROTOBUF).clone();
        for (int change = 0; change <= source.nextInt(3); ++change) {
          message[source.nextInt(message.length)] = (byte) source.nextInt(256);
        }
        ByteBuffer exact = ByteBuffer.allocateDirect(message.length).put(message).flip();
        try {
          values((trial % 2 == 0 ? json : protobuf).extract(exact));
        } catch (FeatureExtractorException failure) {
          assertNotEquals(ErrorCode.INTERNAL, failure.code(), failure.getMessage());
          refused.incrementAndGet();
        }
      }
      assertTrue(refused.get() > 200 && refused.get() < 2000, refused.toString());
    }
  }

  @Test
  void descriptorsThatDoNotFitAreRefused() {
    byte[] set = Messages.descriptorSet();
    try (FeatureExtractor extractor = Packages.load("small")) {
      FeatureExtractorException unknown =
          assertThrows(FeatureExtractorException.class, () -> extractor.protobufDecoder(set, "shop.Requests"));
      assertEquals(ErrorCode.NOT_FOUND, unknown.code());
      FeatureExtractorException other =
          assertThrows(FeatureExtractorException.class, () -> extractor.protobufDecoder(set, "shop.Row"));
      assertTrue(other.getMessage().contains("has no field `u`"), other.getMessage());
      FeatureExtractorException field =
          assertThrows(FeatureExtractorException.class, () -> extractor.protobufDecoder(set, "shop.Request"));
      assertTrue(field.getMessage().contains("candidates"), field.getMessage());
      assertThrows(IllegalArgumentException.class, () -> extractor.protobufDecoder(set, "shop\0.Row"));
      assertThrows(NullPointerException.class, () -> extractor.protobufDecoder(null, "shop.Row"));
      assertThrows(NullPointerException.class, () -> extractor.protobufDecoder(set, null));
      for (int size = 0; size < set.length; ++size) {
        byte[] part = Arrays.copyOf(set, size);
        assertThrows(
            FeatureExtractorException.class,
            () -> extractor.protobufDecoder(part, "shop.Request", "rows", DecoderOptions.DEFAULT).close());
      }
    }
  }

  @Test
  void limitsHold() {
    DecoderOptions options = new DecoderOptions(JSON.length, 2, SessionOptions.DEFAULT);
    try (FeatureExtractor extractor = Packages.load("small");
        MessageDecoder decoder = extractor.jsonDecoder(options)) {
      assertArrayEquals(VALUES, values(decoder.extract(JSON)));
      byte[] longer = Arrays.copyOf(JSON, JSON.length + 1);
      longer[JSON.length] = ' ';
      FeatureExtractorException refused =
          assertThrows(FeatureExtractorException.class, () -> decoder.extract(longer));
      assertEquals(ErrorCode.LIMIT, refused.code());
      List<ByteBuffer> two = List.of(ByteBuffer.wrap(JSON), ByteBuffer.wrap(JSON));
      refused = assertThrows(FeatureExtractorException.class, () -> decoder.extractBatch(two));
      assertEquals(ErrorCode.LIMIT, refused.code());
    }
    assertThrows(IllegalArgumentException.class, () -> new DecoderOptions(-1, 0, SessionOptions.DEFAULT));
    assertThrows(IllegalArgumentException.class, () -> new DecoderOptions(0, -1, SessionOptions.DEFAULT));
    assertThrows(NullPointerException.class, () -> new DecoderOptions(0, 0, null));
  }

  @Test
  void whatIsClosedSaysSoAndOpenExtractionsStay() {
    FeatureExtractor extractor = Packages.load("small");
    MessageDecoder decoder = extractor.jsonDecoder();
    extractor.close();
    assertThrows(IllegalStateException.class, extractor::jsonDecoder);
    Extraction first = decoder.extract(JSON);
    Extraction second = decoder.extract(Messages.json(1, 1));
    first.close();
    decoder.close();
    decoder.close();
    assertThrows(IllegalStateException.class, () -> decoder.extract(JSON));
    assertEquals(3F, second.getFloat(0, 0));
    assertFalse(second.digest().toString().isEmpty());
    second.close();
    assertThrows(IllegalStateException.class, () -> second.getFloat(0, 0));
  }

  @Test
  void aSessionServesAgainWhenItsExtractionIsClosed() {
    AtomicLong held = new AtomicLong();
    AtomicInteger asked = new AtomicInteger();
    MemoryReservation reservation =
        bytes -> {
          held.addAndGet(bytes);
          asked.incrementAndGet();
          return true;
        };
    DecoderOptions options = new DecoderOptions(0, 0, SessionOptions.DEFAULT.withReservation(reservation));
    try (FeatureExtractor extractor = Packages.load("small")) {
      MessageDecoder decoder = extractor.jsonDecoder(options);
      decoder.extract(JSON).close();
      int warm = asked.get();
      assertTrue(warm > 0);
      for (int i = 0; i < 50; ++i) {
        assertArrayEquals(VALUES, values(decoder.extract(JSON)));
      }
      assertEquals(warm, asked.get());
      // Two that are open at once need two sessions.
      try (Extraction one = decoder.extract(JSON);
          Extraction two = decoder.extract(Messages.json(0, 7))) {
        assertTrue(asked.get() > warm);
        assertEquals(12F, one.getFloat(0, 0));
        assertEquals(14F, two.getFloat(0, 0));
        decoder.close();
        assertTrue(held.get() > 0);
      }
      assertEquals(0, held.get());
    }
  }

  @Test
  void refusedMemoryFailsTheCallOnly() {
    AtomicBoolean grants = new AtomicBoolean();
    DecoderOptions options = new DecoderOptions(0, 0, SessionOptions.DEFAULT.withReservation(bytes -> grants.get()));
    try (FeatureExtractor extractor = Packages.load("small");
        MessageDecoder decoder = extractor.jsonDecoder(options)) {
      FeatureExtractorException refused =
          assertThrows(FeatureExtractorException.class, () -> decoder.extract(JSON));
      assertEquals(ErrorCode.OUT_OF_MEMORY, refused.code());
      grants.set(true);
      assertArrayEquals(VALUES, values(decoder.extract(JSON)));
    }
  }

  @Test
  void threadsShareADecoder() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (FeatureExtractor extractor = Packages.load("small");
        MessageDecoder json = extractor.jsonDecoder();
        MessageDecoder protobuf = protobuf(extractor)) {
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int t = 0; t < 6; ++t) {
        int u = 100 * t;
        Callable<Boolean> work =
            () -> {
              for (int i = 0; i < 300; ++i) {
                byte[] message = i % 2 == 0 ? Messages.json(u + i, i) : Messages.protobuf(u + i, i);
                float[] found = values((i % 2 == 0 ? json : protobuf).extract(message));
                assertArrayEquals(new float[] {2F * i + u + i}, found);
              }
              return true;
            };
        answers.add(threads.submit(work));
      }
      for (Future<Boolean> answer : answers) {
        assertTrue(answer.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aServicesDecoderFollowsIt() {
    try (FeatureExtractor first = Packages.load("small");
        FeatureExtractor second = Packages.load("small_other_value")) {
      Service service = new Service(first);
      MessageDecoder decoder = service.jsonDecoder(DecoderOptions.DEFAULT);
      assertArrayEquals(VALUES, values(decoder.extract(JSON)));
      Extraction before = decoder.extract(JSON);
      service.swap(second);
      try (Extraction after = decoder.extract(JSON)) {
        assertEquals(13F, after.getFloat(0, 0));
        assertEquals(second.digest(), after.packageDigest());
      }
      assertEquals(12F, before.getFloat(0, 0));
      assertEquals(first.digest(), before.packageDigest());
      assertNotEquals("", before.digest().toString());
      before.close();
      service.reload(Packages.path("small"));
      assertArrayEquals(VALUES, values(decoder.extract(JSON)));
      service.close();
      assertThrows(IllegalStateException.class, () -> decoder.extract(JSON));
      assertThrows(IllegalStateException.class, () -> service.jsonDecoder(DecoderOptions.DEFAULT));
      decoder.close();
    }
  }

  @Test
  void aPackageThatTheMessagesDoNotFitIsRefused() {
    try (FeatureExtractor first = Packages.load("spare_input");
        FeatureExtractor second = Packages.load("spare_input_read");
        Service service = new Service(first)) {
      MessageDecoder decoder =
          service.protobufDecoder(Messages.descriptorSet(), "shop.Request", "rows", DecoderOptions.DEFAULT);
      assertArrayEquals(VALUES, values(decoder.extract(PROTOBUF)));
      FeatureExtractorException refused =
          assertThrows(FeatureExtractorException.class, () -> service.swap(second));
      assertTrue(refused.getMessage().contains("has no field `w`"), refused.getMessage());
      assertThrows(FeatureExtractorException.class, () -> service.reload(Packages.path("spare_input_read")));
      try (FeatureExtractor current = service.current()) {
        assertEquals(first.digest(), current.digest());
      }
      assertArrayEquals(VALUES, values(decoder.extract(PROTOBUF)));
      decoder.close();
      service.swap(second);
    }
  }

  @Test
  void extractionsAreOfOnePackageWhileServicesSwap() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicBoolean done = new AtomicBoolean();
    try (FeatureExtractor first = Packages.load("small");
        FeatureExtractor second = Packages.load("small_other_value");
        Service service = new Service(first);
        MessageDecoder decoder = service.jsonDecoder(DecoderOptions.DEFAULT)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int t = 0; t < 3; ++t) {
        Callable<Integer> work =
            () -> {
              int count = 0;
              while (!done.get() || count < 50) {
                try (Extraction extraction = decoder.extract(Messages.json(10, 1, 1, 1))) {
                  float wanted = extraction.packageDigest().equals(first.digest()) ? 12F : 13F;
                  for (int row = 0; row < 3; ++row) {
                    assertEquals(wanted, extraction.getFloat(0, row));
                  }
                }
                ++count;
              }
              return count;
            };
        answers.add(threads.submit(work));
      }
      for (int i = 0; i < 300; ++i) {
        service.swap(i % 2 == 0 ? second : first);
      }
      done.set(true);
      for (Future<Integer> answer : answers) {
        assertTrue(answer.get() >= 50);
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }
}
