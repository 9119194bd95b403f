#include "plugin/shared_object.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace feature_extractor {
namespace {

// The largest file that is looked at: far above a plug-in with all that it links.
constexpr uint64_t kLargestFile = 1ULL << 30;

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#endif

const char* machine_name(uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "64-bit Arm";
    case EM_386:
      return "32-bit x86";
    case EM_ARM:
      return "32-bit Arm";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "POWER";
    case EM_S390:
      return "s390";
    default:
      return "another machine";
  }
}

Status refused_by_system(const std::string& path, int error) {
  const bool is_missing = error == ENOENT || error == ENOTDIR;
  return Status::error(is_missing ? ErrorCode::kNotFound : ErrorCode::kIo,
                       path + ": " + (is_missing ? "There is no such file." : std::strerror(error) + std::string(".")));
}

Status not_a_plugin(const std::string& path, const std::string& why) {
  return Status::error(ErrorCode::kCorrupt, path + ": This is not a plug-in: " + why +
                                                " A plug-in is a shared object that was built with "
                                                "feature_extractor_add_plugin (docs/plugins.md).");
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool ok() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  // Returns false at the end of the file or on an error.
  bool read(void* target, size_t size) const {
    auto* at = static_cast<char*>(target);
    while (size > 0) {
      const ssize_t count = ::read(descriptor_, at, size);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      at += count;
      size -= static_cast<size_t>(count);
    }
    return true;
  }

 private:
  int descriptor_;
};

}  // namespace

StatusOr<std::string> resolve_file(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return Status::error(ErrorCode::kInvalidArgument, "The path of a plug-in is empty or has a zero byte.");
  }
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  if (resolved == nullptr) return refused_by_system(path, errno);
  return std::string(resolved.get());
}

Status check_shared_object(const std::string& path, std::string_view symbol) {
  const OpenFile file(path);
  if (!file.ok()) return refused_by_system(path, errno);
  struct stat status{};
  if (::fstat(file.descriptor(), &status) != 0) return refused_by_system(path, errno);
  if (!S_ISREG(status.st_mode)) return not_a_plugin(path, "it is not a file.");
  const auto size = static_cast<uint64_t>(status.st_size);
  if (size > kLargestFile) return not_a_plugin(path, "it is larger than 1 GiB.");
  std::vector<char> bytes(size);
  if (!file.read(bytes.data(), bytes.size())) return Status::error(ErrorCode::kIo, path + ": It cannot be read.");

  if (size < EI_NIDENT || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0) {
    return not_a_plugin(path, "it is not an ELF file.");
  }
  if (bytes[EI_CLASS] != ELFCLASS64) return not_a_plugin(path, "it was built for a machine of 32 bits.");
  Elf64_Ehdr header;
  if (size < sizeof(header)) return not_a_plugin(path, "it is cut off.");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (bytes[EI_DATA] != ELFDATA2LSB || header.e_machine != kMachine) {
    return Status::error(ErrorCode::kCorrupt, path + ": The plug-in was built for " + machine_name(header.e_machine) +
                                                  ", and this process runs on " + machine_name(kMachine) +
                                                  ". Build it for this machine.");
  }
  if (header.e_type != ET_DYN) return not_a_plugin(path, "it is an object file or a program, not a shared object.");
  // What the loader maps must be there, or reading it would kill the process.
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    const uint64_t offset = header.e_phoff + i * sizeof(Elf64_Phdr);
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff > size || offset + sizeof(Elf64_Phdr) > size) {
      return not_a_plugin(path, "it is cut off.");
    }
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + offset, sizeof(segment));
    if (segment.p_filesz > size || segment.p_offset > size - segment.p_filesz) {
      return not_a_plugin(path, "it is cut off.");
    }
  }
  const std::string name = '\0' + std::string(symbol) + '\0';
  if (::memmem(bytes.data(), bytes.size(), name.data(), name.size()) == nullptr) {
    return not_a_plugin(path, "it does not export " + std::string(symbol) + ".");
  }
  return Status::success();
}

}  // namespace feature_extractor
