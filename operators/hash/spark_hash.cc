// spark_hash(x, seed, type): the hash of a value in Spark SQL.
#include "feature_extractor/operator.h"
#include "feature_extractor/spark_hash.h"

namespace feature_extractor {
namespace {

using SparkMurmur3 = spark::Kernels<spark::Murmur3>;

constexpr Operator kOperator = {
    .name = "spark_hash",
    .summary = "Compute what `hash` gives in Spark SQL",
    .detail =
        "Murmur3 with 32 bits as Spark has it, the result from -2^31 to 2^31 - 1. An int is hashed as BIGINT and a "
        "float as DOUBLE, unless `type` says INT or FLOAT; give a DATE as the days since 1970 and "
        "\"int\". Several columns are chained by the seed: spark_hash(a, b) of Spark is `spark_hash(b, spark_hash(a))` "
        "here. The bucket of a table is "
        "the remainder of `spark_hash`, as `%` gives it here: never negative.",
    .parameters = {{"x", "the value, or a list, whose elements are chained"},
                   {"seed", "where the hash starts: the hash of the columns before this one"},
                   {"type",
                    "the type that Spark has for an int: \"bigint\", or \"int\" (also TINYINT, SMALLINT, DATE); for a "
                    "float: \"double\" or \"float\""}},
    .overloads =
        {overload<"(x: int?, seed: int = 42, type: const string{\"bigint\",\"int\"} = \"bigint\") -> int",
                  SparkMurmur3::OfWidth<int64_t>>(),
         overload<"(x: float?, seed: int = 42, type: const string{\"double\",\"float\"} = \"double\") -> int",
                  SparkMurmur3::OfWidth<double>>(),
         overload<"(x: bool?, seed: int = 42) -> int", SparkMurmur3::OfBool>(),
         overload<"(x: string?, seed: int = 42) -> int", SparkMurmur3::OfValue<Text>>(),
         overload<"(x: bytes?, seed: int = 42) -> int", SparkMurmur3::OfValue<Bytes>>(),
         overload<"(x: timestamp?, seed: int = 42) -> int", SparkMurmur3::OfValue<Timestamp>>(),
         overload<"(x: list<int>?, seed: int = 42, type: const string{\"bigint\",\"int\"} = \"bigint\") -> int",
                  SparkMurmur3::OfWidthList<int64_t>>(),
         overload<"(x: list<float>?, seed: int = 42, type: const string{\"double\",\"float\"} = \"double\") -> int",
                  SparkMurmur3::OfWidthList<double>>(),
         overload<"(x: list<string>?, seed: int = 42) -> int", SparkMurmur3::OfList<Text>>()},
    .edges = {{"`x` or an element is null", "the seed, unchanged"},
              {"the list is empty", "the seed, unchanged"},
              {"`seed` is null", "null"},
              {"-0.0", "as 0.0"},
              {"an int with `type` \"int\" does not fit 32 bits", "its lowest 32 bits count"},
              {"a float with `type` \"float\" does not fit 32 bits", "it counts as infinity"},
              {"`x` is a text", "its bytes in UTF-8 count"}},
    .examples = {{"spark_hash(\"Spark\")", "228093765"},
                 {"spark_hash(2, spark_hash([123], spark_hash(\"Spark\"), \"int\"), \"int\")", "-1321691492"}},
    .cost = {.per_row = 6.0, .per_element = 0.6},
    .aliases = "spark_murmur3 murmur3hash Murmur3Hash spark_murmur3_hash hash_spark",
    .see_also = "spark_xxhash64 murmur3_32 hive_hash",
    .source = "Apache Spark, HashExpression; compared with Spark 3.5",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
