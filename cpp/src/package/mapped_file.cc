#include "package/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace feature_extractor {

namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

Status system_error(const std::string& path, std::string_view action, int error) {
  const ErrorCode code = error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
  return Status::error(
      code, path + ": cannot " + std::string(action) + " this file: " + std::generic_category().message(error) + ".");
}

}  // namespace

StatusOr<MappedFile> MappedFile::open(const std::string& path) {
  if (path.find('\0') != std::string::npos) {
    return Status::error(ErrorCode::kInvalidArgument, "The path of a file must not hold a zero byte.");
  }
  // Without O_NONBLOCK opening a named pipe would wait for its writer.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return system_error(path, "open", errno);
  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) return system_error(path, "examine", errno);
  if (!S_ISREG(status.st_mode)) {
    return Status::error(ErrorCode::kIo,
                         path + ": this is not a regular file, so it cannot be mapped; give the path of a file.");
  }
  MappedFile mapped;
  if (status.st_size == 0) return mapped;
  if (static_cast<uint64_t>(status.st_size) > SIZE_MAX) return system_error(path, "map", EFBIG);
  const auto size = static_cast<size_t>(status.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (data == MAP_FAILED) return system_error(path, "map", errno);
  mapped.bytes_ = {static_cast<const std::byte*>(data), size};
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace feature_extractor
