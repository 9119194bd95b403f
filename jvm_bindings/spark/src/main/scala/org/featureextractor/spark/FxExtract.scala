package org.featureextractor.spark

import org.apache.spark.SparkContext
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult
import org.apache.spark.sql.catalyst.expressions.{Expression, Generator, Unevaluable}
import org.apache.spark.sql.catalyst.expressions.codegen.{CodegenContext, ExprCode}
import org.apache.spark.sql.types._
import org.featureextractor.{FeatureExtractorException, FeatureKind}

import scala.jdk.CollectionConverters._

/**
 * The features of a row, as a struct; where the row has nested candidates, a list of such structs.
 *
 * It is never evaluated row by row: [[PlanFeatures]] takes it out of the query and puts one operator under it.
 *
 * @param inputs the columns that features read: those of the request, then those of the candidates, or the list of these
 * @param binding the package and where its inputs are; None if the call cannot be resolved
 * @param problem why not
 */
case class FxExtract(inputs: Seq[Expression], binding: Option[Binding], problem: Option[String])
    extends Expression
    with Unevaluable {
  override def children: Seq[Expression] = inputs
  override def nullable: Boolean = false
  override def prettyName: String = FxExtract.Name

  override def dataType: DataType = binding match {
    case Some(known) if known.isNested => ArrayType(FxExtract.structOf(known.program), containsNull = false)
    case Some(known) => FxExtract.structOf(known.program)
    case None => NullType
  }

  override def checkInputDataTypes(): TypeCheckResult =
    problem.fold[TypeCheckResult](TypeCheckResult.TypeCheckSuccess)(TypeCheckResult.TypeCheckFailure(_))

  // Neither a column's name nor a message should list hundreds of inputs.
  override def sql: String = toString
  override def toString: String = s"$prettyName(${binding.fold("...")(_.program.toString)})"

  override protected def withNewChildrenInternal(newChildren: IndexedSeq[Expression]): Expression =
    copy(inputs = newChildren)
}

/**
 * A row for each nested candidate, with fields of the candidate and its features: what [[FeatureExtraction.extract]] makes of a table.
 *
 * As [[FxExtract]] it is never evaluated itself.
 *
 * @param call the features, of which nested candidates are known
 * @param positions the fields of the candidates to keep
 */
case class FxCandidates(call: Expression, positions: Seq[Int]) extends Generator {
  override def children: Seq[Expression] = Seq(call)
  override def prettyName: String = FxCandidates.Name

  def extraction: FxExtract = call.asInstanceOf[FxExtract]

  override def checkInputDataTypes(): TypeCheckResult =
    if (extraction.binding.forall(_.isNested)) TypeCheckResult.TypeCheckSuccess
    else TypeCheckResult.TypeCheckFailure("The inputs have no nested candidates.")

  override def elementSchema: StructType = extraction.binding match {
    case Some(binding) =>
      val list = extraction.inputs.last.dataType.asInstanceOf[ArrayType]
      val fields = list.elementType.asInstanceOf[StructType].fields
      val kept = positions.map(i => fields(i).copy(nullable = fields(i).nullable || list.containsNull))
      StructType(kept ++ FxExtract.structOf(binding.program).fields)
    case None => new StructType
  }

  override def eval(input: InternalRow): Nothing = throw new UnsupportedOperationException(prettyName)
  override protected def doGenCode(context: CodegenContext, code: ExprCode): ExprCode = eval(null)
  override protected def withNewChildrenInternal(newChildren: IndexedSeq[Expression]): Expression = copy(call = newChildren.head)
}

object FxCandidates {
  val Name = "fx_extract_candidates"

  /** Makes the generator for the arguments of [[FxExtract]], and the names of the fields to keep. */
  def fromCall(arguments: Seq[Expression]): Expression = {
    val call = FxExtract.fromCall(arguments.take(2)).asInstanceOf[FxExtract]
    val positions = call.binding.filter(_.isNested).fold(Seq.empty[Int]) { _ =>
      val fields = call.inputs.last.dataType.asInstanceOf[ArrayType].elementType.asInstanceOf[StructType]
      val names = arguments.last.eval().asInstanceOf[org.apache.spark.sql.catalyst.util.ArrayData]
      (0 until names.numElements()).map(i => fields.fieldIndex(names.getUTF8String(i).toString))
    }
    FxCandidates(call, positions)
  }
}

object FxExtract {
  val Name = "fx_extract"

  /** Makes the expression for a call of the SQL function; problems are told when the query is checked. */
  def fromCall(arguments: Seq[Expression]): Expression = {
    def refused(problem: String) = FxExtract(arguments, None, Some(problem))
    arguments match {
      case Seq(path, row) if path.foldable && path.dataType.isInstanceOf[StringType] && path.eval() != null =>
        try {
          val program = LoadedPackage.read(SparkContext.getOrCreate(), path.eval().toString)
          Binding.of(program, row) match {
            case Right((binding, inputs)) => FxExtract(inputs, Some(binding), None)
            case Left(problem) => refused(problem)
          }
        } catch {
          case e: FeatureExtractorException => refused(e.getMessage)
          case e: UnsatisfiedLinkError => refused(e.getMessage)
        }
      case _ =>
        refused(s"It takes the path of a package and a struct with the inputs, as in $Name('ranking.fxp', struct(*)).")
    }
  }

  /** The type of all features of a program. */
  def structOf(program: LoadedPackage): StructType =
    StructType(program.features.asScala.toSeq.map { feature =>
      StructField(feature.name, typeOf(feature), nullable = false)
    })

  def typeOf(feature: org.featureextractor.Feature): DataType = feature.kind match {
    case FeatureKind.DENSE | FeatureKind.LABEL =>
      if (feature.width == 1) FloatType else ArrayType(FloatType, containsNull = false)
    case FeatureKind.ID => LongType
    case FeatureKind.IDS => ArrayType(LongType, containsNull = false)
    case FeatureKind.WEIGHTED =>
      val entry = Seq(StructField("id", LongType, nullable = false), StructField("weight", FloatType, nullable = false))
      ArrayType(StructType(entry), containsNull = false)
    case FeatureKind.TEXT => StringType
    case FeatureKind.VALUE => BinaryType
  }
}
