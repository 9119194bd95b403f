package org.featureextractor.spark

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.io.{BytesWritable, NullWritable}
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat
import org.apache.spark.sql.{Column, DataFrame, SparkSession}
import org.apache.spark.sql.functions.{col, expr}

import scala.jdk.CollectionConverters._

/** Features of a package (`.fxp`) for the rows of a table, computed by the core that also serves them. */
object FeatureExtraction {
  // No name that a program or table is likely to have.
  private val Features = "__features"

  /** Adds the SQL function `fx_extract` to a session that was started without [[FeatureExtractorExtensions]]. */
  def register(session: SparkSession): Unit = SessionInternals.register(session)

  /** Computes all features of a package beside all columns of a table. */
  def extract(table: DataFrame, path: String): DataFrame = extract(table, path, null)

  /**
   * Computes all features of a package.
   *
   * @param table a row per candidate with the columns of its request beside it, where sorting by request saves time; or a row per
   *   request with a column `candidates`, a list of structs, of which the result has a row per candidate
   * @param path of the package, as [[LoadedPackage.read]] takes it
   * @param columns of the table, or of the structs in `candidates`, to keep beside the features; null keeps all
   * @return the table with the features, each a column named as in the program
   */
  def extract(table: DataFrame, path: String, columns: Array[String]): DataFrame = {
    val session = table.sparkSession
    register(session)
    val program = LoadedPackage.read(session.sparkContext, path)
    val features = program.features.asScala.map(_.name).toSeq
    if (Binding.isNested(program, table.schema)) nested(table, literal(path), features, Option(columns).map(_.toSeq))
    else {
      val kept = Option(columns).map(_.toSeq).getOrElse(table.columns.toSeq)
      refuseDuplicates(kept, features)
      val call = expr(s"${FxExtract.Name}(${literal(path)}, struct(*))")
      val parts = kept.map(quoted) :+ call.as(Features)
      table.select(parts: _*).select(kept.map(quoted) ++ features.map(name => col(s"$Features.`$name`").as(name)): _*)
    }
  }

  /** What the tasks of this application counted for a package: rows, defaults, inputs that did not exist. */
  def counts(session: SparkSession, path: String): ExtractionCounts =
    LoadedPackage.read(session.sparkContext, path).counts

  /**
   * Writes a table as TFRecord files, one per partition, with a `tf.train.Example` per row.
   *
   * @param table of features, and of other columns of types that samples hold
   * @param path of a folder that does not exist yet
   * @param sequence writes a `SequenceExample` instead, in which lists are feature lists; lists of floats are vectors, and are not
   * @param compressed writes `.tfrecord.gz`
   */
  def writeTfrecord(table: DataFrame, path: String, sequence: Boolean, compressed: Boolean): Unit = {
    val schema = table.schema
    // A column that cannot be written is told here, and not by each task.
    new SampleEncoder(schema, sequence)
    val configuration = new Configuration(table.sparkSession.sparkContext.hadoopConfiguration)
    configuration.setBoolean(FileOutputFormat.COMPRESS, compressed)
    SessionInternals
      .rows(table)
      .mapPartitions { rows =>
        val encoder = new SampleEncoder(schema, sequence)
        val record = new BytesWritable
        rows.map { row =>
          encoder.encode(row)
          record.set(encoder.bytes, 0, encoder.size)
          (NullWritable.get, record)
        }
      }
      .saveAsNewAPIHadoopFile(
        path,
        classOf[NullWritable],
        classOf[BytesWritable],
        classOf[TfRecordOutputFormat],
        configuration)
  }

  /** Writes a table as TFRecord files of plain `tf.train.Example`s. */
  def writeTfrecord(table: DataFrame, path: String): Unit = writeTfrecord(table, path, sequence = false, compressed = false)

  private def nested(table: DataFrame, path: String, features: Seq[String], columns: Option[Seq[String]]): DataFrame = {
    val candidates = table.schema(Binding.Candidates).dataType
      .asInstanceOf[org.apache.spark.sql.types.ArrayType]
      .elementType
      .asInstanceOf[org.apache.spark.sql.types.StructType]
      .fieldNames
      .toSeq
    val ofRequest = table.columns.toSeq.filter(_ != Binding.Candidates)
    val unknown = columns.getOrElse(Nil).filterNot((ofRequest ++ candidates).contains)
    if (unknown.nonEmpty) {
      throw new IllegalArgumentException(s"There is no column ${unknown.map("'" + _ + "'").mkString(", ")} to keep.")
    }
    val keptOfRequest = columns.fold(ofRequest)(_.filter(ofRequest.contains))
    val keptOfCandidates = columns.fold(candidates)(_.filter(name => candidates.contains(name) && !ofRequest.contains(name)))
    refuseDuplicates(keptOfRequest ++ keptOfCandidates, features)
    val names = keptOfCandidates.map(literal).mkString("array(", ", ", ")")
    val rows = expr(s"${FxCandidates.Name}($path, struct(*), $names)")
    table.select(keptOfRequest.map(quoted) :+ rows: _*)
  }

  private def refuseDuplicates(kept: Seq[String], features: Seq[String]): Unit = {
    val all = kept ++ features
    val twice = all.diff(all.distinct).distinct
    if (twice.nonEmpty) {
      throw new IllegalArgumentException(
        s"The result would have the column ${twice.map("'" + _ + "'").mkString(", ")} twice, as a column that is kept and as a " +
          "feature. Say which columns to keep.")
    }
  }

  private def quoted(name: String): Column = col("`" + name.replace("`", "``") + "`")

  private def literal(text: String): String = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
}
