// The checks that opening a resource file makes, each with the error that it reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "resource/resource_format.h"
#include "status.h"

namespace feature_extractor {

// Verifies sections of one file; the first violation is kept, and later checks then change nothing.
class SectionBounds {
 public:
  SectionBounds(std::span<const std::byte> bytes, std::string_view kind) : bytes_(bytes), kind_(kind) {}

  // Copies the header, whose first members are magic and version, and compares them and the file's
  // size.
  template <class Header>
  Header read_header(const char (&magic)[8]) {
    Header header = {};
    if (reinterpret_cast<uintptr_t>(bytes_.data()) % alignof(uint64_t) != 0) {
      fail(ErrorCode::kInvalidArgument, "does not start at a multiple of 8 bytes in memory");
    } else if (bytes_.size() < sizeof(Header)) {
      fail(ErrorCode::kCorrupt, "has " + std::to_string(bytes_.size()) + " bytes, which is less than its header");
    } else {
      std::memcpy(&header, bytes_.data(), sizeof(Header));
      if (std::memcmp(header.magic, magic, sizeof(magic)) != 0) {
        fail(ErrorCode::kCorrupt, "does not start with the signature of its kind");
      } else if (header.version != kResourceVersion) {
        fail(ErrorCode::kUnsupportedVersion, "has format version " + std::to_string(header.version) +
                                                 "; this engine reads version " + std::to_string(kResourceVersion));
      } else if (header.file_size != bytes_.size()) {
        fail(ErrorCode::kCorrupt,
             "should have " + std::to_string(header.file_size) + " bytes and has " + std::to_string(bytes_.size()));
      }
    }
    return header;
  }

  void require(bool condition, std::string_view violation) {
    if (!condition) fail(ErrorCode::kCorrupt, std::string(violation));
  }

  // The start of a section of `count` values of `value_size` bytes and `padding` more bytes. Counts
  // are below 2^33 and value sizes below 128, or the section is of text with value size 1, so
  // nothing overflows.
  const unsigned char* section(std::string_view name, uint64_t offset, uint64_t count, uint64_t value_size,
                               uint64_t padding = 0) {
    const uint64_t available = offset <= bytes_.size() ? bytes_.size() - offset : 0;
    if (offset % kSectionAlignment != 0) {
      fail(ErrorCode::kCorrupt, "has its " + std::string(name) + " at byte " + std::to_string(offset) +
                                    ", which is not a multiple of " + std::to_string(kSectionAlignment));
    } else if (padding > available || count > (available - padding) / value_size) {
      fail(ErrorCode::kCorrupt, "is too short for its " + std::string(name) + " at byte " + std::to_string(offset));
    }
    if (!status_.ok()) return nullptr;
    return reinterpret_cast<const unsigned char*>(bytes_.data()) + offset;
  }

  const uint64_t* slots(uint64_t offset, uint64_t slot_count, uint64_t keys, uint32_t probe_limit) {
    require(keys <= kMaximumKeys, "has more keys than the format allows");
    require(slot_count != 0 && (slot_count & (slot_count - 1)) == 0 && slot_count <= (uint64_t{1} << 33),
            "has a number of hash slots that is not a power of two");
    require(probe_limit <= kMaximumProbes && probe_limit <= slot_count, "allows longer searches than the format");
    return reinterpret_cast<const uint64_t*>(section("hash slots", offset, slot_count, sizeof(uint64_t)));
  }

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }

 private:
  void fail(ErrorCode code, std::string violation) {
    if (!status_.ok()) return;
    status_ = Status::error(code, "The " + std::string(kind_) + " " + std::move(violation) +
                                      ". Compile the package again, or copy it again from where it was made.");
  }

  std::span<const std::byte> bytes_;
  std::string_view kind_;
  Status status_;
};

}  // namespace feature_extractor
