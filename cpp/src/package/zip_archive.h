// Reads ZIP archives whose members are stored without compression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "status.h"

namespace feature_extractor {

struct ZipMember {
  std::string_view name;
  std::span<const std::byte> data;
  uint64_t offset = 0;  // Of the data from the start of the archive.
  uint32_t crc32 = 0;   // As both headers state it; not compared with the data.
};

// The archive's bytes must outlive it. It reads the ZIP format (PKWARE APPNOTE 6.3.10, ZIP64
// included) in the strict form that a package needs, so that no two readers can see different
// contents in one file: members are stored, lie in the order of the central directory, without gaps
// or overlaps from the first byte on; local and central headers agree; names are different; there
// are no comments, data descriptors, encryption, or several disks; extra fields hold ZIP64 sizes or
// zeros that align the data; and all members have the same time stamp and attributes.
class ZipArchive {
 public:
  // Fails with kCorrupt; the message says what is wrong and at which byte, without naming the
  // archive.
  static StatusOr<ZipArchive> open(std::span<const std::byte> bytes);

  const std::vector<ZipMember>& members() const { return members_; }
  // The member with this name, or nullptr.
  const ZipMember* find(std::string_view name) const;

 private:
  std::vector<ZipMember> members_;
};

// The CRC-32 of the ZIP format, a few hundred megabytes per second.
uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace feature_extractor
