#include "arrow/table_digest.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "engine/memory.h"
#include "plan/plan.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor {
namespace {

// Where the values of one array of the tree lie.
enum class Form : uint8_t {
  kNull,
  kBool,
  kInt8,
  kUInt8,
  kInt16,
  kUInt16,
  kInt32,
  kUInt32,
  kInt64,
  kUInt64,
  kFloat16,
  kFloat32,
  kFloat64,
  kBytes32,
  kBytes64,
  kBytesView,
  kFixedBytes,
  kList32,
  kList64,
  kListView32,
  kListView64,
  kFixedList,
  kStruct,
  kDictionary,
};

struct Node {
  Form form = Form::kNull;
  Form indices = Form::kNull;      // Of a dictionary.
  const uint8_t* valid = nullptr;  // Bits; nullptr where no row is null.
  const ArrowArray* array = nullptr;
  int64_t multiply = 1;  // Of time values, to microseconds ...
  int64_t divide = 1;    // ... rounded towards minus infinity, as inputs are read.
  int64_t size = 0;      // Of fixed-size lists and fixed-size bytes.
  std::vector<Node> children;
};

constexpr uint8_t kNullTag = 0;
constexpr uint8_t kValueTag = 1;

// Bytes of one value. Every write leaves room for eight more, so that small values are stored as whole words.
class Encoding {
 public:
  Encoding() { grow(256); }

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  void clear() { size_ = 0; }

  uint8_t* room(size_t bytes) {
    if (size_ + bytes + kSlack > capacity_) grow(size_ + bytes + kSlack);
    return data_ + size_;
  }
  void wrote(size_t bytes) { size_ += bytes; }

  void tag(uint8_t value) {
    *room(1) = value;
    wrote(1);
  }
  void word(uint64_t value) {
    std::memcpy(room(8), &value, 8);
    wrote(8);
  }
  void text(const char* bytes, size_t count) {
    word(count);
    uint8_t* target = room(count);
    if (count > 0) std::memcpy(target, bytes, count);
    wrote(count);
  }

 private:
  static constexpr size_t kSlack = 8;

  void grow(size_t bytes) {
    data_ = buffer_.reserve_array<uint8_t>(bytes, size_);
    capacity_ = buffer_.capacity();
  }

  Buffer buffer_;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

template <class T>
T load(const void* base, int64_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(base) + index * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

bool bit(const void* bits, int64_t index) {
  return (static_cast<const uint8_t*>(bits)[index >> 3] >> (index & 7) & 1) != 0;
}

// Every binary16 is a binary32; NaNs keep their payload.
uint32_t half_to_float_bits(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 31;
  uint32_t mantissa = half & 1023;
  if (exponent == 31) return sign | 0x7F800000 | mantissa << 13;
  if (exponent == 0) {
    if (mantissa == 0) return sign;
    exponent = 1;
    while ((mantissa & 1024) == 0) {
      mantissa <<= 1;
      --exponent;
    }
    mantissa &= 1023;
  }
  return sign | (exponent + 112) << 23 | mantissa << 13;
}

int64_t load_integer(Form form, const void* values, int64_t index) {
  switch (form) {
    case Form::kInt8:
      return load<int8_t>(values, index);
    case Form::kUInt8:
      return load<uint8_t>(values, index);
    case Form::kInt16:
      return load<int16_t>(values, index);
    case Form::kUInt16:
      return load<uint16_t>(values, index);
    case Form::kInt32:
      return load<int32_t>(values, index);
    case Form::kUInt32:
      return load<uint32_t>(values, index);
    default:
      return load<int64_t>(values, index);
  }
}

void encode(const Node& node, int64_t row, Encoding* out);

void encode_elements(const Node& child, int64_t begin, int64_t count, Encoding* out) {
  out->word(static_cast<uint64_t>(count));
  if (child.valid == nullptr && child.form == Form::kFloat32) {
    // Vectors are the widest features: tag and bits of each element in one store.
    const auto* values = static_cast<const char*>(child.array->buffers[1]) + (begin + child.array->offset) * 4;
    uint8_t* target = out->room(static_cast<size_t>(count) * 5);
    for (int64_t i = 0; i < count; ++i) {
      const uint64_t word = kValueTag | static_cast<uint64_t>(load<uint32_t>(values, i)) << 8;
      std::memcpy(target + i * 5, &word, 8);
    }
    out->wrote(static_cast<size_t>(count) * 5);
    return;
  }
  for (int64_t i = 0; i < count; ++i) encode(child, begin + i, out);
}

// Appends the encoding of one value. `row` does not have the array's own offset in it yet.
void encode(const Node& node, int64_t row, Encoding* out) {
  const ArrowArray& array = *node.array;
  const int64_t at = row + array.offset;
  if (node.form == Form::kNull || (node.valid != nullptr && !bit(node.valid, at))) return out->tag(kNullTag);
  const auto buffer = [&](int index) { return array.buffers[index]; };
  switch (node.form) {
    case Form::kNull:
      return;
    case Form::kBool:
      out->tag(kValueTag);
      return out->tag(bit(buffer(1), at) ? 1 : 0);
    case Form::kInt8:
    case Form::kUInt8:
    case Form::kInt16:
    case Form::kUInt16:
    case Form::kInt32:
    case Form::kUInt32:
    case Form::kInt64:
    case Form::kUInt64: {
      int64_t value = load_integer(node.form, buffer(1), at);
      if (node.divide != 1) value = value / node.divide - (value % node.divide < 0 ? 1 : 0);
      if (node.multiply != 1 && __builtin_mul_overflow(value, node.multiply, &value)) return out->tag(kNullTag);
      out->tag(kValueTag);
      return out->word(static_cast<uint64_t>(value));
    }
    case Form::kFloat16:
    case Form::kFloat32: {
      const uint32_t bits = node.form == Form::kFloat16 ? half_to_float_bits(load<uint16_t>(buffer(1), at))
                                                        : load<uint32_t>(buffer(1), at);
      const uint64_t word = kValueTag | static_cast<uint64_t>(bits) << 8;
      std::memcpy(out->room(5), &word, 8);
      return out->wrote(5);
    }
    case Form::kFloat64:
      out->tag(kValueTag);
      return out->word(load<uint64_t>(buffer(1), at));
    case Form::kBytes32: {
      const int32_t begin = load<int32_t>(buffer(1), at);
      const int32_t end = load<int32_t>(buffer(1), at + 1);
      out->tag(kValueTag);
      return out->text(static_cast<const char*>(buffer(2)) + begin, static_cast<size_t>(end - begin));
    }
    case Form::kBytes64: {
      const int64_t begin = load<int64_t>(buffer(1), at);
      const int64_t end = load<int64_t>(buffer(1), at + 1);
      out->tag(kValueTag);
      return out->text(static_cast<const char*>(buffer(2)) + begin, static_cast<size_t>(end - begin));
    }
    case Form::kBytesView: {
      // A view is 16 bytes: the length, then the text if it has at most 12 bytes; else 4 bytes of it, buffer and offset.
      const char* view = static_cast<const char*>(buffer(1)) + at * 16;
      const int32_t length = load<int32_t>(view, 0);
      const char* text = view + 4;
      if (length > 12) text = static_cast<const char*>(buffer(2 + load<int32_t>(view, 2))) + load<int32_t>(view, 3);
      out->tag(kValueTag);
      return out->text(text, static_cast<size_t>(length));
    }
    case Form::kFixedBytes:
      out->tag(kValueTag);
      return out->text(static_cast<const char*>(buffer(1)) + at * node.size, static_cast<size_t>(node.size));
    case Form::kList32: {
      const int32_t begin = load<int32_t>(buffer(1), at);
      out->tag(kValueTag);
      return encode_elements(node.children[0], begin, load<int32_t>(buffer(1), at + 1) - begin, out);
    }
    case Form::kList64: {
      const int64_t begin = load<int64_t>(buffer(1), at);
      out->tag(kValueTag);
      return encode_elements(node.children[0], begin, load<int64_t>(buffer(1), at + 1) - begin, out);
    }
    case Form::kListView32:
      out->tag(kValueTag);
      return encode_elements(node.children[0], load<int32_t>(buffer(1), at), load<int32_t>(buffer(2), at), out);
    case Form::kListView64:
      out->tag(kValueTag);
      return encode_elements(node.children[0], load<int64_t>(buffer(1), at), load<int64_t>(buffer(2), at), out);
    case Form::kFixedList:
      out->tag(kValueTag);
      return encode_elements(node.children[0], at * node.size, node.size, out);
    case Form::kStruct:
      out->tag(kValueTag);
      for (const Node& child : node.children) encode(child, at, out);
      return;
    case Form::kDictionary:
      // The dictionary has the tag, since it may have a null among its values.
      return encode(node.children[0], load_integer(node.indices, buffer(1), at), out);
  }
}

// Finds out how an array is to be read.
class Reader {
 public:
  bool read(const ArrowSchema& schema, const ArrowArray& array, const std::string& place, int depth, Node* node) {
    if (depth > kMaximumNesting) return fail(place, "is nested too deeply");
    if (schema.format == nullptr) return fail(place, "has no Arrow format");
    node->array = &array;
    const std::string_view format = schema.format;
    if (!choose(format, node))
      return fail(place, "is of Arrow format '" + std::string(format) + "', which has no digest");
    if (schema.dictionary != nullptr) {
      if (array.dictionary == nullptr) return fail(place, "has no dictionary");
      if (node->form < Form::kInt8 || node->form > Form::kUInt64) return fail(place, "has an ill-formed dictionary");
      node->indices = node->form;
      node->form = Form::kDictionary;
    }
    if (array.length < 0 || array.offset < 0 || array.n_buffers < least_buffers(node->form) ||
        (array.n_buffers > 0 && array.buffers == nullptr)) {
      return fail(place, "does not fit its schema");
    }
    // Offsets and values may be left out where there is no row to read.
    if (array.length > 0) {
      for (int i = 1; i < least_buffers(node->form); ++i) {
        const bool values_of_text = i == 2 && (node->form == Form::kBytes32 || node->form == Form::kBytes64);
        if (array.buffers[i] == nullptr && !values_of_text && !(node->form == Form::kFixedBytes && node->size == 0)) {
          return fail(place, "does not fit its schema");
        }
      }
    }
    if (node->form != Form::kNull && array.null_count != 0 && array.n_buffers > 0) {
      node->valid = static_cast<const uint8_t*>(array.buffers[0]);
    }
    if (node->form == Form::kDictionary) {
      node->children.resize(1);
      return read(*schema.dictionary, *array.dictionary, place, depth + 1, &node->children[0]);
    }
    const bool is_list = node->form >= Form::kList32 && node->form <= Form::kFixedList;
    if (!is_list && node->form != Form::kStruct) return true;
    if (schema.n_children != array.n_children || (is_list && schema.n_children != 1)) {
      return fail(place, "does not fit its schema");
    }
    node->children.resize(static_cast<size_t>(schema.n_children));
    for (int64_t c = 0; c < schema.n_children; ++c) {
      const char* name = schema.children[c]->name;
      const std::string inner = is_list ? place + "[]" : place + "." + (name == nullptr ? "" : name);
      if (!read(*schema.children[c], *array.children[c], inner, depth + 1, &node->children[static_cast<size_t>(c)])) {
        return false;
      }
    }
    return true;
  }

  Status status() const { return status_; }

 private:
  bool fail(const std::string& place, const std::string& what) {
    status_ = Status::error(ErrorCode::kInvalidArgument, "Column '" + place + "' " + what + ".");
    return false;
  }

  static int least_buffers(Form form) {
    switch (form) {
      case Form::kNull:
      case Form::kStruct:
      case Form::kFixedList:
        return 0;
      case Form::kBytes32:
      case Form::kBytes64:
      case Form::kListView32:
      case Form::kListView64:
        return 3;
      default:
        return 2;
    }
  }

  static bool choose(std::string_view format, Node* node) {
    static constexpr std::string_view kFlat = "cCsSiIlLefg";
    if (format.size() == 1) {
      switch (format[0]) {
        case 'n':
          node->form = Form::kNull;
          return true;
        case 'b':
          node->form = Form::kBool;
          return true;
        case 'u':
        case 'z':
          node->form = Form::kBytes32;
          return true;
        case 'U':
        case 'Z':
          node->form = Form::kBytes64;
          return true;
        default:
          break;
      }
      const size_t index = kFlat.find(format[0]);
      if (index == std::string_view::npos) return false;
      node->form = static_cast<Form>(static_cast<size_t>(Form::kInt8) + index);
      return true;
    }
    static constexpr std::pair<std::string_view, Form> kNested[] = {
        {"vu", Form::kBytesView}, {"vz", Form::kBytesView},   {"+l", Form::kList32},      {"+m", Form::kList32},
        {"+L", Form::kList64},    {"+vl", Form::kListView32}, {"+vL", Form::kListView64}, {"+s", Form::kStruct},
    };
    for (const auto& [code, form] : kNested) {
      if (format == code) {
        node->form = form;
        return true;
      }
    }
    const auto sized = [&](std::string_view prefix, Form form) {
      if (!format.starts_with(prefix)) return false;
      node->form = form;
      const std::string_view digits = format.substr(prefix.size());
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), node->size);
      return error == std::errc() && end == digits.data() + digits.size() && node->size >= 0;
    };
    return sized("w:", Form::kFixedBytes) || sized("+w:", Form::kFixedList) || choose_time(format, node);
  }

  static bool choose_time(std::string_view format, Node* node) {
    node->form = Form::kInt64;
    if (format == "tdD") {
      node->form = Form::kInt32;
      node->multiply = 86'400'000'000;
      return true;
    }
    if (format == "tdm") {
      node->multiply = 1000;
      return true;
    }
    const bool of_day = format.starts_with("tt");
    if (format.size() < 3 || (!of_day && !format.starts_with("ts") && !format.starts_with("tD"))) return false;
    switch (format[2]) {
      case 's':
        node->multiply = 1'000'000;
        break;
      case 'm':
        node->multiply = 1000;
        break;
      case 'u':
        break;
      case 'n':
        node->divide = 1000;
        break;
      default:
        return false;
    }
    if (of_day && (format[2] == 's' || format[2] == 'm')) node->form = Form::kInt32;
    return true;
  }

  Status status_;
};

Digest128 hash(const void* bytes, size_t size) {
  const XXH128_hash_t value = XXH3_128bits(bytes, size);
  return {value.low64, value.high64};
}

// Hashes rows [begin, begin + count) of a column to hashes[0], hashes[stride], ...
void hash_column(const Node& node, const Node& table, int64_t begin, int64_t count, size_t stride, Encoding* scratch,
                 Digest128* hashes) {
  const int64_t shift = table.array->offset;
  // Flat columns of floats and integers are most features: their encodings never leave the registers.
  const bool flat = node.valid == nullptr && table.valid == nullptr && node.multiply == 1 && node.divide == 1;
  if (flat && (node.form == Form::kFloat32 || node.form == Form::kInt64)) {
    const void* values = node.array->buffers[1];
    const int64_t first = begin + shift + node.array->offset;
    if (node.form == Form::kFloat32) {
      for (int64_t i = 0; i < count; ++i) {
        const uint64_t word = kValueTag | static_cast<uint64_t>(load<uint32_t>(values, first + i)) << 8;
        hashes[static_cast<size_t>(i) * stride] = hash(&word, 5);
      }
    } else {
      for (int64_t i = 0; i < count; ++i) {
        const auto value = load<uint64_t>(values, first + i);
        const uint64_t words[2] = {kValueTag | value << 8, value >> 56};
        hashes[static_cast<size_t>(i) * stride] = hash(words, 9);
      }
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    const int64_t row = begin + i + shift;
    scratch->clear();
    // In a row that is null as a whole, every column is null.
    if (table.valid != nullptr && !bit(table.valid, row)) {
      scratch->tag(kNullTag);
    } else {
      encode(node, row, scratch);
    }
    hashes[static_cast<size_t>(i) * stride] = hash(scratch->data(), scratch->size());
  }
}

}  // namespace

std::string Digest128::hex() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (size_t i = 0; i < 16; ++i) {
    text[15 - i] = kDigits[high >> (4 * i) & 15];
    text[31 - i] = kDigits[low >> (4 * i) & 15];
  }
  return text;
}

Status add_to_digest(const ArrowSchema& schema, const ArrowArray& array, TableDigest* digest) {
  if (schema.format == nullptr || std::strcmp(schema.format, "+s") != 0 || schema.n_children != array.n_children) {
    return Status::error(ErrorCode::kInvalidArgument, "The table must be a record batch (an Arrow struct array).");
  }
  const auto width = static_cast<size_t>(schema.n_children);
  if (!digest->columns.empty() && digest->columns.size() != width) {
    return Status::error(ErrorCode::kInvalidArgument, "The parts of the table have different numbers of columns.");
  }
  if (array.length < 0 || array.offset < 0) {
    return Status::error(ErrorCode::kInvalidArgument, "The record batch has a negative length or offset.");
  }
  Node table;
  table.array = &array;
  table.children.resize(width);
  if (array.null_count != 0 && array.n_buffers > 0 && array.buffers != nullptr) {
    table.valid = static_cast<const uint8_t*>(array.buffers[0]);
  }
  Reader reader;
  for (size_t c = 0; c < width; ++c) {
    const char* name = schema.children[c]->name;
    if (!reader.read(*schema.children[c], *array.children[c], name == nullptr ? "" : name, 0, &table.children[c])) {
      return reader.status();
    }
  }
  digest->columns.resize(width);
  // So many rows that the hashes of a block stay in the second-level cache.
  const auto block = static_cast<int64_t>(std::clamp<size_t>(16384 / std::max<size_t>(width, 1), 16, 1024));
  Buffer buffer;
  auto* hashes = buffer.reserve_array<Digest128>(static_cast<size_t>(block) * width + 1);
  Encoding scratch;
  for (int64_t begin = 0; begin < array.length; begin += block) {
    const int64_t count = std::min(block, array.length - begin);
    for (size_t c = 0; c < width; ++c) {
      hash_column(table.children[c], table, begin, count, width, &scratch, hashes + c);
      for (int64_t i = 0; i < count; ++i) digest->columns[c].add(hashes[c + static_cast<size_t>(i) * width]);
    }
    // The hashes of a row's columns, side by side in memory, are the 16 little-endian bytes each that the definition names.
    for (int64_t i = 0; i < count; ++i) {
      digest->rows.add(hash(hashes + static_cast<size_t>(i) * width, width * sizeof(Digest128)));
    }
  }
  digest->count += array.length;
  return Status::success();
}

}  // namespace feature_extractor
