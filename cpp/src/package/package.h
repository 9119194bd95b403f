// Opens a package and verifies that it is what its manifest says.
//
// A package is a ZIP archive in the strict form of zip_archive.h. Every member's data starts at a
// multiple of 64 bytes. Members are manifest.json, plan.json, resources/<name>, source/<path> and, from
// format 2 on, golden/<name>: rows of inputs, and what they gave where the package was made.
// Of manifest.json this stage reads
//
//   {"format": 1, "name": "ranking", "engine_version": "0.1.0",
//    "members": {"plan.json": {"size": 1234, "digest": "<32 lower-case hexadecimal digits>"}, ...},
//    "digest": "<the same>", ...}
//
// where `members` lists every member except manifest.json, a digest is the XXH3-128 of the member's
// bytes, and the package's digest is the XXH3-128 of "<name>\0<digest>\n" of those members, sorted
// by the bytes of their names. The manifest itself is covered by the CRC-32 of its ZIP header.
// Digests find damage and mix-ups; they are no signature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "package/mapped_file.h"
#include "status.h"

namespace feature_extractor {

// Packages of all formats up to this are read. Format 2 is format 1 with golden rows, which a reader of format 1 would not verify.
inline constexpr int64_t kPackageFormat = 2;

// What load_package verifies beyond the archive, the manifest, the plan and all sizes.
enum class Verification : uint8_t {
  kComplete,         // The digests of all members: one pass over the file.
  kWithoutResources  // Not those of resources, so that large ones are not read: for a host that
                     // knows the file. Safe, since a resource is checked wherever it is used, but
                     // damage may go unnoticed.
};

struct PackageMember {
  std::string_view name;  // As in the archive: "resources/movies".
  std::span<const std::byte> bytes;
};

// An open package. Its views point into memory that the package owns, at an address that does not
// change when the package is moved.
class Package {
 public:
  // The whole file.
  std::span<const std::byte> bytes() const { return bytes_; }
  std::string_view manifest() const { return manifest_; }  // JSON text.
  std::string_view plan() const { return plan_; }          // JSON text.
  const std::string& name() const { return name_; }
  const std::string& engine_version() const { return engine_version_; }
  // The package's digest, 32 hexadecimal digits.
  const std::string& digest() const { return digest_; }
  // The resources, each at a multiple of 64 bytes in memory.
  const std::vector<PackageMember>& resources() const { return resources_; }
  // The resource with this member name ("resources/movies"), or nullptr.
  const PackageMember* find_resource(std::string_view member) const;
  // The members of the golden rows, each at a multiple of 64 bytes in memory; none of a package that has none.
  const std::vector<PackageMember>& golden() const { return golden_; }

 private:
  friend class PackageLoader;
  struct AlignedDelete {
    void operator()(std::byte* data) const { ::operator delete(data, std::align_val_t{64}); }
  };

  MappedFile file_;
  std::unique_ptr<std::byte, AlignedDelete> copy_;
  std::span<const std::byte> bytes_;
  std::string_view manifest_;
  std::string_view plan_;
  std::string name_;
  std::string engine_version_;
  std::string digest_;
  std::vector<PackageMember> resources_;
  std::vector<PackageMember> golden_;
};

// Maps the file and verifies it. Messages start with the path.
StatusOr<Package> load_package(const std::string& path, Verification verification = Verification::kComplete);

// The same for bytes in memory, which are copied.
StatusOr<Package> load_package(std::span<const std::byte> bytes, Verification verification = Verification::kComplete);

}  // namespace feature_extractor
