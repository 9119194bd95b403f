package org.featureextractor.spark

import org.apache.spark.sql.catalyst.expressions.{Attribute, AttributeSet, Expression}
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, UnaryNode}

/**
 * Computes features beside the columns that are kept.
 *
 * @param inputs as in [[FxExtract]]
 * @param selected the indexes of the features that are wanted, in the order of `attributes`. Where candidates are nested
 *   `attributes` is one list of structs with all of them.
 */
case class ExtractFeatures(
    binding: Binding,
    inputs: Seq[Expression],
    kept: Seq[Attribute],
    selected: Seq[Int],
    attributes: Seq[Attribute],
    child: LogicalPlan)
    extends UnaryNode {
  override def output: Seq[Attribute] = kept ++ attributes
  override def producedAttributes: AttributeSet = AttributeSet(attributes)

  // Without these, pruning would drop the inputs.
  @transient override lazy val references: AttributeSet = AttributeSet(inputs.flatMap(_.references) ++ kept)

  override protected def withNewChildInternal(newChild: LogicalPlan): LogicalPlan = copy(child = newChild)
}
