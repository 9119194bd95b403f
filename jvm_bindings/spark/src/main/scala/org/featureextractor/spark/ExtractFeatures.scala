package org.featureextractor.spark

import org.apache.spark.sql.catalyst.expressions.{Attribute, AttributeSet, Expression}
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, UnaryNode}

/**
 * Computes features beside the columns that are kept.
 *
 * @param inputs as in [[FxExtract]]
 * @param candidates what is kept of nested candidates, each of which becomes a row; None where a row stays a row
 * @param selected the indexes of the features that are wanted, in the order of `attributes`
 * @param attributes the features; where candidates are nested and a row stays a row, one list of structs with all of them
 */
case class ExtractFeatures(
    binding: Binding,
    inputs: Seq[Expression],
    kept: Seq[Attribute],
    candidates: Option[KeptCandidates],
    selected: Seq[Int],
    attributes: Seq[Attribute],
    child: LogicalPlan)
    extends UnaryNode {
  override def output: Seq[Attribute] = kept ++ candidates.fold(Seq.empty[Attribute])(_.attributes) ++ attributes
  override def producedAttributes: AttributeSet = AttributeSet(output.drop(kept.length))

  // Without these, pruning would drop the inputs.
  @transient override lazy val references: AttributeSet = AttributeSet(inputs.flatMap(_.references) ++ kept)

  /** Whether the features of a row are one list. */
  def makesLists: Boolean = binding.isNested && candidates.isEmpty

  override protected def withNewChildInternal(newChild: LogicalPlan): LogicalPlan = copy(child = newChild)
}

/**
 * Fields of nested candidates that stand beside their features.
 *
 * @param positions of the fields in the structs
 * @param attributes what they are called in the output
 */
case class KeptCandidates(positions: Seq[Int], attributes: Seq[Attribute])
