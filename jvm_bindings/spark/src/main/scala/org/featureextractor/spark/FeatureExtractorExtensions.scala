package org.featureextractor.spark

import org.apache.spark.sql.SparkSessionExtensions
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo
import org.apache.spark.sql.catalyst.optimizer.{CollapseProject, SimplifyExtractValueOps}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.catalyst.rules.Rule

/** Adds `fx_extract` to all sessions: `spark.sql.extensions=org.featureextractor.spark.FeatureExtractorExtensions`. */
class FeatureExtractorExtensions extends (SparkSessionExtensions => Unit) {
  override def apply(extensions: SparkSessionExtensions): Unit = {
    extensions.injectFunction(
      (FunctionIdentifier(FxExtract.Name), FeatureExtractorExtensions.description, FxExtract.fromCall(_)))
    FeatureExtractorExtensions.rules.foreach(rule => extensions.injectPreCBORule(_ => rule))
    extensions.injectPlannerStrategy(_ => FeatureStrategy)
  }
}

object FeatureExtractorExtensions {
  /** The structs that a query only takes apart again are never made. */
  private[spark] val rules: Seq[Rule[LogicalPlan]] =
    Seq(PlanFeatures, CollapseProject, SimplifyExtractValueOps, PruneFeatures)

  private[spark] val description: ExpressionInfo = new ExpressionInfo(
    classOf[FxExtract].getName,
    null,
    FxExtract.Name,
    "_FUNC_(package, inputs) - Computes the features of a package for each row.",
    """
    Arguments:
      * package - the path of a package (.fxp), a literal
      * inputs - a struct with the inputs of the program, by name; other fields are ignored
  """,
    """
    Examples:
      > SELECT user_id, _FUNC_('ranking.fxp', struct(*)).* FROM log;
  """,
    "",
    "",
    "0.1.0",
    "",
    "scala_udf")
}
