package org.featureextractor.spark

import org.apache.spark.sql.catalyst.expressions.{CreateNamedStruct, Expression, GetStructField}
import org.apache.spark.sql.internal.SQLConf
import org.apache.spark.sql.types._
import org.featureextractor.{Domain, Input}

import scala.jdk.CollectionConverters._

/**
 * A package together with where its inputs are in the rows of a query.
 *
 * @param candidateFields where the candidate inputs are in the structs of the column `candidates`; None where a row is a candidate
 */
case class Binding(
    program: LoadedPackage,
    requestTypes: Seq[DataType],
    candidateTypes: Seq[DataType],
    candidateFields: Option[Seq[Int]],
    candidateWidth: Int) {
  def isNested: Boolean = candidateFields.isDefined

  def layout(ordinals: Seq[Int]): InputLayout =
    new InputLayout(
      requestTypes.toArray,
      candidateTypes.toArray,
      candidateFields.fold[Array[Int]](null)(_.toArray),
      candidateWidth,
      ordinals.toArray)
}

object Binding {
  /** The column that holds the candidates of a request, as everywhere in this project. */
  val Candidates = "candidates"

  private type Columns = Seq[(String, Expression)]

  /** Finds the inputs of a program in a struct: the binding and what to read, or why it does not fit. */
  def of(program: LoadedPackage, row: Expression): Either[String, (Binding, Seq[Expression])] =
    columnsOf(row) match {
      case None => Left(s"The second argument must be a struct with the inputs, but it is ${row.dataType.simpleString}.")
      case Some(columns) =>
        val requests = program.usedInputs(Domain.REQUEST).asScala.toSeq
        val candidates = program.usedInputs(Domain.CANDIDATE).asScala.toSeq
        nestedCandidates(program, columns) match {
          case Some((list, fields)) =>
            both(find(requests, columns), findFields(candidates, fields)).map { case (request, positions) =>
              val types = positions.map(fields.fields(_).dataType)
              val binding = Binding(program, request.map(_.dataType), types, Some(positions), fields.length)
              (binding, request :+ list)
            }
          case None =>
            both(find(requests, columns), find(candidates, columns)).map { case (request, candidate) =>
              val binding = Binding(program, request.map(_.dataType), candidate.map(_.dataType), None, 0)
              (binding, request ++ candidate)
            }
        }
    }

  /** Whether a table with these columns has one row per request. */
  def isNested(program: LoadedPackage, table: StructType): Boolean =
    program.hasCandidates && table.fields.exists(field => isCandidates(field.name, field.dataType)) &&
      !isInput(program, Candidates)

  private def columnsOf(row: Expression): Option[Columns] = row match {
    case CreateNamedStruct(_) =>
      val struct = row.asInstanceOf[CreateNamedStruct]
      Some(struct.nameExprs.map(_.eval().toString).zip(struct.valExprs))
    case _ =>
      row.dataType match {
        case struct: StructType =>
          Some(struct.fields.toSeq.zipWithIndex.map { case (field, i) =>
            field.name -> GetStructField(row, i, Some(field.name))
          })
        case _ => None
      }
  }

  private def nestedCandidates(program: LoadedPackage, columns: Columns): Option[(Expression, StructType)] =
    if (!program.hasCandidates || isInput(program, Candidates)) None
    else
      columns.collectFirst {
        case (name, list) if isCandidates(name, list.dataType) =>
          (list, list.dataType.asInstanceOf[ArrayType].elementType.asInstanceOf[StructType])
      }

  private def isCandidates(name: String, dataType: DataType): Boolean = name == Candidates && (dataType match {
    case ArrayType(_: StructType, _) => true
    case _ => false
  })

  private def isInput(program: LoadedPackage, name: String): Boolean =
    Seq(Domain.REQUEST, Domain.CANDIDATE).exists(program.usedInputs(_).asScala.exists(_.name == name))

  /** Problems of several columns are told together. */
  private def all[T](results: Seq[Either[String, T]]): Either[String, Seq[T]] = {
    val problems = results.collect { case Left(problem) => problem }
    if (problems.isEmpty) Right(results.collect { case Right(found) => found }) else Left(problems.mkString(" "))
  }

  private def both[A, B](one: Either[String, A], other: Either[String, B]): Either[String, (A, B)] =
    (one, other) match {
      case (Right(first), Right(second)) => Right((first, second))
      case _ => Left(Seq(one, other).collect { case Left(problems) => problems }.mkString(" "))
    }

  private def find(inputs: Seq[Input], columns: Columns): Either[String, Seq[Expression]] =
    all(inputs.map { input =>
      for {
        found <- position(input, columns.map(_._1))
        column = columns(found)._2
        checked <- check(input, column.dataType).toLeft(column)
      } yield checked
    })

  private def findFields(inputs: Seq[Input], fields: StructType): Either[String, Seq[Int]] =
    all(inputs.map { input =>
      for {
        found <- position(input, fields.fieldNames.toSeq)
        checked <- check(input, fields.fields(found).dataType).toLeft(found)
      } yield checked
    })

  private def check(input: Input, dataType: DataType): Option[String] = {
    val problem = InputTypes.problem(input.name, input.`type`, dataType)
    if (problem.isPresent) Some(problem.get) else None
  }

  private def position(input: Input, names: Seq[String]): Either[String, Int] = {
    def matching(same: (String, String) => Boolean) = names.indices.filter(i => same(names(i), input.name))
    val exact = matching(_ == _)
    val found = if (exact.nonEmpty) exact else matching(SQLConf.get.resolver)
    found match {
      case Seq(one) => Right(one)
      case Seq() =>
        val domain = if (input.domain == Domain.REQUEST) "a request" else "a candidate"
        val shown = names.mkString(", ")
        val present = if (shown.length > 300) shown.take(300) + ", ..." else shown
        Left(
          s"Column '${input.name}' is missing: the program declares it as $domain input of type ${input.`type`}. " +
            s"The data has: $present.")
      case _ => Left(s"Column '${input.name}' comes twice in the data.")
    }
  }
}
