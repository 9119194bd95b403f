package org.featureextractor.spark

import org.apache.spark.rdd.RDD
import org.apache.spark.sql.{DataFrame, SparkSession}
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.classic

/** What Spark 4 calls the parts of a session that are not its public interface. */
private[spark] object SessionInternals {
  def register(session: SparkSession): Unit = {
    val inner = session.asInstanceOf[classic.SparkSession]
    val methods = inner.experimental
    // A session is set up once: registering a function again is told as a warning.
    if (!methods.extraStrategies.contains(FeatureStrategy)) {
      val functions = inner.sessionState.functionRegistry
      functions.createOrReplaceTempFunction(FxExtract.Name, FxExtract.fromCall(_), "scala_udf")
      functions.createOrReplaceTempFunction(FxCandidates.Name, FxCandidates.fromCall(_), "scala_udf")
      methods.extraOptimizations = methods.extraOptimizations ++ FeatureExtractorExtensions.rules
      methods.extraStrategies = methods.extraStrategies :+ FeatureStrategy
    }
  }

  /** The rows of a table in Spark's own format. */
  def rows(table: DataFrame): RDD[InternalRow] = table.asInstanceOf[classic.DataFrame].queryExecution.toRdd
}
