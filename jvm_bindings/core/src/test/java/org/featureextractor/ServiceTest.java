package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ServiceTest {
  private static float computed(FeatureExtractor extractor) {
    try (Session session = extractor.newSession();
        ColumnBatch batch = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 2, 10);
        Extraction extraction = session.extract(batch)) {
      return extraction.getFloat(0, 1);
    }
  }

  @Test
  void swapsKeepBatchesOnWhatTheyBeganWith() {
    try (FeatureExtractor first = Packages.load("small");
        FeatureExtractor second = Packages.load("small_other_value");
        Service service = new Service(first);
        FeatureExtractor before = service.current()) {
      assertEquals(12F, computed(before));
      service.swap(second);
      try (FeatureExtractor after = service.current();
          FeatureExtractor again = service.current()) {
        assertEquals(13F, computed(after));
        assertEquals(second.digest(), again.digest());
        assertEquals(13F, computed(again));
      }
      assertEquals(12F, computed(before));
      service.reload(Packages.path("small"));
      try (FeatureExtractor reloaded = service.current()) {
        assertEquals(first.digest(), reloaded.digest());
        assertEquals(12F, computed(reloaded));
      }
    }
  }

  @Test
  void whatFailsLeavesTheOldOne() {
    try (FeatureExtractor first = Packages.load("small");
        FeatureExtractor other = Packages.load("kinds");
        Service service = new Service(first)) {
      FeatureExtractorException refused = assertThrows(FeatureExtractorException.class, () -> service.swap(other));
      assertEquals(ErrorCode.INVALID_ARGUMENT, refused.code());
      assertTrue(refused.getMessage().contains("feature"), refused.getMessage());
      assertThrows(FeatureExtractorException.class, () -> service.reload(Path.of("/no/such.fxp")));
      assertThrows(FeatureExtractorException.class, () -> service.reload(Packages.path("kinds")));
      try (FeatureExtractor current = service.current()) {
        assertEquals(first.digest(), current.digest());
      }
      service.swap(other, false);
      try (FeatureExtractor current = service.current()) {
        assertEquals(14, current.features().size());
      }
    }
  }

  @Test
  void aClosedServiceSaysSo() {
    try (FeatureExtractor extractor = Packages.load("small")) {
      Service service = new Service(extractor);
      FeatureExtractor current = service.current();
      service.close();
      assertEquals(12F, computed(current));
      current.close();
      assertThrows(IllegalStateException.class, service::current);
      assertThrows(IllegalStateException.class, () -> service.swap(extractor));
    }
  }
}
