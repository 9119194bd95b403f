// The same as examples/c/extract.c, in C++: handles free themselves, and errors are exceptions.
//
//   c++ -std=c++17 extract.cc $(pkg-config --cflags --libs feature_extractor) -o extract
//   ./extract shop.fxp
#include <feature_extractor/c_api.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

namespace {

// A handle that frees itself.
template <class Handle, void (*kFree)(Handle*)>
struct Freer {
  void operator()(Handle* handle) const { kFree(handle); }
};
template <class Handle, void (*kFree)(Handle*)>
using Owned = std::unique_ptr<Handle, Freer<Handle, kFree>>;
using Extractor = Owned<fx_extractor, fx_extractor_free>;
using Session = Owned<fx_session, fx_session_free>;
using Extraction = Owned<fx_extraction, fx_extraction_free>;

// Calls a function that makes a handle, and throws what its error says.
template <class Owner, class Function, class... Arguments>
Owner make(Function function, Arguments... arguments) {
  typename Owner::pointer handle = nullptr;
  fx_error* error = nullptr;
  const fx_code code = function(arguments..., &handle, &error);
  if (code == FX_OK) return Owner(handle);
  const std::string message = std::string(fx_code_name(code)) + ": " + fx_error_message(error);
  fx_error_free(error);
  throw std::runtime_error(message);
}

// A table that is built column by column; it keeps what the Arrow structures point to.
class Table {
 public:
  Table& add(const char* name, const std::vector<int64_t>& values) {
    return add_column(name, "l", values.size(), {store({}), store(bytes_of(values))});
  }
  Table& add(const char* name, const std::vector<double>& values, const std::vector<bool>& valid) {
    std::vector<char> bits((valid.size() + 7) / 8);
    for (size_t i = 0; i < valid.size(); ++i)
      bits[i / 8] = static_cast<char>(bits[i / 8] | (valid[i] ? 1 << i % 8 : 0));
    return add_column(name, "g", values.size(), {store(std::move(bits)), store(bytes_of(values))});
  }
  Table& add(const char* name, const std::vector<std::string>& texts) {
    std::vector<int64_t> offsets{0};
    std::vector<char> bytes;
    for (const std::string& text : texts) {
      bytes.insert(bytes.end(), text.begin(), text.end());
      offsets.push_back(static_cast<int64_t>(bytes.size()));
    }
    return add_column(name, "U", texts.size(), {store({}), store(bytes_of(offsets)), store(std::move(bytes))});
  }

  const ArrowSchema* schema() {
    schema_ = {};
    schema_.format = "+s";
    schema_.name = "";
    schema_.n_children = static_cast<int64_t>(fields_.size());
    schema_.children = pointers(fields_, &field_pointers_);
    return &schema_;
  }
  const ArrowArray* array() {
    array_ = {};
    array_.length = rows_;
    array_.n_buffers = 1;
    array_.buffers = &no_nulls_;
    array_.n_children = static_cast<int64_t>(columns_.size());
    array_.children = pointers(columns_, &column_pointers_);
    return &array_;
  }

 private:
  template <class T>
  static std::vector<char> bytes_of(const std::vector<T>& values) {
    const char* first = reinterpret_cast<const char*>(values.data());
    return {first, first + values.size() * sizeof(T)};
  }
  template <class T>
  static T** pointers(std::vector<std::unique_ptr<T>>& owned, std::vector<T*>* out) {
    out->clear();
    for (const auto& one : owned) out->push_back(one.get());
    return out->data();
  }

  // No bytes: no buffer. A validity buffer that is missing says that there are no nulls.
  const void* store(std::vector<char> bytes) {
    if (bytes.empty()) return nullptr;
    bytes_.push_back(std::make_unique<std::vector<char>>(std::move(bytes)));
    return bytes_.back()->data();
  }

  Table& add_column(const char* name, const char* format, size_t rows, std::vector<const void*> buffers) {
    rows_ = static_cast<int64_t>(rows);
    buffers_.push_back(std::make_unique<std::vector<const void*>>(std::move(buffers)));
    fields_.push_back(std::make_unique<ArrowSchema>());
    fields_.back()->format = format;
    fields_.back()->name = name;
    columns_.push_back(std::make_unique<ArrowArray>());
    columns_.back()->length = rows_;
    columns_.back()->null_count = -1;  // Not counted.
    columns_.back()->n_buffers = static_cast<int64_t>(buffers_.back()->size());
    columns_.back()->buffers = buffers_.back()->data();
    return *this;
  }

  int64_t rows_ = 0;
  ArrowSchema schema_{};
  ArrowArray array_{};
  const void* no_nulls_ = nullptr;
  std::vector<std::unique_ptr<std::vector<char>>> bytes_;
  std::vector<std::unique_ptr<std::vector<const void*>>> buffers_;
  std::vector<std::unique_ptr<ArrowSchema>> fields_;
  std::vector<std::unique_ptr<ArrowArray>> columns_;
  std::vector<ArrowSchema*> field_pointers_;
  std::vector<ArrowArray*> column_pointers_;
};

void run(const char* package) {
  const auto extractor = make<Extractor>(fx_load_file, package, nullptr);
  const auto session = make<Session>(fx_session_new, extractor.get(), nullptr);

  Table requests;
  requests.add("user", std::vector<std::string>{"Ann", "Bob"}).add("budget", {0.0, 20.0}, {false, true});
  Table candidates;
  candidates.add("item", std::vector<int64_t>{7, 8, 12}).add("price", {0.0, 2.5, 10.0}, {false, true, true});
  // The first two candidates are Ann's, the third is Bob's.
  const int64_t offsets[] = {0, 2, 3};

  const auto extraction =
      make<Extraction>(fx_extract_requests, session.get(), requests.schema(), requests.array(), candidates.schema(),
                       candidates.array(), offsets, sizeof(offsets) / sizeof(offsets[0]));

  // What a model takes: all dense features side by side.
  std::vector<size_t> dense;
  size_t width = 0;
  for (size_t f = 0; f < fx_extractor_feature_count(extractor.get()); ++f) {
    fx_feature_info info{};
    info.struct_size = sizeof(info);
    fx_extractor_feature(extractor.get(), f, &info);
    if (info.kind != FX_DENSE) continue;
    dense.push_back(f);
    width += info.width;
  }
  const auto rows = static_cast<size_t>(fx_extraction_rows(extraction.get()));
  std::vector<float> matrix(rows * width);
  if (fx_extraction_matrix(extraction.get(), dense.data(), dense.size(), matrix.data(), static_cast<int64_t>(width),
                           nullptr) != FX_OK) {
    throw std::runtime_error("The matrix could not be filled.");
  }
  for (size_t row = 0; row < rows; ++row) {
    std::printf("row %zu:", row);
    for (size_t i = 0; i < width; ++i) std::printf(" %g", static_cast<double>(matrix[row * width + i]));
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PACKAGE\n", argv[0]);
    return 2;
  }
  try {
    run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
