#include "request/column_writer.h"

namespace feature_extractor {
namespace {

using Kind = DeclaredType::Kind;

const char* format_of(Kind kind) {
  switch (kind) {
    case Kind::kBool:
      return "b";
    case Kind::kInt:
      return "l";
    case Kind::kFloat:
      return "g";
    case Kind::kString:
      return "U";
    case Kind::kBytes:
      return "Z";
    case Kind::kTimestamp:
      return "tsu:UTC";
    case Kind::kDuration:
      return "tDu";
    case Kind::kStruct:
      return "+s";
    default:
      // A map is a list of entries as well, and then its offsets have 64 bits.
      return "+L";
  }
}

// Packs bytes to bits in place: byte i is read before the byte of bit i is written.
void pack_bits(char* bytes, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const auto bit = static_cast<uint8_t>(bytes[i]);
    const int64_t at = i >> 3;
    const auto before = (i & 7) == 0 ? uint8_t{0} : static_cast<uint8_t>(bytes[at]);
    bytes[at] = static_cast<char>(before | bit << (i & 7));
  }
}

}  // namespace

ColumnWriter::ColumnWriter(const DeclaredType& type, std::string name)
    : type_(type), name_(std::move(name)), format_(format_of(type.kind)) {
  for (size_t i = 0; i < type.children.size(); ++i) {
    const char* const part = type.kind == Kind::kMap ? (i == 0 ? "key" : "value") : "item";
    children_.push_back(std::make_unique<ColumnWriter>(
        type.children[i], type.kind == Kind::kStruct ? type.field_names[i] : std::string(part)));
    schema_children_.push_back(children_.back()->schema());
    array_children_.push_back(children_.back()->array());
  }
  schema_.name = name_.c_str();
  schema_.flags = ARROW_FLAG_NULLABLE;
  schema_.n_children = array_.n_children = static_cast<int64_t>(children_.size());
  schema_.children = schema_children_.data();
  array_.children = array_children_.data();
  array_.buffers = buffers_;
  if (type.kind == Kind::kMap || type.kind == Kind::kVector) {
    inner_ = std::make_unique<Inner>();
    inner_->schema.format = type.kind == Kind::kMap ? "+s" : "f";
    inner_->schema.name = type.kind == Kind::kMap ? "entries" : "item";
    inner_->schema.n_children = inner_->array.n_children = schema_.n_children;
    inner_->schema.children = schema_.children;
    inner_->array.children = array_.children;
    inner_->array.buffers = inner_->buffers;
    inner_->array.n_buffers = type.kind == Kind::kMap ? 1 : 2;
    schema_.n_children = array_.n_children = 1;
    schema_.children = &inner_->schema_pointer;
    array_.children = &inner_->array_pointer;
  }
  if (has_offsets()) offsets_.push<int64_t>(0);
}

bool ColumnWriter::has_offsets() const {
  switch (type_.kind) {
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kVector:
      return true;
    default:
      return false;
  }
}

void ColumnWriter::clear() {
  data_.clear();
  offsets_.clear();
  valid_.clear();
  size_ = nulls_ = 0;
  has_wrong_size_ = false;
  borrowed_ = nullptr;
  if (has_offsets()) offsets_.push<int64_t>(0);
  for (auto& child : children_) child->clear();
}

int64_t ColumnWriter::offset(int64_t row) const {
  int64_t value = 0;
  std::memcpy(&value, offsets_.data() + static_cast<size_t>(row) * sizeof(value), sizeof(value));
  return value;
}

void ColumnWriter::truncate(int64_t rows) {
  const auto count = static_cast<size_t>(rows);
  switch (type_.kind) {
    case Kind::kBool:
      data_.shrink(count);
      break;
    case Kind::kString:
    case Kind::kBytes:
      data_.shrink(static_cast<size_t>(offset(rows)));
      break;
    case Kind::kList:
    case Kind::kMap:
      for (auto& child : children_) child->truncate(offset(rows));
      break;
    case Kind::kVector:
      data_.shrink(static_cast<size_t>(offset(rows)) * sizeof(float));
      has_wrong_size_ = offset(rows) != rows * type_.size;
      for (int64_t row = 0; row < rows && !has_wrong_size_; ++row) has_wrong_size_ = offset(row) != row * type_.size;
      break;
    case Kind::kStruct:
      for (auto& child : children_) child->truncate(rows);
      break;
    default:
      data_.shrink(count * sizeof(int64_t));
      break;
  }
  if (has_offsets()) offsets_.shrink((count + 1) * sizeof(int64_t));
  if (nulls_ > 0) {
    // A byte is 1 where there is a value.
    nulls_ = rows;
    for (size_t i = 0; i < count; ++i) nulls_ -= valid_.data()[i];
    valid_.shrink(nulls_ > 0 ? count : 0);
  }
  size_ = rows;
}

void ColumnWriter::reserve(size_t rows) {
  if (has_offsets()) offsets_.reserve(rows * sizeof(int64_t));
  switch (type_.kind) {
    case Kind::kStruct:
      for (auto& child : children_) child->reserve(rows);
      break;
    case Kind::kBool:
      data_.reserve(rows);
      break;
    case Kind::kVector:
      data_.reserve(rows * type_.size * sizeof(float));
      break;
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList:
    case Kind::kMap:
      break;
    default:
      data_.reserve(rows * sizeof(int64_t));
      break;
  }
}

void ColumnWriter::add_null() {
  switch (type_.kind) {
    case Kind::kBool:
      data_.push<uint8_t>(0);
      break;
    case Kind::kString:
    case Kind::kBytes:
      offsets_.push(static_cast<int64_t>(data_.size()));
      break;
    case Kind::kList:
    case Kind::kMap:
      offsets_.push(children_[0]->size_);
      break;
    case Kind::kVector:
      std::memset(data_.extend(sizeof(float) * type_.size), 0, sizeof(float) * type_.size);
      offsets_.push(static_cast<int64_t>(data_.size() / sizeof(float)));
      break;
    case Kind::kStruct:
      for (auto& child : children_) child->add_null();
      break;
    default:
      data_.push<int64_t>(0);
      break;
  }
  if (nulls_++ == 0 && size_ > 0) std::memset(valid_.extend(static_cast<size_t>(size_)), 1, static_cast<size_t>(size_));
  valid_.push<uint8_t>(0);
  ++size_;
}

void ColumnWriter::end_vector() {
  int64_t begin = 0;
  std::memcpy(&begin, offsets_.data() + offsets_.size() - sizeof(begin), sizeof(begin));
  const auto end = static_cast<int64_t>(data_.size() / sizeof(float));
  has_wrong_size_ = has_wrong_size_ || end - begin != type_.size;
  end_elements(end);
}

void ColumnWriter::borrow(std::string_view format, const void* values, int64_t rows) {
  if (type_.kind != Kind::kVector) format_ = format;
  borrowed_ = values;
  size_ = rows;
}

void ColumnWriter::finish() {
  const void* const values = borrowed_ != nullptr ? borrowed_ : data_.data();
  array_.length = size_;
  array_.null_count = nulls_;
  if (nulls_ > 0) pack_bits(valid_.data(), size_);
  buffers_[0] = nulls_ > 0 ? valid_.data() : nullptr;
  buffers_[1] = has_offsets() ? offsets_.data() : values;
  array_.n_buffers = 2;
  switch (type_.kind) {
    case Kind::kBool:
      if (borrowed_ == nullptr) pack_bits(data_.data(), size_);
      break;
    case Kind::kString:
    case Kind::kBytes:
      // A pointer to nothing would be a missing buffer.
      buffers_[2] = data_.data() != nullptr ? values : "";
      array_.n_buffers = 3;
      break;
    case Kind::kStruct:
      array_.n_buffers = 1;
      break;
    case Kind::kVector:
      if (has_wrong_size_) {
        format_ = format_of(Kind::kVector);
      } else {
        // Vectors that all have their size are read where they lie.
        format_ = "+w:" + std::to_string(type_.size);
        array_.n_buffers = 1;
      }
      inner_->buffers[1] = values;
      inner_->array.length =
          borrowed_ != nullptr ? size_ * type_.size : static_cast<int64_t>(data_.size() / sizeof(float));
      break;
    case Kind::kMap:
      inner_->array.length = children_[0]->size_;
      break;
    default:
      break;
  }
  schema_.format = format_.c_str();
  for (auto& child : children_) child->finish();
}

ColumnWriter& TableWriter::add(const std::string& name, const DeclaredType& type) {
  writers_.push_back(std::make_unique<ColumnWriter>(type, name));
  add(writers_.back()->schema(), writers_.back()->array());
  return *writers_.back();
}

void TableWriter::add(ArrowSchema* schema, ArrowArray* array) {
  schemas_.push_back(schema);
  arrays_.push_back(array);
}

void TableWriter::clear() {
  for (auto& writer : writers_) writer->clear();
}

void TableWriter::truncate(int64_t rows) {
  for (auto& writer : writers_) writer->truncate(rows);
}

Status TableWriter::finish(int64_t rows) {
  for (auto& writer : writers_) writer->finish();
  array_.length = arrays_.empty() ? rows : arrays_[0]->length;
  for (size_t i = 0; i < arrays_.size(); ++i) {
    if (arrays_[i]->length != array_.length) {
      return Status::error(ErrorCode::kInvalidArgument,
                           std::string("Column '") + schemas_[i]->name + "' has " + std::to_string(arrays_[i]->length) +
                               " rows, and column '" + schemas_[0]->name + "' has " + std::to_string(array_.length) +
                               ": all columns must have the same length.");
    }
  }
  schema_.format = "+s";
  schema_.name = "";
  schema_.n_children = array_.n_children = static_cast<int64_t>(schemas_.size());
  schema_.children = schemas_.data();
  array_.children = arrays_.data();
  array_.n_buffers = 1;
  array_.buffers = &buffer_;
  return Status::success();
}

}  // namespace feature_extractor
