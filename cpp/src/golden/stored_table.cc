#include "golden/stored_table.h"

#include <charconv>
#include <string>
#include <string_view>

namespace feature_extractor {

// Makes the arrays of a schema out of buffers, in one pass.
class StoredTable::Reader {
 public:
  Reader(StoredTable* table, std::span<const StoredBuffer> buffers, std::span<const std::byte> bytes)
      : table_(*table), buffers_(buffers), bytes_(bytes) {}

  // Returns nullptr where something is wrong, and has said what.
  ArrowArray* read(const ArrowSchema& schema, int64_t length) {
    Node& node = table_.nodes_.emplace_back();
    node.array.length = length;
    const std::string_view format = schema.format;
    const bool is_table = table_.nodes_.size() == 1;
    const void* valid = nullptr;
    // The table itself has no validity bitmap.
    if (!is_table && !validity(length, &valid)) return nullptr;
    node.array.null_count = valid == nullptr ? 0 : -1;
    node.buffers.push_back(valid);
    int64_t children_length = length;
    if (format == "U" || format == "Z") {
      int64_t size = 0;
      if (!offsets<int64_t>(length, &node, &size) || !values(size, &node)) return nullptr;
    } else if (format == "+L") {
      if (!offsets<int64_t>(length, &node, &children_length)) return nullptr;
    } else if (format == "+m") {
      if (!offsets<int32_t>(length, &node, &children_length)) return nullptr;
    } else if (format.starts_with("+w:")) {
      int64_t width = 0;
      std::from_chars(format.data() + 3, format.data() + format.size(), width);
      if (width < 0 || (width > 0 && length > INT64_MAX / 8 / width)) return refuse("a fixed-size list is too long");
      children_length = length * width;
    } else if (format == "b") {
      if (!values((length + 7) / 8, &node)) return nullptr;
    } else if (format != "+s") {
      const int64_t width = format == "f" ? 4 : 8;
      if (length > INT64_MAX / width || !values(length * width, &node)) return nullptr;
    }
    for (int64_t c = 0; c < schema.n_children; ++c) {
      ArrowArray* const child = read(*schema.children[c], children_length);
      if (child == nullptr) return nullptr;
      node.children.push_back(child);
    }
    node.array.n_buffers = static_cast<int64_t>(node.buffers.size());
    node.array.buffers = node.buffers.data();
    node.array.n_children = static_cast<int64_t>(node.children.size());
    node.array.children = node.children.data();
    return &node.array;
  }

  bool is_at_end() const { return next_ == buffers_.size(); }
  const std::string& problem() const { return problem_; }

 private:
  std::nullptr_t refuse(const char* problem) {
    problem_ = problem;
    return nullptr;
  }

  // The next buffer, of at least so many bytes.
  bool take(int64_t size, std::span<const std::byte>* buffer) {
    if (next_ == buffers_.size()) return refuse("a buffer is missing") != nullptr;
    const StoredBuffer& stored = buffers_[next_++];
    if (stored.offset % 8 != 0 || stored.offset > bytes_.size() || stored.size > bytes_.size() - stored.offset) {
      return refuse("a buffer lies outside of its member, or is not aligned") != nullptr;
    }
    if (size > 0 && stored.size < static_cast<uint64_t>(size)) return refuse("a buffer is too short") != nullptr;
    *buffer = bytes_.subspan(stored.offset, stored.size);
    return true;
  }

  bool validity(int64_t length, const void** valid) {
    if (next_ < buffers_.size() && buffers_[next_].size == 0) {
      ++next_;
      return true;
    }
    std::span<const std::byte> buffer;
    if (!take((length + 7) / 8, &buffer)) return false;
    *valid = buffer.data();
    return true;
  }

  bool values(int64_t size, Node* node) {
    std::span<const std::byte> buffer;
    if (!take(size, &buffer)) return false;
    node->buffers.push_back(buffer.data());
    return true;
  }

  // `last` becomes the number of elements behind the offsets.
  template <class Offset>
  bool offsets(int64_t length, Node* node, int64_t* last) {
    static constexpr Offset kNone[1] = {0};
    if (length > INT64_MAX / 16) return refuse("a list is too long") != nullptr;
    std::span<const std::byte> buffer;
    // An array without rows may leave its only offset out.
    if (!take(length == 0 ? 0 : (length + 1) * static_cast<int64_t>(sizeof(Offset)), &buffer)) return false;
    const auto* values = length == 0 ? kNone : reinterpret_cast<const Offset*>(buffer.data());
    for (int64_t i = 0; i <= length; ++i) {
      if (values[i] < (i == 0 ? 0 : values[i - 1])) return refuse("offsets do not rise") != nullptr;
    }
    *last = values[length];
    node->buffers.push_back(values);
    return true;
  }

  StoredTable& table_;
  std::span<const StoredBuffer> buffers_;
  std::span<const std::byte> bytes_;
  size_t next_ = 0;
  std::string problem_;
};

StatusOr<std::unique_ptr<StoredTable>> StoredTable::open(ArrowSchema schema, int64_t rows,
                                                         std::span<const StoredBuffer> buffers,
                                                         std::span<const std::byte> bytes) {
  std::unique_ptr<StoredTable> table(new StoredTable(schema));
  Reader reader(table.get(), buffers, bytes);
  if (rows < 0) return Status::error(ErrorCode::kCorrupt, "there is a negative number of rows");
  if (reader.read(table->schema_, rows) == nullptr) return Status::error(ErrorCode::kCorrupt, reader.problem());
  if (!reader.is_at_end()) return Status::error(ErrorCode::kCorrupt, "there are more buffers than columns need");
  return table;
}

StoredTable::~StoredTable() {
  if (schema_.release != nullptr) schema_.release(&schema_);
}

}  // namespace feature_extractor
