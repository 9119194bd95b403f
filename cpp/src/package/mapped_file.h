// A file mapped into memory for reading.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "status.h"

namespace feature_extractor {

// The mapping is released with the object; moving keeps the address. Processes that map the same
// file share its pages. A package is immutable: whoever replaces one must write a new file and
// rename it over the old name, since the operating system kills a process that reads pages which a
// truncation has taken away.
class MappedFile {
 public:
  // Maps a regular file; an empty file gives an empty span.
  static StatusOr<MappedFile> open(const std::string& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  // Starts at the boundary of a page.
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace feature_extractor
