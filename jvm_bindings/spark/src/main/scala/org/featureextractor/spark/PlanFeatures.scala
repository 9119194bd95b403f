package org.featureextractor.spark

import org.apache.spark.sql.catalyst.expressions._
import org.apache.spark.sql.catalyst.plans.logical._
import org.apache.spark.sql.catalyst.rules.Rule

import scala.jdk.CollectionConverters._

/**
 * Takes `fx_extract` out of the expressions of a query, and puts an [[ExtractFeatures]] under each operator that has some.
 *
 * Calls with the same package and inputs are computed once, also where an operator further down has them already. It runs after
 * Spark's own optimisations: until then the call is an expression like any other, past which filters and limits are pushed.
 */
object PlanFeatures extends Rule[LogicalPlan] {
  override def apply(plan: LogicalPlan): LogicalPlan = plan.transformUp {
    case generate @ Generate(rows: FxCandidates, _, false, _, output, child) =>
      exploded(generate, rows.extraction, rows.positions, output, child)
    case generate @ Generate(Inline(call: FxExtract), _, false, _, output, child) =>
      exploded(generate, call, Nil, output, withoutFilters(child, call))
    case node if node.children.nonEmpty && node.expressions.exists(_.exists(_.isInstanceOf[FxExtract])) => plannedAll(node)
  }

  /** Gives each candidate a row, without a list of all of them in between. */
  private def exploded(
      generate: Generate,
      call: FxExtract,
      positions: Seq[Int],
      output: Seq[Attribute],
      child: LogicalPlan): LogicalPlan = {
    val binding = call.binding.get
    val (candidates, features) = output.splitAt(positions.length)
    val kept = Some(KeptCandidates(positions, candidates))
    val selected = binding.program.features.asScala.toSeq.map(_.index)
    // Spark may have split a list of inputs off, but not the features of another call.
    plannedAll(ExtractFeatures(binding, call.inputs, generate.requiredChildOutput, kept, selected, features, child))
  }

  /** Spark asks before whether there are candidates at all, for which the features would be computed. */
  private def withoutFilters(plan: LogicalPlan, call: FxExtract): LogicalPlan = plan match {
    case Filter(condition, child) =>
      val (own, others) = conjuncts(condition).partition {
        case GreaterThan(Size(list, _), Literal(0, _)) => list.semanticEquals(call)
        case IsNotNull(list) => list.semanticEquals(call)
        case _ => false
      }
      if (own.isEmpty) plan else others.reduceOption(And(_, _)).fold(child)(Filter(_, child))
    case Project(list, below) if list.forall(_.isInstanceOf[Attribute]) =>
      Project(list, withoutFilters(below, call))
    case _ => plan
  }

  private def conjuncts(condition: Expression): Seq[Expression] = condition match {
    case And(left, right) => conjuncts(left) ++ conjuncts(right)
    case other => Seq(other)
  }

  /** A call may be the input of another, and an operator may have calls of several packages. */
  private def plannedAll(node: LogicalPlan): LogicalPlan = {
    var current = node
    var next = planned(current)
    while (next.isDefined) {
      current = next.get
      next = planned(current)
    }
    if (current.output == node.output) current else Project(node.output, current)
  }

  private def planned(node: LogicalPlan): Option[LogicalPlan] = {
    val calls = node.expressions.flatMap(_.collect {
      case call: FxExtract if call.binding.isDefined && !call.inputs.exists(_.exists(_.isInstanceOf[FxExtract])) => call
    })
    val placed = for {
      call <- calls.iterator
      child <- node.children.iterator
      if call.references.subsetOf(child.outputSet)
    } yield (call, child)
    if (placed.hasNext) {
      val (call, child) = placed.next()
      Some(replace(node, call, child))
    } else {
      None
    }
  }

  private def replace(node: LogicalPlan, call: FxExtract, child: LogicalPlan): LogicalPlan = {
    val (computed, attributes) = expose(child, call).getOrElse(create(child, call))
    val isNested = call.binding.get.isNested
    def isSame(other: FxExtract) = other.semanticEquals(call)
    val children = node.children.map(one => if (one eq child) computed else one)
    withoutRepeating(node.withNewChildren(children), AttributeSet(attributes)).transformExpressionsDown {
      case GetStructField(other: FxExtract, ordinal, _) if !isNested && isSame(other) => attributes(ordinal)
      case other: FxExtract if isSame(other) =>
        if (isNested) attributes.head
        else CreateNamedStruct(attributes.flatMap(attribute => Seq(Literal(attribute.name), attribute)))
    }
  }

  /** What a generator has used up would else be repeated in each of the rows that it makes. */
  private def withoutRepeating(node: LogicalPlan, added: AttributeSet): LogicalPlan = node match {
    case generate: Generate =>
      val indices = generate.child.output.indices.filter(i => added.contains(generate.child.output(i)))
      generate.copy(unrequiredChildIndex = (generate.unrequiredChildIndex ++ indices).distinct)
    case other => other
  }

  private def create(child: LogicalPlan, call: FxExtract): (LogicalPlan, Seq[Attribute]) = {
    val binding = call.binding.get
    val features = binding.program.features.asScala.toSeq
    val attributes =
      if (binding.isNested) Seq(AttributeReference("features", call.dataType, nullable = false)())
      else features.map(f => AttributeReference(f.name, FxExtract.typeOf(f), nullable = false)())
    val node = ExtractFeatures(binding, call.inputs, child.output, None, features.map(_.index), attributes, child)
    (node, attributes)
  }

  /** Finds the same call further down, and brings its features up to here. */
  private def expose(plan: LogicalPlan, call: FxExtract): Option[(LogicalPlan, Seq[Attribute])] = plan match {
    case node: ExtractFeatures =>
      val isSame = node.candidates.isEmpty && node.binding == call.binding.get && node.inputs.length == call.inputs.length &&
        node.inputs.zip(call.inputs).forall { case (one, other) => one.semanticEquals(other) }
      if (isSame && node.selected.length == node.binding.program.features.size) Some((node, node.attributes))
      else expose(node.child, call).map { case (child, found) =>
        val added = found.filterNot(node.outputSet.contains)
        (node.copy(kept = node.kept ++ added, child = child), found)
      }
    case Project(list, below) =>
      expose(below, call).map { case (child, found) =>
        val outputs = AttributeSet(list.collect { case attribute: Attribute => attribute })
        (Project(list ++ found.filterNot(outputs.contains), child), found)
      }
    case filter: Filter =>
      expose(filter.child, call).map { case (child, found) => (filter.copy(child = child), found) }
    case _ => None
  }
}

/** Leaves out the features and columns that a query does not use. */
object PruneFeatures extends Rule[LogicalPlan] {
  override def apply(plan: LogicalPlan): LogicalPlan = plan.transformDown {
    case project @ Project(_, node: ExtractFeatures) => project.withNewChildren(Seq(pruned(node, project.references)))
    case project @ Project(_, filter @ Filter(_, node: ExtractFeatures)) =>
      project.withNewChildren(Seq(filter.copy(child = pruned(node, project.references ++ filter.references))))
    case aggregate: Aggregate if aggregate.child.isInstanceOf[ExtractFeatures] =>
      val node = aggregate.child.asInstanceOf[ExtractFeatures]
      aggregate.withNewChildren(Seq(pruned(node, aggregate.references)))
    case generate: Generate if generate.child.isInstanceOf[ExtractFeatures] =>
      val node = generate.child.asInstanceOf[ExtractFeatures]
      val passed = generate.requiredChildOutput
      val child = pruned(node, generate.generator.references ++ AttributeSet(passed))
      // Columns are passed on by position: these are other ones now.
      val dropped = child.output.indices.filterNot(i => passed.exists(_.exprId == child.output(i).exprId))
      generate.copy(unrequiredChildIndex = dropped, child = child)
    case outer @ ExtractFeatures(_, _, _, _, _, _, node: ExtractFeatures) =>
      outer.withNewChildren(Seq(pruned(node, outer.references)))
  }

  private def pruned(node: ExtractFeatures, used: AttributeSet): LogicalPlan = {
    val kept = node.kept.filter(used.contains)
    if (node.makesLists) {
      if (used.contains(node.attributes.head)) node.copy(kept = kept) else node.child
    } else {
      val (selected, attributes) = node.selected.zip(node.attributes).filter { case (_, a) => used.contains(a) }.unzip
      val candidates = node.candidates.map(prunedCandidates(_, used))
      if (attributes.isEmpty && candidates.isEmpty) node.child
      else if (kept.length == node.kept.length && attributes.length == node.attributes.length && candidates == node.candidates) node
      else node.copy(kept = kept, candidates = candidates, selected = selected, attributes = attributes)
    }
  }

  private def prunedCandidates(candidates: KeptCandidates, used: AttributeSet): KeptCandidates = {
    val (positions, attributes) = candidates.positions.zip(candidates.attributes).filter { case (_, a) => used.contains(a) }.unzip
    KeptCandidates(positions, attributes)
  }
}
