// Digests of values.
#include "arrow/check_structure.h"
#include "arrow/table_digest.h"
#include "c_api/handles.h"

using namespace feature_extractor;

fx_code fx_digest_table(const ArrowSchema* schema, const ArrowArray* array, fx_digest128* columns, size_t column_count,
                        fx_digest128* rows, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (schema == nullptr) return missing_argument("schema");
    if (array == nullptr) return missing_argument("array");
    if (rows == nullptr) return missing_argument("rows");
    if (columns == nullptr && column_count > 0) return missing_argument("columns");
    if (Status status = check_structure(*schema, *array, "table"); !status.ok()) return status;
    if (static_cast<int64_t>(column_count) != schema->n_children) {
      return Status::error(ErrorCode::kInvalidArgument,
                           "column_count must be the number of columns, " + std::to_string(schema->n_children) + ".");
    }
    TableDigest digest;
    if (Status status = add_to_digest(*schema, *array, &digest); !status.ok()) return status;
    for (size_t c = 0; c < column_count; ++c) {
      const Digest128 sum = c < digest.columns.size() ? digest.columns[c] : Digest128();
      columns[c] = {sum.low, sum.high};
    }
    *rows = {digest.rows.low, digest.rows.high};
    return Status::success();
  });
}
