// table_field(table, row, field): one field of a row that lookup found.
#include "feature_extractor/operator.h"
#include "feature_extractor/resource.h"

#include <optional>

namespace feature_extractor {
namespace {

struct BoundField {
  const Table* table;
  int column;
};

template <class T>
Nullable<T> value_at(const Table& table, int column, int64_t row) {
  if constexpr (std::is_same_v<T, bool>) return table.bool_at(column, row);
  if constexpr (std::is_same_v<T, int64_t>) return table.int_at(column, row);
  if constexpr (std::is_same_v<T, double>) return table.float_at(column, row);
  if constexpr (std::is_same_v<T, Text>) return table.text_at(column, row);
}

template <class T>
struct TableField {
  using State = BoundField;
  static constexpr bool kRowByRow = true;
  static constexpr Table::ColumnType kType = std::is_same_v<T, bool>      ? Table::ColumnType::kBool
                                             : std::is_same_v<T, int64_t> ? Table::ColumnType::kInt
                                             : std::is_same_v<T, double>  ? Table::ColumnType::kFloat
                                                                          : Table::ColumnType::kText;

  static std::optional<State> bind(const Table* table, Text field, BindError& error) {
    const int column = table->column(field);
    if (column < 0) {
      error.set("The table has no such field.");
      return std::nullopt;
    }
    if (table->column_type(column) != kType) {
      error.set("The field of the table has another type.");
      return std::nullopt;
    }
    return State{table, column};
  }

  static Nullable<T> eval(const State& state, int64_t row) {
    if (row < 0 || row >= state.table->rows()) return null;
    return value_at<T>(*state.table, state.column, row);
  }
};

constexpr Operator kOperator = {
    .name = "table_field",
    .summary = "Read one field of a row of a table",
    .detail = "Written by the planner for `table.lookup(key).field`. The overload is that of the field's type.",
    .parameters = {{"table", "the table"}, {"row", "the number of the row"}, {"field", "the name of the column"}},
    .overloads = {overload<"(table: table, row: int, field: const string) -> bool?", TableField<bool>>(),
                  overload<"(table: table, row: int, field: const string) -> int?", TableField<int64_t>>(),
                  overload<"(table: table, row: int, field: const string) -> float?", TableField<double>>(),
                  overload<"(table: table, row: int, field: const string) -> string?", TableField<Text>>()},
    .edges = {{"the row is null, because the key was not found", "null"}, {"the cell is empty", "null"}},
    .cost = {.per_row = 6.0},
    .role = "table_field",
    .see_also = "lookup",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
