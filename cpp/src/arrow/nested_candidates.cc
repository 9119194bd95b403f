#include "arrow/nested_candidates.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

namespace feature_extractor {
namespace {

// Whether the slot `row`, counted from the array's offset, is null.
bool is_null_slot(const ArrowArray& array, int64_t row) {
  if (array.null_count == 0 || array.n_buffers == 0 || array.buffers[0] == nullptr) return false;
  const auto* bits = static_cast<const uint8_t*>(array.buffers[0]);
  const int64_t at = array.offset + row;
  return (bits[at >> 3] >> (at & 7) & 1) == 0;
}

// Reads the bounds of the lists of one array.
class ListColumn {
 public:
  // `shift` is the first row of the table within the column.
  ListColumn(std::string_view format, const ArrowArray& array, int64_t shift) : array_(array), shift_(shift) {
    if (format == "+l") {
      offset_size_ = 4;
    } else if (format == "+L") {
      offset_size_ = 8;
    } else if (format.starts_with("+w:")) {
      const std::string_view digits = format.substr(3);
      is_list_ = std::from_chars(digits.data(), digits.data() + digits.size(), fixed_size_).ec == std::errc();
    } else {
      is_list_ = false;
    }
  }

  bool is_list() const { return is_list_; }
  bool is_null(int64_t row) const { return is_null_slot(array_, shift_ + row); }

  // Where the list of a row begins; that of the row behind the last is where the last one ends.
  int64_t begin(int64_t row) const {
    const int64_t at = array_.offset + shift_ + row;
    if (offset_size_ == 0) return at * fixed_size_;
    const char* from = static_cast<const char*>(array_.buffers[1]) + at * offset_size_;
    if (offset_size_ == 8) {
      int64_t value;
      std::memcpy(&value, from, sizeof(value));
      return value;
    }
    int32_t value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }

 private:
  const ArrowArray& array_;
  int64_t shift_;
  int offset_size_ = 0;  // 0: all lists have the fixed size.
  int64_t fixed_size_ = 0;
  bool is_list_ = true;
};

}  // namespace

StatusOr<bool> find_nested_candidates(const ArrowSchema& schema, const ArrowArray& array, NestedCandidates* nested) {
  for (int64_t c = 0; c < schema.n_children; ++c) {
    const ArrowSchema& child = *schema.children[c];
    if (child.name == nullptr || std::strcmp(child.name, "candidates") != 0) continue;
    const ArrowArray& list = *array.children[c];
    const ListColumn column(child.format, list, array.offset);
    if (!column.is_list() || child.dictionary != nullptr || child.n_children != 1 ||
        std::strcmp(child.children[0]->format, "+s") != 0) {
      return false;
    }
    const ArrowArray& candidates = *list.children[0];
    int64_t first = 0;
    int64_t end = 0;
    bool has_gaps = false;
    nested->offsets.assign(1, 0);
    nested->begins.clear();
    for (int64_t row = 0; row < array.length; ++row) {
      const int64_t begin = column.begin(row);
      int64_t size = column.begin(row + 1) - begin;
      if (begin < 0 || size < 0 || begin + size > candidates.length) {
        return Status::error(ErrorCode::kInvalidArgument,
                             "The offsets of column 'candidates' must rise from row to row, up to " +
                                 std::to_string(candidates.length) + "; row " + std::to_string(row) + " breaks this.");
      }
      if (column.is_null(row) || is_null_slot(array, row)) size = 0;
      if (size == 0) {
        // Wherever it points to: as far as the others are concerned it lies where the one before ended.
        nested->begins.push_back(end);
      } else {
        if (nested->offsets.back() == 0) {
          first = end = begin;
          std::fill(nested->begins.begin(), nested->begins.end(), begin);
        }
        has_gaps = has_gaps || begin != end;
        nested->begins.push_back(begin);
        end = begin + size;
      }
      nested->offsets.push_back(nested->offsets.back() + size);
    }
    for (int64_t& begin : nested->begins) begin -= first;
    if (!has_gaps) nested->begins.clear();
    nested->schema = child.children[0];
    nested->array = candidates;
    nested->array.offset += first;
    nested->array.length = end - first;
    nested->array.release = nullptr;
    // It may be counted anew where it is cut: -1 is "not known".
    if (nested->array.null_count != 0) nested->array.null_count = -1;
    return true;
  }
  return false;
}

}  // namespace feature_extractor
