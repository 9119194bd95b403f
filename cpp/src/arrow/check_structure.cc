#include "arrow/check_structure.h"

#include <charconv>
#include <cstring>
#include <string>

namespace feature_extractor {
namespace {

// Deeper than any declared type, so that a schema that contains itself ends.
constexpr int kMaximumDepth = 64;

class StructureChecker {
 public:
  Status check(const ArrowSchema& schema, const ArrowArray& array, const std::string& place, int depth) {
    if (depth > kMaximumDepth) return bad(place, "is nested more than 64 levels deep");
    if (schema.format == nullptr) return bad(place, "has a schema without a format");
    if (array.length < 0 || array.offset < 0 || array.length > INT64_MAX - array.offset) {
      return bad(place, "has a negative length or offset");
    }
    if (array.n_buffers < 0 || (array.n_buffers > 0 && array.buffers == nullptr)) {
      return bad(place, "has no list of buffers");
    }
    if (schema.n_children < 0 || schema.n_children != array.n_children) {
      return bad(place, "has " + std::to_string(array.n_children) + " children, but its schema has " +
                            std::to_string(schema.n_children));
    }
    if (schema.n_children > 0 && (schema.children == nullptr || array.children == nullptr)) {
      return bad(place, "has no list of children");
    }
    if ((schema.dictionary != nullptr) != (array.dictionary != nullptr)) {
      return bad(place, "has a dictionary in the schema or in the array, but not in both");
    }
    if (Status status = check_buffers(schema, array, place); !status.ok()) return status;
    for (int64_t c = 0; c < schema.n_children; ++c) {
      if (schema.children[c] == nullptr || array.children[c] == nullptr) return bad(place, "has a child that is NULL");
      const ArrowSchema& child = *schema.children[c];
      const std::string child_place = child.name != nullptr && *child.name != '\0' ? place + "." + child.name : place;
      if (Status status = check(child, *array.children[c], child_place, depth + 1); !status.ok()) return status;
    }
    if (Status status = check_children(schema, array, place); !status.ok()) return status;
    if (schema.dictionary == nullptr) return Status::success();
    return check(*schema.dictionary, *array.dictionary, place, depth + 1);
  }

 private:
  static Status bad(const std::string& place, const std::string& what) {
    return Status::error(ErrorCode::kInvalidArgument,
                         "The Arrow data is not well-formed: '" + place + "' " + what + ".");
  }

  // Size in bytes of one offset of text, bytes or lists; 0 for formats without offsets.
  static int offset_size(std::string_view format) {
    if (format == "u" || format == "z" || format == "+l" || format == "+m") return 4;
    if (format == "U" || format == "Z" || format == "+L") return 8;
    return 0;
  }

  static int64_t offset_at(const ArrowArray& array, int size, int64_t row) {
    const char* from = static_cast<const char*>(array.buffers[1]) + row * size;
    if (size == 4) {
      int32_t value;
      std::memcpy(&value, from, sizeof(value));
      return value;
    }
    int64_t value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }

  static Status check_buffers(const ArrowSchema& schema, const ArrowArray& array, const std::string& place) {
    const std::string_view format = schema.format;
    int64_t expected = 0;
    bool has_values = true;  // The second buffer has something for each row.
    if (format == "+s" || format.starts_with("+w:")) {
      expected = 1;
      has_values = false;
    } else if (format == "u" || format == "z" || format == "U" || format == "Z" || format == "vu" || format == "vz") {
      expected = 3;
    } else if (format == "+l" || format == "+L" || format == "+m") {
      expected = 2;
    } else if (format.starts_with("+") || format == "n") {
      return Status::success();  // Nothing is read of formats that are not known here.
    } else {
      expected = 2;
    }
    if (array.n_buffers < expected) {
      return bad(place, "has " + std::to_string(array.n_buffers) + " buffers instead of " + std::to_string(expected));
    }
    if (!has_values || array.length + array.offset == 0) return Status::success();
    if (array.buffers[1] == nullptr) return bad(place, "has rows, but no values");
    const int size = offset_size(format);
    if (size == 0) return Status::success();
    const int64_t first = offset_at(array, size, array.offset);
    const int64_t last = offset_at(array, size, array.offset + array.length);
    if (first < 0 || last < first) return bad(place, "has offsets that fall");
    if (format[0] == '+') return Status::success();
    if (last > first && array.buffers[2] == nullptr) return bad(place, "has text, but no buffer with it");
    return Status::success();
  }

  // Whether the children are as long as the rows need them.
  static Status check_children(const ArrowSchema& schema, const ArrowArray& array, const std::string& place) {
    const std::string_view format = schema.format;
    const int64_t end = array.length + array.offset;
    int64_t needed = 0;
    if (format == "+s") {
      needed = end;
    } else if (format == "+l" || format == "+L" || format == "+m") {
      if (schema.n_children != 1) return bad(place, "is a list without a child");
      if (end > 0) needed = offset_at(array, offset_size(format), end);
    } else if (format.starts_with("+w:")) {
      int64_t size = 0;
      const std::string_view digits = format.substr(3);
      const bool is_number = std::from_chars(digits.data(), digits.data() + digits.size(), size).ec == std::errc();
      if (!is_number || size < 0) return bad(place, "has a format that cannot be read");
      if (schema.n_children != 1) return bad(place, "is a list without a child");
      if (__builtin_mul_overflow(end, size, &needed)) return bad(place, "has more elements than memory");
    } else {
      return Status::success();
    }
    for (int64_t c = 0; c < array.n_children; ++c) {
      if (array.children[c]->length >= needed) continue;
      return bad(place, "needs " + std::to_string(needed) + " elements in a child that has " +
                            std::to_string(array.children[c]->length));
    }
    return Status::success();
  }
};

}  // namespace

Status check_structure(const ArrowSchema& schema, const ArrowArray& array, std::string_view table) {
  return StructureChecker().check(schema, array, std::string(table), 0);
}

}  // namespace feature_extractor
