package org.featureextractor.spark;

import java.io.Serializable;
import org.apache.spark.sql.execution.metric.SQLMetric;

/**
 * What the operator shows in Spark's SQL page.
 *
 * @param rows rows of the output
 * @param batches that were computed
 * @param requests that were computed: consecutive rows with equal requests are one
 * @param nativeMemory the most native memory of a task, in bytes
 * @param nanoseconds spent in the core
 * @param defaulted values that had no result and got the default
 * @param missing values of inputs that did not exist
 */
record TaskMetrics(
    SQLMetric rows,
    SQLMetric batches,
    SQLMetric requests,
    SQLMetric nativeMemory,
    SQLMetric nanoseconds,
    SQLMetric defaulted,
    SQLMetric missing)
    implements Serializable {}
