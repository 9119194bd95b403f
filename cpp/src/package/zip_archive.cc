#include "package/zip_archive.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string>

namespace feature_extractor {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers of a ZIP archive are copied as they are");

constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr uint32_t kCentralSignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kLocatorSignature = 0x07064b50;
constexpr uint64_t kLocalSize = 30;
constexpr uint64_t kCentralSize = 46;
constexpr uint64_t kEndSize = 22;
constexpr uint64_t kEnd64Size = 56;
constexpr uint64_t kLocatorSize = 20;
constexpr uint16_t kUtf8Names = 0x800;  // The only general purpose flag that a package may have.
constexpr uint16_t kZip64Field = 0x0001;
constexpr uint16_t kPaddingField = 0xD935;  // What Android's tools use to align data.
constexpr uint32_t kSaturated32 = 0xFFFFFFFF;
constexpr uint16_t kSaturated16 = 0xFFFF;
constexpr uint64_t kMaximumMembers = 10'000;

constexpr std::array<uint32_t, 256> crc32_table() {
  std::array<uint32_t, 256> table = {};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0u);
    table[i] = value;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kCrc32Table = crc32_table();

// Reads numbers one after the other; the caller has checked that they are there.
class Fields {
 public:
  explicit Fields(const std::byte* next) : next_(next) {}
  uint16_t u16() { return read<uint16_t>(); }
  uint32_t u32() { return read<uint32_t>(); }
  uint64_t u64() { return read<uint64_t>(); }

 private:
  template <class T>
  T read() {
    T value;
    std::memcpy(&value, next_, sizeof(T));
    next_ += sizeof(T);
    return value;
  }
  const std::byte* next_;
};

Status corrupt(uint64_t offset, const std::string& problem) {
  return Status::error(ErrorCode::kCorrupt, "at byte " + std::to_string(offset) + ": " + problem);
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Directory {
  uint64_t count = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
};

// What the local and the central header of a member both say.
struct Header {
  uint16_t version_needed = 0;
  uint16_t flags = 0;
  uint16_t method = 0;
  uint16_t time = 0;
  uint16_t date = 0;
  uint32_t crc32 = 0;
  uint64_t compressed_size = 0;
  uint64_t size = 0;
  std::string_view name;

  bool operator==(const Header&) const = default;

  static Header read_start(Fields* fields) {
    Header header;
    header.version_needed = fields->u16();
    header.flags = fields->u16();
    header.method = fields->u16();
    header.time = fields->u16();
    header.date = fields->u16();
    header.crc32 = fields->u32();
    header.compressed_size = fields->u32();
    header.size = fields->u32();
    return header;
  }
};

struct ExtraFields {
  std::span<const std::byte> zip64;
  bool has_zip64 = false;
  bool has_padding = false;
  uint64_t padding_size = 0;
};

StatusOr<ExtraFields> read_extra_fields(std::span<const std::byte> extra, uint64_t at) {
  ExtraFields result;
  for (size_t next = 0; next < extra.size();) {
    if (extra.size() - next < 4) return corrupt(at + next, "an extra field is cut off.");
    Fields fields(extra.data() + next);
    const uint16_t kind = fields.u16();
    const uint16_t size = fields.u16();
    if (size > extra.size() - next - 4) return corrupt(at + next, "an extra field is longer than its header says.");
    const auto body = extra.subspan(next + 4, size);
    if (kind == kZip64Field) {
      if (result.has_zip64) return corrupt(at + next, "a member has two ZIP64 fields.");
      result.has_zip64 = true;
      result.zip64 = body;
    } else {
      if (kind != kPaddingField || result.has_padding) {
        return corrupt(at + next, "a member has an extra field that packages do not have.");
      }
      const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
      if (!std::all_of(body.begin(), body.end(), is_zero)) {
        return corrupt(at + next, "the padding of a member is not zero.");
      }
      result.has_padding = true;
      result.padding_size = size;
    }
    next += size_t{4} + size;
  }
  return result;
}

// Replaces sizes that say "see the ZIP64 field". `offset` is there for central headers only.
Status apply_zip64(const ExtraFields& extra, Header* header, uint64_t* offset, uint64_t at) {
  uint64_t* const candidates[] = {&header->size, &header->compressed_size, offset};
  size_t wanted = 0;
  for (uint64_t* value : candidates) wanted += value != nullptr && *value == kSaturated32 ? 1 : 0;
  if ((wanted != 0) != extra.has_zip64 || extra.zip64.size() != wanted * sizeof(uint64_t)) {
    return corrupt(at, "the ZIP64 field of a member does not fit its header.");
  }
  Fields fields(extra.zip64.data());
  for (uint64_t* value : candidates) {
    if (value != nullptr && *value == kSaturated32) *value = fields.u64();
  }
  return Status::success();
}

StatusOr<Directory> read_end64(std::span<const std::byte> bytes, uint64_t end_offset) {
  if (end_offset < kLocatorSize + kEnd64Size) {
    return corrupt(end_offset, "the central directory does not end where the end record begins.");
  }
  const uint64_t locator_offset = end_offset - kLocatorSize;
  const uint64_t end64_offset = locator_offset - kEnd64Size;
  Fields locator(bytes.data() + locator_offset);
  const bool locator_good =
      locator.u32() == kLocatorSignature && locator.u32() == 0 && locator.u64() == end64_offset && locator.u32() == 1;
  if (!locator_good) {
    return corrupt(end_offset, "the central directory does not end where the end record begins.");
  }
  Fields end64(bytes.data() + end64_offset);
  bool good = end64.u32() == kEnd64Signature && end64.u64() == kEnd64Size - 12;
  good &= end64.u16() == 45;  // Made by: version 4.5 of the format, which brought ZIP64.
  good &= end64.u16() == 45;  // Needed to read.
  good &= end64.u32() == 0 && end64.u32() == 0;
  Directory directory;
  directory.count = end64.u64();
  good &= end64.u64() == directory.count;
  directory.size = end64.u64();
  directory.offset = end64.u64();
  if (!good || directory.offset > end64_offset || directory.size != end64_offset - directory.offset) {
    return corrupt(end64_offset, "the ZIP64 end record is damaged.");
  }
  return directory;
}

StatusOr<Directory> read_end(std::span<const std::byte> bytes) {
  if (bytes.size() < kEndSize) return corrupt(0, "the file is too short for an archive.");
  const uint64_t end_offset = bytes.size() - kEndSize;
  Fields end(bytes.data() + end_offset);
  if (end.u32() != kEndSignature) {
    return corrupt(end_offset, "there is no end record; the file is cut off, or something was added to it.");
  }
  bool good = end.u16() == 0 && end.u16() == 0;
  Directory directory;
  directory.count = end.u16();
  good &= end.u16() == directory.count;
  directory.size = end.u32();
  directory.offset = end.u32();
  good &= end.u16() == 0;
  if (!good) return corrupt(end_offset, "the end record is damaged, or the archive has a comment.");
  if (directory.offset <= end_offset && directory.size == end_offset - directory.offset &&
      directory.count != kSaturated16) {
    return directory;
  }
  const auto large = read_end64(bytes, end_offset);
  if (!large.ok()) return large;
  // Writers saturate a number that is too large for the old record, and may repeat one that is not.
  const auto agrees = [](uint64_t old_value, uint64_t value, uint64_t saturated) {
    return old_value == value || (old_value == saturated && value >= saturated);
  };
  if (!agrees(directory.count, large->count, kSaturated16) || !agrees(directory.size, large->size, kSaturated32) ||
      !agrees(directory.offset, large->offset, kSaturated32)) {
    return corrupt(end_offset, "the end record and the ZIP64 end record differ.");
  }
  return large;
}

}  // namespace

uint32_t crc32(std::span<const std::byte> bytes) {
  uint32_t value = 0xFFFFFFFF;
  for (const std::byte byte : bytes) {
    value = (value >> 8) ^ kCrc32Table[(value ^ static_cast<uint32_t>(byte)) & 0xFF];
  }
  return ~value;
}

const ZipMember* ZipArchive::find(std::string_view name) const {
  for (const ZipMember& member : members_) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

StatusOr<ZipArchive> ZipArchive::open(std::span<const std::byte> bytes) {
  const auto directory = read_end(bytes);
  if (!directory.ok()) return directory.status();
  const uint64_t directory_end = directory->offset + directory->size;
  if (directory->count > kMaximumMembers) {
    return corrupt(directory->offset, "the archive has more than " + std::to_string(kMaximumMembers) + " members.");
  }
  if (directory->count > directory->size / kCentralSize) {
    return corrupt(directory->offset, "the central directory is too small for its members.");
  }
  ZipArchive archive;
  archive.members_.reserve(directory->count);
  uint64_t central_offset = directory->offset;
  uint64_t local_offset = 0;
  // What must be equal in all members, so that there is one way to write them.
  struct Origin {
    uint16_t made_by_host;
    uint16_t time;
    uint16_t date;
    uint32_t attributes;
    bool operator==(const Origin&) const = default;
  };
  std::optional<Origin> first_origin;

  for (uint64_t i = 0; i < directory->count; ++i) {
    // The central header.
    if (directory_end - central_offset < kCentralSize) {
      return corrupt(central_offset, "the central directory is cut off.");
    }
    Fields central(bytes.data() + central_offset);
    if (central.u32() != kCentralSignature) return corrupt(central_offset, "a directory entry is damaged.");
    const uint16_t made_by = central.u16();
    Header header = Header::read_start(&central);
    const uint64_t name_size = central.u16();
    const uint64_t extra_size = central.u16();
    const uint16_t comment_size = central.u16();
    const uint16_t disk = central.u16();
    const uint16_t internal_attributes = central.u16();
    const uint32_t attributes = central.u32();
    uint64_t stated_offset = central.u32();
    if (directory_end - central_offset - kCentralSize < name_size + extra_size) {
      return corrupt(central_offset, "a directory entry is cut off.");
    }
    header.name = text_of(bytes.subspan(central_offset + kCentralSize, name_size));
    const uint64_t extra_offset = central_offset + kCentralSize + name_size;
    const auto central_extra = read_extra_fields(bytes.subspan(extra_offset, extra_size), extra_offset);
    if (!central_extra.ok()) return central_extra.status();
    Status status = apply_zip64(*central_extra, &header, &stated_offset, central_offset);
    if (!status.ok()) return status;
    // Names are not repeated in messages: they are not known to be text.
    if (comment_size != 0 || disk != 0 || internal_attributes != 0) {
      return corrupt(central_offset, "a directory entry has a comment, another disk or internal attributes.");
    }
    if (header.method != 0 || header.compressed_size != header.size) {
      return corrupt(central_offset, "a member is compressed; members of a package are stored without compression.");
    }
    if ((header.flags & ~kUtf8Names) != 0) {
      return corrupt(central_offset, "a member is encrypted or uses a flag that packages do not have.");
    }
    const Origin origin = {static_cast<uint16_t>(made_by >> 8), header.time, header.date, attributes};
    if (!first_origin) first_origin = origin;
    if (origin != *first_origin) {
      return corrupt(central_offset, "a member has other attributes or another time stamp than the first.");
    }

    // The local header, which must be where the member before ended.
    if (stated_offset != local_offset) {
      return corrupt(central_offset, "a member does not begin where the one before it ends.");
    }
    if (local_offset > directory->offset || directory->offset - local_offset < kLocalSize) {
      return corrupt(local_offset, "the header of a member is cut off.");
    }
    Fields local(bytes.data() + local_offset);
    if (local.u32() != kLocalSignature) return corrupt(local_offset, "the header of a member is damaged.");
    Header local_header = Header::read_start(&local);
    const uint64_t local_name_size = local.u16();
    const uint64_t local_extra_size = local.u16();
    const uint64_t local_end = local_offset + kLocalSize + local_name_size + local_extra_size;
    if (local_end > directory->offset) return corrupt(local_offset, "the header of a member is cut off.");
    local_header.name = text_of(bytes.subspan(local_offset + kLocalSize, local_name_size));
    const uint64_t local_extra_offset = local_offset + kLocalSize + local_name_size;
    const auto local_extra = read_extra_fields(bytes.subspan(local_extra_offset, local_extra_size), local_extra_offset);
    if (!local_extra.ok()) return local_extra.status();
    status = apply_zip64(*local_extra, &local_header, nullptr, local_offset);
    if (!status.ok()) return status;
    // The version of the format is 4.5 where a ZIP64 field is, else 2.0; the directory entry counts
    // for both headers.
    const uint16_t local_version = local_header.version_needed;
    const uint16_t version = central_extra->has_zip64 || local_extra->has_zip64 ? 45 : 20;
    if (header.version_needed != version || (made_by & 0xFF) != version ||
        (local_version != version && (local_version != 20 || local_extra->has_zip64))) {
      return corrupt(central_offset, "a member needs another version of the ZIP format.");
    }
    local_header.version_needed = version;
    if (local_header != header) {
      return corrupt(local_offset, "the header of a member differs from its directory entry.");
    }
    // Writers may repeat the padding in the directory.
    if (central_extra->has_padding && central_extra->padding_size != local_extra->padding_size) {
      return corrupt(local_offset, "the padding of a member differs from its directory entry.");
    }
    if (header.size > directory->offset - local_end) {
      return corrupt(local_offset, "a member is larger than the archive.");
    }
    archive.members_.push_back({header.name, bytes.subspan(local_end, header.size), local_end, header.crc32});
    local_offset = local_end + header.size;
    central_offset += kCentralSize + name_size + extra_size;
  }
  if (central_offset != directory_end || local_offset != directory->offset) {
    return corrupt(local_offset, "the archive holds bytes that belong to no member.");
  }
  std::vector<std::string_view> names;
  names.reserve(archive.members_.size());
  for (const ZipMember& member : archive.members_) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return corrupt(directory->offset, "two members have the same name.");
  }
  return archive;
}

}  // namespace feature_extractor
