#include "samples/tfrecord.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "samples/crc32c.h"

// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/) for the messages of
// tensorflow/core/example/{example,feature}.proto:
//   Example         { Features features = 1; }
//   SequenceExample { Features context = 1; FeatureLists feature_lists = 2; }
//   Features        { map<string, Feature> feature = 1; }
//   FeatureLists    { map<string, FeatureList> feature_list = 1; }
//   FeatureList     { repeated Feature feature = 1; }
//   Feature         { oneof { BytesList bytes_list = 1; FloatList float_list = 2; Int64List int64_list = 3; } }
//   BytesList       { repeated bytes value = 1; }
//   FloatList       { repeated float value = 1 [packed]; }
//   Int64List       { repeated int64 value = 1 [packed]; }
// A map is a repeated message of a key = 1 and a value = 2. Every field here is of wire type 2: a tag, a length, the content.
namespace feature_extractor {
namespace {

constexpr uint8_t kField1 = 1 << 3 | 2;
constexpr uint8_t kField2 = 2 << 3 | 2;
constexpr uint8_t kField3 = 3 << 3 | 2;
constexpr size_t kLargestMessage = std::numeric_limits<int32_t>::max();
constexpr const char* kNullsWithin = "has nulls within its lists, which a sample cannot hold.";
constexpr size_t kOvershoot = 16;
constexpr size_t kFrame = 16;  // A length of 8 bytes, its checksum, and that of the content.

// The number of bytes of 7 bits each: 1 for 0 to 127, 10 for numbers from 2^63 on.
size_t varint_size(uint64_t value) { return (static_cast<size_t>(std::bit_width(value | 1)) * 9 + 64) / 64; }

size_t field_size(size_t content) { return 1 + varint_size(content) + content; }

uint8_t* write_varint(uint64_t value, uint8_t* at) {
  while (value >= 128) {
    *at++ = static_cast<uint8_t>(value | 128);
    value >>= 7;
  }
  *at++ = static_cast<uint8_t>(value);
  return at;
}

uint8_t* write_head(uint8_t tag, size_t content, uint8_t* at) {
  *at++ = tag;
  return write_varint(content, at);
}

// Copies 16 bytes at a time, up to 15 too many: both sides have room for them.
uint8_t* write_padded(const char* bytes, size_t size, uint8_t* at) {
  for (size_t i = 0; i < size; i += kOvershoot) std::memcpy(at + i, bytes + i, kOvershoot);
  return at + size;
}

uint8_t* write_bytes(const void* bytes, size_t size, uint8_t* at) {
  if (size > 0) std::memcpy(at, bytes, size);
  return at + size;
}

std::string varint(size_t value) {
  uint8_t bytes[10];
  return std::string(reinterpret_cast<char*>(bytes), static_cast<size_t>(write_varint(value, bytes) - bytes));
}

bool bit(const uint8_t* bits, int64_t index) { return (bits[index >> 3] >> (index & 7) & 1) != 0; }

const uint8_t* validity(const ArrowArray& array) {
  if (array.null_count == 0 || array.n_buffers == 0) return nullptr;
  return static_cast<const uint8_t*>(array.buffers[0]);
}

bool has_null(const uint8_t* bits, int64_t begin, int64_t count) {
  if (bits == nullptr) return false;
  for (int64_t i = begin; i < begin + count; ++i) {
    if (!bit(bits, i)) return true;
  }
  return false;
}

int64_t offset_at(const void* offsets, bool wide, int64_t index) {
  return wide ? static_cast<const int64_t*>(offsets)[index]
              : static_cast<int64_t>(static_cast<const int32_t*>(offsets)[index]);
}

Status refuse(const std::string& name, const std::string& what) {
  return Status::error(ErrorCode::kInvalidArgument, "Column '" + name + "' " + what);
}

bool is_flat(std::string_view format) {
  return format.size() == 1 && std::string_view("fluUzZ").find(format[0]) != std::string_view::npos;
}

uint8_t list_tag(int payload) {
  constexpr uint8_t kTags[] = {kField2, kField3, kField1};  // Of floats, integers, texts.
  return kTags[payload];
}

}  // namespace

StatusOr<SampleEncoder> SampleEncoder::make(const ArrowSchema& schema, const ArrowArray& array, SampleForm form) {
  if (schema.format == nullptr || std::strcmp(schema.format, "+s") != 0 || schema.n_children != array.n_children) {
    return Status::error(ErrorCode::kInvalidArgument, "The table must be a record batch (an Arrow struct array).");
  }
  if (has_null(validity(array), array.offset, array.length)) {
    return Status::error(ErrorCode::kInvalidArgument, "The table has rows that are null as a whole.");
  }
  SampleEncoder encoder;
  encoder.rows_ = array.length;
  encoder.form_ = form;
  for (int64_t c = 0; c < schema.n_children; ++c) {
    const char* name = schema.children[c]->name;
    Status status =
        encoder.add_column(*schema.children[c], *array.children[c], array.offset, name == nullptr ? "" : name, form);
    if (!status.ok()) return status;
  }
  std::vector<std::string> sorted = encoder.names_;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    return Status::error(ErrorCode::kInvalidArgument, "Two features of a sample would be called '" + *twice +
                                                          "'; rename one in the program. (Ids with weights `x` make "
                                                          "the two features `x_ids` and `x_weights`.)");
  }
  encoder.spans_.resize(encoder.columns_.size());
  return encoder;
}

Status SampleEncoder::add_column(const ArrowSchema& schema, const ArrowArray& array, int64_t shift,
                                 const std::string& name, SampleForm form) {
  const std::string_view format = schema.format == nullptr ? "" : schema.format;
  Column column;
  column.shift = shift + array.offset;
  column.valid = validity(array);
  if (schema.dictionary != nullptr) return refuse(name, "is dictionary-encoded; decode it first.");
  if (is_flat(format)) {
    return add_values(schema, array, name, std::move(column));
  }
  const bool list = format == "+l" || format == "+L";
  const bool fixed = format.starts_with("+w:");
  if ((!list && !fixed) || schema.n_children != 1 || array.n_children != 1) {
    return refuse(name, "is of Arrow format '" + std::string(format) + "', which a sample cannot hold.");
  }
  const ArrowSchema& item_schema = *schema.children[0];
  const ArrowArray& items = *array.children[0];
  const std::string_view item = item_schema.format;
  column.element_shift = items.offset;
  if (fixed) {
    const std::string_view digits = format.substr(3);
    column.width = -1;
    std::from_chars(digits.data(), digits.data() + digits.size(), column.width);
    if (column.width < 0 || item != "f") return refuse(name, "must be a fixed-size list of float32 to be a sample.");
    if (has_null_elements(column, items)) return refuse(name, kNullsWithin);
    return add_values(item_schema, items, name, std::move(column));
  }
  column.offsets = array.buffers[1];
  column.wide_offsets = format == "+L";
  column.steps = form == SampleForm::kSequenceExample;
  if (has_null_elements(column, items)) return refuse(name, kNullsWithin);
  if (is_flat(item)) return add_values(item_schema, items, name, std::move(column));
  if (item != "+s" || item_schema.n_children != 2 || items.n_children != 2 ||
      std::strcmp(item_schema.children[0]->format, "l") != 0 ||
      std::strcmp(item_schema.children[1]->format, "f") != 0) {
    return refuse(name, "is a list of a type that a sample cannot hold.");
  }
  constexpr const char* kSuffixes[] = {"_ids", "_weights"};
  for (int i = 0; i < 2; ++i) {
    const ArrowArray& part = *items.children[i];
    Column half = column;
    half.element_shift += part.offset;
    if (has_null_elements(half, part)) return refuse(name, kNullsWithin);
    Status status = add_values(*item_schema.children[i], part, name + kSuffixes[i], std::move(half));
    if (!status.ok()) return status;
  }
  return Status::success();
}

Status SampleEncoder::add_values(const ArrowSchema& schema, const ArrowArray& array, const std::string& name,
                                 Column column) {
  const char format = schema.format[0];
  if (array.n_buffers < 2) return refuse(name, "does not fit its schema.");
  column.values = array.buffers[1];
  if (format == 'f') {
    column.payload = Payload::kFloats;
  } else if (format == 'l') {
    column.payload = Payload::kIntegers;
  } else {
    if (array.n_buffers < 3) return refuse(name, "does not fit its schema.");
    column.payload = Payload::kTexts;
    column.text_offsets = array.buffers[1];
    column.wide_text_offsets = format == 'U' || format == 'Z';
    column.values = array.buffers[2];
  }
  column.key = static_cast<char>(kField1) + varint(name.size()) + name;
  if (column.payload == Payload::kFloats && column.offsets == nullptr) {
    const auto packed = static_cast<size_t>(column.width) * sizeof(float);
    const size_t list = packed == 0 ? 0 : field_size(packed);
    const size_t entry = column.key.size() + field_size(field_size(list));
    column.fixed_head = static_cast<char>(kField1) + varint(entry) + column.key;
    column.fixed_head += static_cast<char>(kField2) + varint(field_size(list));
    column.fixed_head += static_cast<char>(kField2) + varint(list);
    if (packed > 0) column.fixed_head += static_cast<char>(kField1) + varint(packed);
    column.fixed_size = column.fixed_head.size();
    column.fixed_head.append(kOvershoot, '\0');
    column.constant = column.valid == nullptr;
    if (column.constant) constant_size_ += column.fixed_size + packed;
  }
  columns_.push_back(std::move(column));
  names_.push_back(name);
  return Status::success();
}

size_t SampleEncoder::integer_bytes(const Column& column, int64_t begin, int64_t count) {
  const auto* values = static_cast<const int64_t*>(column.values) + begin;
  size_t size = 0;
  for (int64_t i = 0; i < count; ++i) size += varint_size(static_cast<uint64_t>(values[i]));
  return size;
}

size_t SampleEncoder::text_size(const Column& column, int64_t element) {
  return static_cast<size_t>(offset_at(column.text_offsets, column.wide_text_offsets, element + 1) -
                             offset_at(column.text_offsets, column.wide_text_offsets, element));
}

const char* SampleEncoder::text_begin(const Column& column, int64_t element) {
  return static_cast<const char*>(column.values) + offset_at(column.text_offsets, column.wide_text_offsets, element);
}

SampleEncoder::Span SampleEncoder::elements(const Column& column, int64_t row) {
  Span span;
  const int64_t at = row + column.shift;
  span.present = column.valid == nullptr || bit(column.valid, at);
  if (!span.present) return span;
  if (column.offsets == nullptr) {
    span.begin = at * column.width + column.element_shift;
    span.count = column.width;
    return span;
  }
  const int64_t begin = offset_at(column.offsets, column.wide_offsets, at);
  span.begin = begin + column.element_shift;
  span.count = offset_at(column.offsets, column.wide_offsets, at + 1) - begin;
  return span;
}

// Lists that are null may have nulls in their place.
bool SampleEncoder::has_null_elements(const Column& column, const ArrowArray& items) const {
  const uint8_t* bits = validity(items);
  for (int64_t row = 0; bits != nullptr && row < rows_; ++row) {
    const Span span = elements(column, row);
    if (span.present && has_null(bits, span.begin, span.count)) return true;
  }
  return false;
}

void SampleEncoder::measure(const Column& column, int64_t row, Span* span) {
  *span = elements(column, row);
  if (!span->present || column.fixed_size > 0) return;
  const auto count = static_cast<size_t>(span->count);
  switch (column.payload) {
    case Payload::kFloats:
      span->packed = count * sizeof(float);
      break;
    case Payload::kIntegers:
      span->packed = integer_bytes(column, span->begin, span->count);
      break;
    case Payload::kTexts:
      span->packed = 0;
      for (int64_t i = 0; i < span->count; ++i) span->packed += field_size(text_size(column, span->begin + i));
      break;
  }
  if (!column.steps) {
    span->list = span->packed == 0 || column.payload == Payload::kTexts ? span->packed : field_size(span->packed);
    return;
  }
  // A step is a Feature with a list of one value. Its lengths take one byte each while the value is short.
  if (column.payload == Payload::kFloats) {
    span->list = count * field_size(field_size(field_size(sizeof(float))));
  } else if (column.payload == Payload::kIntegers) {
    span->list = span->packed + count * 6;
  } else {
    span->list = 0;
    for (int64_t i = 0; i < span->count; ++i) {
      span->list += field_size(field_size(field_size(text_size(column, span->begin + i))));
    }
  }
}

uint8_t* SampleEncoder::write_list(const Column& column, const Span& span, uint8_t* at) {
  switch (column.payload) {
    case Payload::kFloats:
      if (span.count == 0) return at;
      at = write_head(kField1, span.packed, at);
      return write_bytes(static_cast<const float*>(column.values) + span.begin, span.packed, at);
    case Payload::kIntegers: {
      if (span.count == 0) return at;
      at = write_head(kField1, span.packed, at);
      const auto* values = static_cast<const int64_t*>(column.values) + span.begin;
      for (int64_t i = 0; i < span.count; ++i) at = write_varint(static_cast<uint64_t>(values[i]), at);
      return at;
    }
    case Payload::kTexts:
      for (int64_t i = 0; i < span.count; ++i) {
        const size_t size = text_size(column, span.begin + i);
        at = write_head(kField1, size, at);
        at = write_bytes(text_begin(column, span.begin + i), size, at);
      }
      return at;
  }
  return at;
}

uint8_t* SampleEncoder::write_steps(const Column& column, const Span& span, uint8_t* at) {
  const uint8_t tag = list_tag(static_cast<int>(column.payload));
  for (int64_t i = 0; i < span.count; ++i) {
    Span step;
    step.begin = span.begin + i;
    step.count = 1;
    switch (column.payload) {
      case Payload::kFloats:
        step.packed = sizeof(float);
        break;
      case Payload::kIntegers:
        step.packed = integer_bytes(column, step.begin, 1);
        break;
      case Payload::kTexts:
        step.packed = text_size(column, step.begin);
        break;
    }
    const size_t list = field_size(step.packed);
    at = write_head(kField1, field_size(list), at);
    at = write_head(tag, list, at);
    at = write_list(column, step, at);
  }
  return at;
}

uint8_t* SampleEncoder::write_fixed(const Column& column, int64_t begin, uint8_t* at) {
  at = write_padded(column.fixed_head.data(), column.fixed_size, at);
  const float* values = static_cast<const float*>(column.values) + begin;
  if (column.width == 1) {
    std::memcpy(at, values, sizeof(float));
    return at + sizeof(float);
  }
  return write_bytes(values, static_cast<size_t>(column.width) * sizeof(float), at);
}

uint8_t* SampleEncoder::write_entry(const Column& column, const Span& span, uint8_t* at) {
  if (column.fixed_size > 0) return write_fixed(column, span.begin, at);
  const size_t value = column.steps ? span.list : field_size(span.list);
  at = write_head(kField1, column.key.size() + field_size(value), at);
  at = write_bytes(column.key.data(), column.key.size(), at);
  at = write_head(kField2, value, at);
  if (column.steps) return write_steps(column, span, at);
  at = write_head(list_tag(static_cast<int>(column.payload)), span.list, at);
  return write_list(column, span, at);
}

Status SampleEncoder::append_record(int64_t row, RecordBuffer* out) {
  size_t context = constant_size_;
  size_t lists = 0;
  for (size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    if (column.constant) continue;
    Span& span = spans_[c];
    measure(column, row, &span);
    if (!span.present) continue;
    if (column.fixed_size > 0) {
      context += column.fixed_size + static_cast<size_t>(column.width) * sizeof(float);
      continue;
    }
    const size_t value = column.steps ? span.list : field_size(span.list);
    (column.steps ? lists : context) += field_size(column.key.size() + field_size(value));
  }
  const bool sequence = form_ == SampleForm::kSequenceExample;
  const size_t message = field_size(context) + (sequence ? field_size(lists) : 0);
  if (message > kLargestMessage) {
    return Status::error(ErrorCode::kLimit, "Row " + std::to_string(row) + " makes a sample of " +
                                                std::to_string(message) + " bytes; readers take less than 2 GiB.");
  }
  uint8_t* const record = out->room(message + kFrame + kOvershoot);
  const uint64_t length = message;
  std::memcpy(record, &length, 8);
  const uint32_t length_checksum = masked_crc32c(record, 8);
  std::memcpy(record + 8, &length_checksum, 4);
  uint8_t* const begin = record + 12;
  uint8_t* at = write_head(kField1, context, begin);
  for (size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    if (column.constant) {
      at = write_fixed(column, (row + column.shift) * column.width + column.element_shift, at);
    } else if (spans_[c].present && !column.steps) {
      at = write_entry(column, spans_[c], at);
    }
  }
  if (sequence) {
    at = write_head(kField2, lists, at);
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (spans_[c].present && columns_[c].steps) at = write_entry(columns_[c], spans_[c], at);
    }
  }
  const uint32_t checksum = masked_crc32c(begin, message);
  std::memcpy(at, &checksum, 4);
  out->wrote(message + kFrame);
  return Status::success();
}

}  // namespace feature_extractor
