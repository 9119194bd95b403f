package org.featureextractor.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.featureextractor.Feature;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.Input;
import org.featureextractor.InputCounts;

/**
 * What all tasks of an application counted for one package. A task that Spark runs again counts again, as with every accumulator in a
 * transformation.
 *
 * @param rows that were computed
 * @param requests that were computed: consecutive rows with equal requests count once
 * @param batches that were computed
 * @param defaulted for each feature, how many values had no result and got the default
 * @param inputs for each input that features read, how many values did not exist, by reason
 */
public record ExtractionCounts(
    long rows, long requests, long batches, Map<String, Long> defaulted, Map<String, InputCounts> inputs) {
  static ExtractionCounts of(long[] counts, FeatureExtractor extractor) {
    Map<String, Long> defaulted = new LinkedHashMap<>();
    int at = FeatureCounts.FIRST_FEATURE;
    for (Feature feature : extractor.features()) {
      defaulted.put(feature.name(), counts[at++]);
    }
    Map<String, InputCounts> inputs = new LinkedHashMap<>();
    for (Input input : extractor.inputs()) {
      if (input.used()) {
        String name = input.domain().name().toLowerCase(java.util.Locale.ROOT) + "." + input.name();
        inputs.put(
            name, new InputCounts(counts[at], counts[at + 1], counts[at + 2], counts[at + 3], counts[at + 4]));
      }
      at += FeatureCounts.REASONS;
    }
    return new ExtractionCounts(
        counts[FeatureCounts.ROWS], counts[FeatureCounts.REQUESTS], counts[FeatureCounts.BATCHES], defaulted, inputs);
  }

  /**
   * The counts as JSON, for other languages.
   *
   * @return an object with the fields of this record; names of features and inputs are identifiers
   */
  public String toJson() {
    StringBuilder text = new StringBuilder();
    text.append("{\"rows\":").append(rows).append(",\"requests\":").append(requests).append(",\"batches\":").append(batches);
    text.append(",\"defaulted\":{");
    String comma = "";
    for (Map.Entry<String, Long> entry : defaulted.entrySet()) {
      text.append(comma).append('"').append(entry.getKey()).append("\":").append(entry.getValue());
      comma = ",";
    }
    text.append("},\"inputs\":{");
    comma = "";
    for (Map.Entry<String, InputCounts> entry : inputs.entrySet()) {
      InputCounts c = entry.getValue();
      text.append(comma).append('"').append(entry.getKey()).append("\":{\"nulls\":").append(c.nulls());
      text.append(",\"not_finite\":").append(c.notFinite()).append(",\"not_utf8\":").append(c.notUtf8());
      text.append(",\"out_of_range\":").append(c.outOfRange()).append(",\"wrong_size\":").append(c.wrongSize()).append('}');
      comma = ",";
    }
    return text.append("}}").toString();
  }
}
