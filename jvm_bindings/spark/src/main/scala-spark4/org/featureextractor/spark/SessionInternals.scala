package org.featureextractor.spark

import org.apache.spark.rdd.RDD
import org.apache.spark.sql.{DataFrame, SparkSession}
import org.apache.spark.sql.catalyst.{FunctionIdentifier, InternalRow}
import org.apache.spark.sql.classic

/** What Spark 4 calls the parts of a session that are not its public interface. */
private[spark] object SessionInternals {
  def register(session: SparkSession): Unit = {
    val inner = session.asInstanceOf[classic.SparkSession]
    val functions = inner.sessionState.functionRegistry
    val name = FunctionIdentifier(FxExtract.Name)
    if (!functions.lookupFunction(name).exists(_.getClassName == FeatureExtractorExtensions.description.getClassName)) {
      functions.registerFunction(name, FeatureExtractorExtensions.description, FxExtract.fromCall(_))
    }
    val methods = inner.experimental
    methods.extraOptimizations =
      methods.extraOptimizations ++ FeatureExtractorExtensions.rules.filterNot(methods.extraOptimizations.contains)
    if (!methods.extraStrategies.contains(FeatureStrategy)) {
      methods.extraStrategies = methods.extraStrategies :+ FeatureStrategy
    }
  }

  /** The rows of a table in Spark's own format. */
  def rows(table: DataFrame): RDD[InternalRow] = table.asInstanceOf[classic.DataFrame].queryExecution.toRdd
}
