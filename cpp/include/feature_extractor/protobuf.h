// Messages of Protocol Buffers in their wire format, read without a schema: what to look for is a path of field numbers.
#pragma once

#include "feature_extractor/kernel.h"
#include "feature_extractor/text.h"

#include <optional>
#include <string>

namespace feature_extractor::protobuf {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kLength = 2, kStartGroup = 3, kEndGroup = 4, kFixed32 = 5 };

// One field as it stands on the wire: a number of up to 64 bits, or bytes; those of a group are what is between its ends.
struct Field {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t bits = 0;
  Text bytes;
};

// Field numbers from the outermost message inwards, written "3.1".
struct Path {
  static constexpr size_t kMost = 16;
  static constexpr uint32_t kLargestNumber = (1u << 29) - 1;
  uint32_t numbers[kMost] = {};
  size_t size = 0;

  static std::optional<Path> read(Text path, BindError& error) {
    Path result;
    size_t at = 0;
    for (;;) {
      uint64_t number = 0;
      const size_t begin = at;
      for (; at < path.size() && path[at] >= '0' && path[at] <= '9' && number <= kLargestNumber; ++at) {
        number = number * 10 + static_cast<uint64_t>(path[at] - '0');
      }
      if (at == begin || number == 0 || number > kLargestNumber || result.size == kMost) break;
      result.numbers[result.size++] = static_cast<uint32_t>(number);
      if (at == path.size()) return result;
      if (path[at++] != '.') break;
    }
    error.set(
        "The path is 1 to 16 field numbers with dots between them, such as \"3.1\"; each is from 1 to 536870911.");
    return std::nullopt;
  }
};

// Reads the fields of one message, one after the other.
class Reader {
 public:
  explicit Reader(Text message = {}) : at_(message.data()), end_(at_ + message.size()) {}

  bool is_at_end() const { return at_ == end_; }
  const char* place() const { return at_; }

  bool read_varint(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 70 && at_ < end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool read_fixed(size_t size, uint64_t& value) {
    if (static_cast<size_t>(end_ - at_) < size) return false;
    value = 0;
    for (size_t i = 0; i < size; ++i) value |= static_cast<uint64_t>(static_cast<uint8_t>(at_[i])) << (8 * i);
    at_ += size;
    return true;
  }

  // The next field; a group comes as its start, with its bytes. False where the bytes are no message.
  bool read(Field& field) {
    if (!read_one(field) || field.type == WireType::kEndGroup) return false;
    if (field.type != WireType::kStartGroup) return true;
    // Groups are a form of old; each must end with its own number.
    constexpr size_t kDeepest = 32;
    uint32_t open[kDeepest];
    size_t depth = 0;
    open[depth++] = field.number;
    const char* const begin = at_;
    while (depth != 0) {
      field.bytes = Text(begin, static_cast<size_t>(at_ - begin));
      Field inner;
      if (!read_one(inner)) return false;
      if (inner.type == WireType::kStartGroup) {
        if (depth == kDeepest) return false;
        open[depth++] = inner.number;
      } else if (inner.type == WireType::kEndGroup && inner.number != open[--depth]) {
        return false;
      }
    }
    return true;
  }

 private:
  bool read_one(Field& field) {
    uint64_t tag = 0;
    if (!read_varint(tag) || tag > 0xFFFFFFFFu || tag >> 3 == 0) return false;
    field.number = static_cast<uint32_t>(tag >> 3);
    field.type = static_cast<WireType>(tag & 7);
    switch (field.type) {
      case WireType::kVarint:
        return read_varint(field.bits);
      case WireType::kFixed64:
        return read_fixed(8, field.bits);
      case WireType::kFixed32:
        return read_fixed(4, field.bits);
      case WireType::kLength: {
        uint64_t size = 0;
        if (!read_varint(size) || size > static_cast<uint64_t>(end_ - at_)) return false;
        field.bytes = Text(at_, size);
        at_ += size;
        return true;
      }
      case WireType::kStartGroup:
      case WireType::kEndGroup:
        return true;
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

// Calls `found(field)` for each field at the end of the path, in the order of the bytes. False where the message, or one
// that the path goes through, is none: then what was found is to be forgotten.
template <class Found>
bool for_each(const Path& path, Text message, Found&& found) {
  Reader readers[Path::kMost];
  size_t depth = 0;
  readers[0] = Reader(message);
  for (;;) {
    Reader& reader = readers[depth];
    if (reader.is_at_end()) {
      if (depth == 0) return true;
      --depth;
      continue;
    }
    Field field;
    if (!reader.read(field)) return false;
    if (field.number != path.numbers[depth]) continue;
    if (depth + 1 == path.size) {
      if (!found(field)) return false;
    } else if (field.type == WireType::kLength) {
      readers[++depth] = Reader(field.bytes);
    }
  }
}

// The last field of a type at the end of the path, which is the one that counts; nothing where the message is none.
inline std::optional<Field> last_field(const Path& path, Text message, WireType type) {
  std::optional<Field> last;
  const bool is_message = for_each(path, message, [&](const Field& field) {
    if (field.type == type) last = field;
    return true;
  });
  return is_message ? last : std::nullopt;
}

// How an integer is written, which its bytes do not tell.
struct IntType {
  WireType type = WireType::kVarint;
  uint8_t bits = 64;
  bool is_zigzag = false;
  bool is_unsigned = false;

  static IntType of(Text name) {
    IntType result;
    if (name == "bool") return {WireType::kVarint, 1, false, true};
    result.is_zigzag = name.starts_with("si");
    result.is_unsigned = name.starts_with("u") || name.starts_with("f");
    result.bits = name.ends_with("32") || name == "enum" ? 32 : 64;
    if (name.find("fixed") != Text::npos) {
      result.is_zigzag = false;
      result.type = result.bits == 32 ? WireType::kFixed32 : WireType::kFixed64;
    }
    return result;
  }

  int64_t value(uint64_t raw) const {
    if (bits == 1) return raw != 0;
    if (bits == 32) raw &= 0xFFFFFFFFu;
    if (is_zigzag) raw = raw >> 1 ^ (~(raw & 1) + 1);
    if (bits == 64) return static_cast<int64_t>(raw);
    return is_unsigned ? static_cast<int64_t>(raw & 0xFFFFFFFFu) : static_cast<int32_t>(static_cast<uint32_t>(raw));
  }

  // Calls `found(value)` for the value of a field, or for each of a packed one. False where a packed field ends too soon.
  template <class Found>
  bool for_each_value(const Field& field, Found&& found) const {
    if (field.type == type) {
      found(value(field.bits));
      return true;
    }
    if (field.type != WireType::kLength) return true;
    Reader reader(field.bytes);
    while (!reader.is_at_end()) {
      uint64_t raw = 0;
      if (!(type == WireType::kVarint ? reader.read_varint(raw) : reader.read_fixed(bits / 8, raw))) return false;
      found(value(raw));
    }
    return true;
  }
};

// The value of 32 or 64 bits.
inline double float_of(uint64_t bits, bool is_double) {
  if (is_double) return __builtin_bit_cast(double, bits);
  return static_cast<double>(__builtin_bit_cast(float, static_cast<uint32_t>(bits)));
}

// Calls `found(value)` for the value of a field of floats or doubles, or for each of a packed one.
template <class Found>
bool for_each_float(const Field& field, bool is_double, Found&& found) {
  if (field.type == (is_double ? WireType::kFixed64 : WireType::kFixed32)) {
    found(float_of(field.bits, is_double));
    return true;
  }
  if (field.type != WireType::kLength) return true;
  Reader reader(field.bytes);
  while (!reader.is_at_end()) {
    uint64_t bits = 0;
    if (!reader.read_fixed(is_double ? 8 : 4, bits)) return false;
    found(float_of(bits, is_double));
  }
  return true;
}

// The text that bytes are in UTF-8.
inline Nullable<Text> text_of(Text bytes) {
  if (text::is_ascii(bytes)) return bytes;
  const char* const end = bytes.data() + bytes.size();
  for (const char* at = bytes.data(); at < end;) {
    const text::Decoded next = text::decode(at, end);
    if (next.size == 1 && static_cast<uint8_t>(*at) >= 0x80) return null;
    at += next.size;
  }
  return bytes;
}

}  // namespace feature_extractor::protobuf
