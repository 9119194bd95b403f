// spark_xxhash64(x, seed, type): the hash of a value in Spark SQL.
#include "feature_extractor/operator.h"
#include "feature_extractor/spark_hash.h"

namespace feature_extractor {
namespace {

using SparkXxHash64 = spark::Kernels<spark::XxHash64>;

constexpr Operator kOperator = {
    .name = "spark_xxhash64",
    .summary = "Compute what `xxhash64` gives in Spark SQL",
    .detail =
        "XXH64 as Spark has it, as a signed int. An int is hashed as BIGINT and a float as DOUBLE, unless `type` says "
        "INT or FLOAT; give a DATE as the days since 1970 and "
        "\"int\". Several columns are chained by the seed: spark_xxhash64(a, b) of Spark is `spark_xxhash64(b, "
        "spark_xxhash64(a))` here. The bucket of a table is "
        "the remainder of `spark_hash`, as `%` gives it here: never negative.",
    .parameters = {{"x", "the value, or a list, whose elements are chained"},
                   {"seed", "where the hash starts: the hash of the columns before this one"},
                   {"type",
                    "the type that Spark has for an int: \"bigint\", or \"int\" (also TINYINT, SMALLINT, DATE); for a "
                    "float: \"double\" or \"float\""}},
    .overloads =
        {overload<"(x: int?, seed: int = 42, type: const string{\"bigint\",\"int\"} = \"bigint\") -> int",
                  SparkXxHash64::OfWidth<int64_t>>(),
         overload<"(x: float?, seed: int = 42, type: const string{\"double\",\"float\"} = \"double\") -> int",
                  SparkXxHash64::OfWidth<double>>(),
         overload<"(x: bool?, seed: int = 42) -> int", SparkXxHash64::OfBool>(),
         overload<"(x: string?, seed: int = 42) -> int", SparkXxHash64::OfValue<Text>>(),
         overload<"(x: bytes?, seed: int = 42) -> int", SparkXxHash64::OfValue<Bytes>>(),
         overload<"(x: timestamp?, seed: int = 42) -> int", SparkXxHash64::OfValue<Timestamp>>(),
         overload<"(x: list<int>?, seed: int = 42, type: const string{\"bigint\",\"int\"} = \"bigint\") -> int",
                  SparkXxHash64::OfWidthList<int64_t>>(),
         overload<"(x: list<float>?, seed: int = 42, type: const string{\"double\",\"float\"} = \"double\") -> int",
                  SparkXxHash64::OfWidthList<double>>(),
         overload<"(x: list<string>?, seed: int = 42) -> int", SparkXxHash64::OfList<Text>>()},
    .edges = {{"`x` or an element is null", "the seed, unchanged"},
              {"the list is empty", "the seed, unchanged"},
              {"`seed` is null", "null"},
              {"-0.0", "as 0.0"},
              {"an int with `type` \"int\" does not fit 32 bits", "its lowest 32 bits count"},
              {"a float with `type` \"float\" does not fit 32 bits", "it counts as infinity"},
              {"`x` is a text", "its bytes in UTF-8 count"}},
    .examples = {{"spark_xxhash64(\"Spark\")", "-4294468057691064905"},
                 {"spark_xxhash64(2, spark_xxhash64([123], spark_xxhash64(\"Spark\"), \"int\"), \"int\")",
                  "5602566077635097486"}},
    .cost = {.per_row = 6.0, .per_element = 0.6},
    .aliases = "xxhash64_spark XxHash64 spark_xx_hash_64",
    .see_also = "spark_hash xxhash64",
    .source = "Apache Spark, HashExpression; compared with Spark 3.5",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
