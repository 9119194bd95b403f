package org.featureextractor.spark

import org.apache.spark.rdd.RDD
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions._
import org.apache.spark.sql.catalyst.expressions.codegen.{GenerateUnsafeRowJoiner, UnsafeRowJoiner}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.catalyst.plans.physical.{Partitioning, UnknownPartitioning}
import org.apache.spark.sql.execution.{SparkPlan, SparkStrategy, UnaryExecNode}
import org.apache.spark.sql.execution.metric.{SQLMetric, SQLMetrics}
import org.apache.spark.sql.types.{ArrayType, StructField, StructType}

import scala.jdk.CollectionConverters._
import scala.util.Try

/** Plans [[ExtractFeatures]] as the operator that does it. */
object FeatureStrategy extends SparkStrategy {
  override def apply(plan: LogicalPlan): Seq[SparkPlan] = plan match {
    case ExtractFeatures(binding, inputs, kept, candidates, selected, attributes, child) =>
      Seq(ExtractFeaturesExec(binding, inputs, kept, candidates, selected, attributes, planLater(child)))
    case _ => Nil
  }
}

/** Computes features in batches of rows; see [[ExtractionTask]]. */
case class ExtractFeaturesExec(
    binding: Binding,
    inputs: Seq[Expression],
    kept: Seq[Attribute],
    candidates: Option[KeptCandidates],
    selected: Seq[Int],
    attributes: Seq[Attribute],
    child: SparkPlan)
    extends UnaryExecNode {
  override def nodeName: String = "ExtractFeatures"
  override def output: Seq[Attribute] = kept ++ candidateColumns ++ attributes
  override def producedAttributes: AttributeSet = AttributeSet(candidateColumns ++ attributes)
  override def simpleString(maxFields: Int): String =
    s"$nodeName ${binding.program}, ${selected.length} features, keeps ${(kept ++ candidateColumns).mkString("[", ", ", "]")}"

  private def candidateColumns: Seq[Attribute] = candidates.fold(Seq.empty[Attribute])(_.attributes)

  override def outputPartitioning: Partitioning = child.outputPartitioning match {
    case known: Expression if !known.references.subsetOf(outputSet) => UnknownPartitioning(known.numPartitions)
    case other => other
  }

  override def outputOrdering: Seq[SortOrder] = child.outputOrdering.takeWhile(_.references.subsetOf(outputSet))

  override lazy val metrics: Map[String, SQLMetric] = Map(
    "numOutputRows" -> SQLMetrics.createMetric(sparkContext, "number of output rows"),
    "batches" -> SQLMetrics.createMetric(sparkContext, "batches"),
    "requests" -> SQLMetrics.createMetric(sparkContext, "requests computed"),
    "nativeMemory" -> SQLMetrics.createSizeMetric(sparkContext, "native memory"),
    "time" -> SQLMetrics.createNanoTimingMetric(sparkContext, "time in the core"),
    "defaulted" -> SQLMetrics.createMetric(sparkContext, "defaulted values"),
    "missing" -> SQLMetrics.createMetric(sparkContext, "missing input values"))

  override protected def doExecute(): RDD[InternalRow] = {
    val direct = ExtractFeaturesExec.directOrdinals(inputs, child.output)
    val ordinals = direct.getOrElse(inputs.indices)
    val task = new ExtractionTask.Settings(
      binding.program.source,
      binding.layout(ordinals),
      selected.toArray,
      kept.length,
      candidates.fold(-1)(_.attributes.length),
      ExtractFeaturesExec.batchRows(conf),
      ExtractFeaturesExec.batchBytes(conf),
      new TaskMetrics(
        longMetric("numOutputRows"),
        longMetric("batches"),
        longMetric("requests"),
        longMetric("nativeMemory"),
        longMetric("time"),
        longMetric("defaulted"),
        longMetric("missing")),
      binding.program.accumulator)
    val row = new RowExpressions(child.output, if (direct.isDefined) Nil else inputs, kept)
    val ofCandidates = new CandidateExpressions(candidates, inputs)
    val keptTypes = ExtractFeaturesExec.structOf(kept)
    val besideTypes = ExtractFeaturesExec.structOf(kept ++ candidateColumns)
    val candidateTypes = ExtractFeaturesExec.structOf(candidateColumns)
    val produced = ExtractFeaturesExec.structOf(attributes)
    child.execute().mapPartitions { rows =>
      val joiners = new ExtractionTask.Joiners(
        ExtractFeaturesExec.joiner(keptTypes, candidateTypes),
        ExtractFeaturesExec.joiner(besideTypes, produced))
      new ExtractionTask(task, row.source(rows), row.inputFields, ofCandidates.projection, joiners).asScala
    }
  }

  override protected def withNewChildInternal(newChild: SparkPlan): SparkPlan = copy(child = newChild)
}

object ExtractFeaturesExec {
  val BatchRows = "spark.featureExtractor.batch.rows"
  val BatchBytes = "spark.featureExtractor.batch.bytes"

  private def batchRows(conf: org.apache.spark.sql.internal.SQLConf): Int = {
    val text = conf.getConfString(BatchRows, "4096")
    Try(text.trim.toInt).toOption
      .filter(_ > 0)
      .getOrElse(throw new IllegalArgumentException(s"$BatchRows must be a positive number of rows, but is '$text'."))
  }

  private def batchBytes(conf: org.apache.spark.sql.internal.SQLConf): Long = {
    val text = conf.getConfString(BatchBytes, "16m")
    org.apache.spark.network.util.JavaUtils.byteStringAsBytes(text)
  }

  private def structOf(attributes: Seq[Attribute]): StructType =
    StructType(attributes.map(a => StructField(a.name, a.dataType, a.nullable)))

  /** Puts rows side by side; null where one of them has no fields. */
  private def joiner(left: StructType, right: StructType): UnsafeRowJoiner =
    if (left.isEmpty || right.isEmpty) null else GenerateUnsafeRowJoiner.create(left, right)

  /** Where the inputs are columns of the child as they are, their bytes are read in place. */
  private def directOrdinals(inputs: Seq[Expression], columns: Seq[Attribute]): Option[Seq[Int]] = {
    val ordinals = inputs.map {
      case attribute: Attribute => columns.indexWhere(_.exprId == attribute.exprId)
      case _ => -1
    }
    if (ordinals.contains(-1)) None else Some(ordinals)
  }
}

/** How to get from the rows of the child to inputs and kept columns; it travels to the tasks, which generate code from it. */
private[spark] class RowExpressions(columns: Seq[Attribute], computed: Seq[Expression], kept: Seq[Attribute])
    extends Serializable {
  private val keepsAll = kept.length == columns.length && kept.zip(columns).forall { case (a, b) => a.exprId == b.exprId }

  /** The number of fields of the rows that hold the inputs. */
  val inputFields: Int = if (computed.isEmpty) columns.length else computed.length

  def source(rows: Iterator[InternalRow]): ExtractionTask.Source = {
    lazy val toUnsafe = UnsafeProjection.create(columns, columns)
    val toInputs = if (computed.isEmpty) None else Some(UnsafeProjection.create(computed, columns))
    val toKept = if (keepsAll || kept.isEmpty) None else Some(UnsafeProjection.create(kept, columns))
    new ExtractionTask.Source {
      private var row: UnsafeRow = _
      override def hasNext: Boolean = rows.hasNext
      override def next(): Unit = rows.next() match {
        case unsafe: UnsafeRow => row = unsafe
        case other => row = toUnsafe(other)
      }
      override def inputs(): UnsafeRow = toInputs.fold(row)(_(row))
      override def kept(): UnsafeRow = toKept.fold(row)(_(row))
    }
  }
}

/** How to get from the struct of a nested candidate to the fields of it that are kept. */
private[spark] class CandidateExpressions(candidates: Option[KeptCandidates], inputs: Seq[Expression]) extends Serializable {
  private val references = candidates.fold(Seq.empty[Expression]) { kept =>
    val fields = inputs.last.dataType.asInstanceOf[ArrayType].elementType.asInstanceOf[StructType].fields
    kept.positions.map(i => BoundReference(i, fields(i).dataType, nullable = true))
  }

  /** Null where nothing is kept. */
  def projection: UnsafeProjection = if (references.isEmpty) null else UnsafeProjection.create(references)
}
