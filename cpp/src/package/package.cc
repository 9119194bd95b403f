#include "package/package.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "arrow/utf8.h"
#include "package/digest.h"
#include "package/zip_archive.h"

namespace feature_extractor {

namespace {

using nlohmann::json;

constexpr uint64_t kMemberAlignment = 64;
constexpr uint64_t kMaximumManifestSize = 64 << 20;
constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kPlan = "plan.json";
constexpr std::string_view kResources = "resources/";
constexpr std::string_view kSource = "source/";
constexpr std::string_view kGolden = "golden/";
constexpr int64_t kFormatWithGoldenRows = 2;

constexpr std::string_view kCopyAgain = " Copy it again from where it was made, or compile it again with `fx compile`.";
constexpr std::string_view kCompileAgain = " Compile it again with `fx compile`.";

Status corrupt(std::string problem, std::string_view advice = kCopyAgain) {
  return Status::error(ErrorCode::kCorrupt, std::move(problem) + std::string(advice));
}

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Text of a package for a message: in one line, of limited length, and valid UTF-8 whatever the
// package holds.
std::string shown(std::string_view value) {
  constexpr size_t kShown = 120;
  const bool is_text = is_valid_utf8(value);
  size_t end = std::min(value.size(), kShown);
  while (end < value.size() && end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  std::string result = "`";
  for (const char letter : value.substr(0, end)) {
    const auto byte = static_cast<unsigned char>(letter);
    result += byte < 0x20 || byte == 0x7F || (byte > 0x7F && !is_text) ? '?' : letter;
  }
  return result + (value.size() > end ? "...`" : "`");
}

bool is_digest(std::string_view value) {
  return value.size() == 32 && value.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Names that stay inside the folder into which somebody unpacks the package.
bool is_safe_name(std::string_view name) {
  if (!is_valid_utf8(name)) return false;
  for (const char letter : name) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F || letter == '\\') return false;
  }
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool is_known_name(std::string_view name) {
  return name == kManifest || name == kPlan || name.starts_with(kResources) || name.starts_with(kSource) ||
         name.starts_with(kGolden);
}

const std::string* find_text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

struct ManifestEntry {
  uint64_t size = 0;
  std::string digest;
};

struct Manifest {
  int64_t format = 0;
  std::string name;
  std::string engine_version;
  std::string digest;
  std::map<std::string, ManifestEntry, std::less<>> members;
};

StatusOr<Manifest> read_manifest(std::string_view bytes) {
  const json root = json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return corrupt("manifest.json is not a JSON object.");
  Manifest manifest;
  const std::string* const engine_version = find_text(root, "engine_version");
  const auto format = root.find("format");
  if (format == root.end() || !format->is_number_integer() || *format < 1) {
    return corrupt("manifest.json has no format version.");
  }
  if (*format > kPackageFormat) {
    const std::string writer = engine_version == nullptr ? "a later version" : "version " + shown(*engine_version);
    return Status::error(ErrorCode::kUnsupportedVersion,
                         "The package has format " + format->dump() + ", written by " + writer +
                             " of feature_extractor; this engine reads formats up to " +
                             std::to_string(kPackageFormat) + ". Load it with " + writer +
                             ", or compile the program again with the version that loads it.");
  }
  const std::string* const name = find_text(root, "name");
  const std::string* const digest = find_text(root, "digest");
  if (engine_version == nullptr || name == nullptr || digest == nullptr) {
    return corrupt("manifest.json lacks one of the texts `name`, `engine_version` and `digest`.");
  }
  manifest.format = format->get<int64_t>();
  manifest.name = *name;
  manifest.engine_version = *engine_version;
  manifest.digest = *digest;
  const auto members = root.find("members");
  if (members == root.end() || !members->is_object()) return corrupt("manifest.json has no object `members`.");
  for (const auto& [member_name, entry] : members->items()) {
    const auto* const fields = entry.get_ptr<const json::object_t*>();
    const auto size = fields == nullptr ? entry.end() : entry.find("size");
    const std::string* const member_digest = fields == nullptr ? nullptr : find_text(entry, "digest");
    if (fields == nullptr || size == entry.end() || !size->is_number_unsigned() || member_digest == nullptr ||
        !is_digest(*member_digest)) {
      return corrupt("manifest.json gives no size and digest for the member " + shown(member_name) + ".");
    }
    manifest.members.emplace(member_name, ManifestEntry{size->get<uint64_t>(), *member_digest});
  }
  return manifest;
}

std::string package_digest(const Manifest& manifest) {
  // std::map sorts by the bytes of the names.
  std::string listing;
  for (const auto& [name, entry] : manifest.members) {
    listing += name;
    listing += '\0';
    listing += entry.digest;
    listing += '\n';
  }
  return digest_hex(std::as_bytes(std::span<const char>(listing)));
}

}  // namespace

class PackageLoader {
 public:
  static StatusOr<Package> load_file(const std::string& path, Verification verification) {
    auto file = MappedFile::open(path);
    if (!file.ok()) return file.status();
    Package package;
    package.file_ = *std::move(file);
    Status status = verify(package.file_.bytes(), verification, &package);
    if (!status.ok()) return Status::error(status.code, path + ": " + status.message);
    return package;
  }

  static StatusOr<Package> load_copy(std::span<const std::byte> bytes, Verification verification) {
    Package package;
    if (!bytes.empty()) {
      package.copy_.reset(static_cast<std::byte*>(::operator new(bytes.size(), std::align_val_t{kMemberAlignment})));
      std::memcpy(package.copy_.get(), bytes.data(), bytes.size());
    }
    Status status = verify({package.copy_.get(), bytes.size()}, verification, &package);
    if (!status.ok()) return status;
    return package;
  }

 private:
  static Status verify(std::span<const std::byte> bytes, Verification verification, Package* package) {
    if (!text(bytes).starts_with("PK\x03\x04")) {
      return Status::error(ErrorCode::kCorrupt, bytes.empty()
                                                    ? "The file is empty, so it is not a package."
                                                    : "This is not a package. A package is made from a program with "
                                                      "`fx compile program.fx`.");
    }
    const auto archive = ZipArchive::open(bytes);
    if (!archive.ok()) return corrupt("The package is damaged " + archive.message());
    for (const ZipMember& member : archive->members()) {
      if (!is_safe_name(member.name) || !is_known_name(member.name)) {
        return corrupt("The package has a member " + shown(member.name) + " that no package has.", kCompileAgain);
      }
      if (member.offset % kMemberAlignment != 0) {
        return corrupt("The data of " + shown(member.name) + " starts at byte " + std::to_string(member.offset) +
                           ", which is not a multiple of 64, so it cannot be used in place; do not pack a "
                           "package with a ZIP program.",
                       kCompileAgain);
      }
    }
    const ZipMember* const manifest_member = archive->find(kManifest);
    if (manifest_member == nullptr) {
      return corrupt("The archive has no manifest.json, so it is not a package.", kCompileAgain);
    }
    if (manifest_member->data.size() > kMaximumManifestSize) {
      return Status::error(ErrorCode::kLimit, "manifest.json is larger than 64 MiB.");
    }
    if (crc32(manifest_member->data) != manifest_member->crc32) {
      return corrupt("manifest.json is damaged: its checksum differs from that in the archive.");
    }
    const auto manifest = read_manifest(text(manifest_member->data));
    if (!manifest.ok()) return manifest.status();
    Status status = verify_members(*archive, *manifest, verification);
    if (!status.ok()) return status;
    for (const ZipMember& member : archive->members()) {
      if (member.name.starts_with(kGolden) && manifest->format < kFormatWithGoldenRows) {
        return corrupt("The package has a member " + shown(member.name) + " that no package of format 1 has.",
                       kCompileAgain);
      }
    }

    package->bytes_ = bytes;
    package->manifest_ = text(manifest_member->data);
    package->name_ = manifest->name;
    package->engine_version_ = manifest->engine_version;
    package->digest_ = manifest->digest;
    for (const ZipMember& member : archive->members()) {
      if (member.name == kPlan) package->plan_ = text(member.data);
      if (member.name.starts_with(kResources)) package->resources_.push_back({member.name, member.data});
      if (member.name.starts_with(kGolden)) package->golden_.push_back({member.name, member.data});
    }
    return Status::success();
  }

  static Status verify_members(const ZipArchive& archive, const Manifest& manifest, Verification verification) {
    if (archive.find(kPlan) == nullptr) {
      return corrupt("The package has no plan.json, so there is nothing to run.", kCompileAgain);
    }
    if (package_digest(manifest) != manifest.digest) {
      return corrupt("manifest.json is damaged: the digest of the package does not fit those of its members.");
    }
    // The manifest itself is one member more; with all of the archive's members listed, equal
    // numbers mean equal sets.
    for (const ZipMember& member : archive.members()) {
      if (member.name == kManifest) continue;
      const auto entry = manifest.members.find(member.name);
      if (entry == manifest.members.end()) {
        return corrupt("The package has a member " + shown(member.name) +
                       " that its manifest does not list; it was changed after it was made.");
      }
      if (entry->second.size != member.data.size()) {
        return corrupt("The member " + shown(member.name) + " has " + std::to_string(member.data.size()) +
                       " bytes; the manifest says " + std::to_string(entry->second.size) + ".");
      }
      if (verification == Verification::kWithoutResources && member.name.starts_with(kResources)) continue;
      const std::string digest = digest_hex(member.data);
      if (digest != entry->second.digest) {
        return corrupt("The member " + shown(member.name) + " at byte " + std::to_string(member.offset) +
                       " is damaged: its digest is " + digest + "; the manifest says " + entry->second.digest + ".");
      }
    }
    if (archive.members().size() != manifest.members.size() + 1) {
      for (const auto& [name, entry] : manifest.members) {
        if (archive.find(name) == nullptr || name == kManifest) {
          return corrupt("The manifest lists a member " + shown(name) + " that the package does not have.");
        }
      }
      return corrupt("The manifest and the archive list different members.");
    }
    return Status::success();
  }
};

const PackageMember* Package::find_resource(std::string_view member) const {
  for (const PackageMember& resource : resources_) {
    if (resource.name == member) return &resource;
  }
  return nullptr;
}

namespace {

// Parsing allocates in proportion to the manifest, and a copy in proportion to the package.
template <class Load>
StatusOr<Package> catch_out_of_memory(Load load) {
  try {
    return load();
  } catch (const std::bad_alloc&) {
    return Status::error(ErrorCode::kOutOfMemory, "There is not enough memory to load the package.");
  }
}

}  // namespace

StatusOr<Package> load_package(const std::string& path, Verification verification) {
  return catch_out_of_memory([&] { return PackageLoader::load_file(path, verification); });
}

StatusOr<Package> load_package(std::span<const std::byte> bytes, Verification verification) {
  return catch_out_of_memory([&] { return PackageLoader::load_copy(bytes, verification); });
}

}  // namespace feature_extractor
