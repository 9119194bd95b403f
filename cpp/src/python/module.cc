// The Python module `feature_extractor._native`: a thin layer over the extractor. It names no operator.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstring>

#include "arrow/nested_candidates.h"
#include "catalogue/catalogue.h"
#include "catalogue/extraction_cache.h"
#include "engine/arrow_export.h"
#include "engine/extractor.h"
#include "engine/replacement.h"
#include "engine/load.h"
#include "golden/verified_load.h"
#include "plan/call_types.h"
#include "plugin/load_plugin.h"
#include "python/engine_error.h"
#include "python/message_decoder.h"
#include "python/table_digests.h"
#include "python/table_samples.h"
#include "python/table_source.h"
#include "registry/registry.h"
#include "resource/resource_builder.h"

namespace feature_extractor {
namespace {

namespace py = pybind11;

class PyExtraction {
 public:
  explicit PyExtraction(std::shared_ptr<HeldExtraction> held) : held_(std::move(held)) {}

  int64_t rows() const { return held_->extraction->rows; }
  int64_t requests() const { return held_->extraction->requests; }
  int64_t unknown_keys() const { return held_->extraction->unknown_keys; }

  // A feature's values as NumPy arrays that share the extraction's memory: (values,), (values, offsets) or
  // (ids, offsets, weights); text and values give their bytes.
  py::tuple arrays(size_t feature) const {
    const FeatureDeclaration& declaration = held_->plan().features.at(feature);
    const FeatureBuffer& buffer = held_->extraction->features.at(feature);
    const py::capsule base = keep();
    const auto rows = static_cast<py::ssize_t>(held_->extraction->rows);
    const auto elements = static_cast<py::ssize_t>(buffer.elements);
    const auto offsets = [&] { return view<int64_t>(buffer.offsets, {rows + 1}, base); };
    switch (declaration.kind) {
      case FeatureKind::kDense:
      case FeatureKind::kLabel:
        if (declaration.width == 1) return py::make_tuple(view<float>(buffer.values, {rows}, base));
        return py::make_tuple(view<float>(buffer.values, {rows, static_cast<py::ssize_t>(declaration.width)}, base));
      case FeatureKind::kId:
        return py::make_tuple(view<int64_t>(buffer.values, {rows}, base));
      case FeatureKind::kIds:
        return py::make_tuple(view<int64_t>(buffer.values, {elements}, base), offsets());
      case FeatureKind::kWeighted:
        return py::make_tuple(view<int64_t>(buffer.values, {elements}, base), offsets(),
                              view<float>(buffer.weights, {elements}, base));
      case FeatureKind::kText:
      case FeatureKind::kValue:
        return py::make_tuple(view<uint8_t>(buffer.values, {elements}, base), offsets());
    }
    return py::tuple();
  }

  // Copies dense features side by side into a matrix of rows x total width, row by row.
  void fill_matrix(const std::vector<size_t>& features, py::array_t<float, py::array::c_style> out) const {
    const int64_t rows = held_->extraction->rows;
    int64_t columns = 0;
    for (const size_t f : features) columns += held_->plan().features.at(f).width;
    if (out.ndim() != 2 || out.shape(0) != rows || out.shape(1) != columns) {
      throw py::value_error("The matrix must be float32, contiguous, of shape (" + std::to_string(rows) + ", " +
                            std::to_string(columns) + ").");
    }
    float* target = out.mutable_data();
    const py::gil_scoped_release release;
    int64_t column = 0;
    for (const size_t f : features) {
      const int64_t width = held_->plan().features[f].width;
      const float* values = held_->extraction->features[f].values.as<float>();
      for (int64_t row = 0; row < rows; ++row) {
        std::memcpy(target + row * columns + column, values + row * width, sizeof(float) * static_cast<size_t>(width));
      }
      column += width;
    }
  }

  py::tuple arrow_c_array() const {
    auto schema = std::make_unique<ArrowSchema>(output_arrow_schema(held_->plan()));
    auto array = std::make_unique<ArrowArray>(export_arrow_array(held_));
    py::capsule schema_capsule(schema.release(), "arrow_schema", [](PyObject* capsule) {
      auto* pointer = static_cast<ArrowSchema*>(PyCapsule_GetPointer(capsule, "arrow_schema"));
      if (pointer->release != nullptr) pointer->release(pointer);
      delete pointer;
    });
    py::capsule array_capsule(array.release(), "arrow_array", [](PyObject* capsule) {
      auto* pointer = static_cast<ArrowArray*>(PyCapsule_GetPointer(capsule, "arrow_array"));
      if (pointer->release != nullptr) pointer->release(pointer);
      delete pointer;
    });
    return py::make_tuple(std::move(schema_capsule), std::move(array_capsule));
  }

  py::dict statistics() const {
    const Plan& plan = held_->plan();
    const Extraction& extraction = *held_->extraction;
    py::dict defaulted;
    for (size_t f = 0; f < plan.features.size(); ++f)
      defaulted[plan.features[f].name.c_str()] = extraction.features[f].defaulted;
    py::dict inputs;
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (plan.inputs[i].is_key && !plan.inputs[i].is_held) continue;
      const InputCounts& counts = extraction.input_counts[i];
      py::dict entry;
      entry["nulls"] = counts.nulls;
      entry["not_finite"] = counts.not_finite;
      entry["not_utf8"] = counts.not_utf8;
      entry["out_of_range"] = counts.out_of_range;
      entry["wrong_size"] = counts.wrong_size;
      const char* domain = plan.inputs[i].domain == kRequestDomain ? "request." : "candidate.";
      inputs[(domain + plan.inputs[i].name).c_str()] = entry;
    }
    py::dict sites;
    for (size_t s = 0; s < plan.sites.size(); ++s) {
      if (extraction.invented_nulls[s] == 0) continue;
      const py::str site(plan.sites[s]);
      sites[site] = py::int_(extraction.invented_nulls[s]) +
                    (sites.contains(site) ? sites[site].cast<py::object>() : py::int_(0));
    }
    py::dict result;
    result["defaulted"] = defaulted;
    result["inputs"] = inputs;
    result["nulls_at"] = sites;
    result["step_nanoseconds"] = extraction.step_nanoseconds;
    result["heap_allocations"] = extraction.heap_allocations;
    return result;
  }

 private:
  py::capsule keep() const {
    return py::capsule(new std::shared_ptr<HeldExtraction>(held_),
                       [](void* held) { delete static_cast<std::shared_ptr<HeldExtraction>*>(held); });
  }

  template <class T>
  static py::array view(const Buffer& buffer, std::vector<py::ssize_t> shape, const py::capsule& base) {
    return py::array_t<T>(std::move(shape), buffer.as<T>(), base);
  }

  std::shared_ptr<HeldExtraction> held_;
};

class PyCatalogue {
 public:
  explicit PyCatalogue(std::shared_ptr<const Catalogue> catalogue) : catalogue_(std::move(catalogue)) {}

  std::string key() const { return catalogue_->key(); }
  bool has_text_keys() const { return catalogue_->has_text_keys(); }
  int64_t rows() const { return catalogue_->rows(); }
  int64_t bytes() const { return catalogue_->bytes(); }

  // For each key its row in the table that was imported; -1 where there is none, and for None.
  std::vector<int64_t> rows_of(const py::list& keys) const {
    std::vector<int64_t> rows;
    for (const py::handle key : keys) {
      if (key.is_none()) {
        rows.push_back(-1);
      } else if (catalogue_->has_text_keys()) {
        rows.push_back(catalogue_->row_of(key.cast<std::string_view>()));
      } else {
        rows.push_back(catalogue_->row_of(key.cast<int64_t>()));
      }
    }
    return rows;
  }

 private:
  std::shared_ptr<const Catalogue> catalogue_;
};

class PyCache {
 public:
  explicit PyCache(std::shared_ptr<const ExtractionCache> cache) : cache_(std::move(cache)) {}

  int64_t capacity() const { return cache_->capacity(); }
  py::dict counts() const {
    const CacheCounts counts = cache_->counts();
    py::dict result;
    result["hits"] = counts.hits;
    result["misses"] = counts.misses;
    result["evictions"] = counts.evictions;
    result["entries"] = counts.entries;
    result["bytes"] = counts.bytes;
    return result;
  }

 private:
  std::shared_ptr<const ExtractionCache> cache_;
};

class PyExtractor {
 public:
  // `package` is the file that the extractor was loaded from, in memory that the extractor owns.
  explicit PyExtractor(std::shared_ptr<Extractor> extractor, std::span<const std::byte> package = {})
      : extractor_(std::move(extractor)), package_(package) {}

  // A copy of the file of the package; nothing where it was loaded from a plan alone.
  py::bytes package() const { return {reinterpret_cast<const char*>(package_.data()), package_.size()}; }

  // Raises what differs where the other one cannot take this one's place.
  void check_replacement(const PyExtractor& fresh) const {
    if (Status status = feature_extractor::check_replacement(extractor_->program(), fresh.extractor_->program());
        !status.ok()) {
      raise_engine_error(status);
    }
  }

  // Each batch of the table, with its requests and candidates in one table or nested.
  std::vector<PyExtraction> extract(py::handle table, int threads, int64_t chunk_rows, bool profile) const {
    const Plan& plan = extractor_->plan();
    TableSource source(table, plan, extractor_->program().used_inputs(), true, true);
    std::vector<PyExtraction> results;
    for (const TableSource::Batch& batch : source.batches()) {
      ExtractionInput input;
      input.request_schema = input.candidate_schema = batch.schema;
      input.request = input.candidate = batch.array;
      NestedCandidates nested;
      if (plan.output_domain == kCandidateDomain) {
        const auto found = find_nested_candidates(*batch.schema, *batch.array, &nested);
        if (!found.ok()) raise_engine_error(found.status());
        if (*found) {
          input.candidate_schema = nested.schema;
          input.candidate = &nested.array;
          input.offsets = nested.offsets;
          input.candidate_begins = nested.begins;
        }
      }
      results.push_back(run(input, threads, chunk_rows, profile));
    }
    return results;
  }

  // Requests and their candidates in two tables. `offsets` is None where all candidates belong to one request.
  PyExtraction extract_request(py::handle requests, py::handle candidates, const std::vector<int64_t>& offsets,
                               int threads, int64_t chunk_rows) const {
    const Plan& plan = extractor_->plan();
    const std::vector<bool>& used_inputs = extractor_->program().used_inputs();
    ExtractionInput input;
    std::unique_ptr<TableSource> request_source;
    std::unique_ptr<TableSource> candidate_source;
    if (!requests.is_none()) {
      request_source = std::make_unique<TableSource>(requests, plan, used_inputs, true, false);
      one_batch(*request_source, "requests");
      input.request_schema = request_source->batches()[0].schema;
      input.request = request_source->batches()[0].array;
    }
    if (!candidates.is_none()) {
      candidate_source = std::make_unique<TableSource>(candidates, plan, used_inputs, false, true);
      one_batch(*candidate_source, "candidates");
      input.candidate_schema = candidate_source->batches()[0].schema;
      input.candidate = candidate_source->batches()[0].array;
    }
    input.offsets = offsets;
    return run(input, threads, chunk_rows, false);
  }

  // `columns` names those of a table that is made of Python objects.
  std::pair<PyExtractor, PyCatalogue> with_catalogue(py::handle table, const std::string& key, bool has_text_keys,
                                                     const std::vector<std::string>& columns, int threads) const {
    Plan plan;
    InputDeclaration own_key;
    own_key.domain = kCandidateDomain;
    own_key.name = key;
    own_key.type.kind = has_text_keys ? DeclaredType::Kind::kString : DeclaredType::Kind::kInt;
    own_key.type.nullable = true;  // The core says which row has none.
    bool is_declared = false;
    for (const InputDeclaration& input : extractor_->plan().inputs) {
      if (input.domain != kCandidateDomain) continue;
      if (std::find(columns.begin(), columns.end(), input.name) == columns.end()) continue;
      is_declared = is_declared || input.name == key;
      plan.inputs.push_back(input);
    }
    if (!is_declared) plan.inputs.push_back(own_key);
    TableSource source(table, plan, std::vector<bool>(plan.inputs.size(), true), false, true);
    one_batch(source, "rows of the catalogue");
    const TableSource::Batch& batch = source.batches()[0];
    auto made = [&] {
      const py::gil_scoped_release release;
      return feature_extractor::with_catalogue(extractor_, *batch.schema, *batch.array, {key, threads});
    }();
    if (!made.ok()) raise_engine_error(made.status());
    return {PyExtractor(made->extractor, package_), PyCatalogue(made->catalogue)};
  }

  // None in the place of the cache where there is nothing to keep.
  std::pair<PyExtractor, std::optional<PyCache>> with_cache(int64_t bytes,
                                                            const std::vector<std::string>& without) const {
    auto made = [&] {
      const py::gil_scoped_release release;
      return feature_extractor::with_cache(extractor_, {bytes, without});
    }();
    if (!made.ok()) raise_engine_error(made.status());
    std::optional<PyCache> cache;
    if (made->cache != nullptr) cache.emplace(made->cache);
    return {PyExtractor(made->extractor, package_), std::move(cache)};
  }

  // Domain and name of each input that the caller gives: all but those that a catalogue holds, and the key.
  std::vector<std::pair<std::string, std::string>> given_inputs() const {
    std::vector<std::pair<std::string, std::string>> given;
    for (const InputDeclaration& input : extractor_->plan().inputs) {
      if (input.is_held && !input.is_key) continue;
      given.emplace_back(input.domain == kRequestDomain ? "request" : "candidate", input.name);
    }
    return given;
  }

  std::unique_ptr<PyMessageDecoder> json_decoder(int64_t bytes, int64_t candidates) const {
    return std::make_unique<PyMessageDecoder>(make_json_decoder(extractor_, {bytes, candidates}), true);
  }

  std::unique_ptr<PyMessageDecoder> protobuf_decoder(const py::bytes& descriptor_set, const std::string& message,
                                                     const std::string& candidates, int64_t bytes,
                                                     int64_t candidate_count, std::vector<std::string> fetched,
                                                     std::vector<std::string> keys) const {
    auto made = make_protobuf_decoder(extractor_, std::string_view(descriptor_set), message, candidates,
                                      {bytes, candidate_count}, {std::move(fetched), std::move(keys)});
    if (!made.ok()) raise_engine_error(made.status());
    return std::make_unique<PyMessageDecoder>(*std::move(made), false);
  }

  // The requests in messages, which a decoder of this very extractor reads.
  PyExtraction extract_messages(PyMessageDecoder& decoder, const py::list& messages, int threads,
                                int64_t chunk_rows) const {
    std::unique_ptr<RequestReader> reader = decoder.read(messages);
    PyExtraction extraction = run(reader->input(), threads, chunk_rows, false);
    decoder.give_back(std::move(reader));
    return extraction;
  }

  py::object arrow_c_schema() const {
    auto schema = std::make_unique<ArrowSchema>(output_arrow_schema(extractor_->plan()));
    return py::capsule(schema.release(), "arrow_schema", [](PyObject* capsule) {
      auto* pointer = static_cast<ArrowSchema*>(PyCapsule_GetPointer(capsule, "arrow_schema"));
      if (pointer->release != nullptr) pointer->release(pointer);
      delete pointer;
    });
  }

 private:
  static void one_batch(const TableSource& source, const char* what) {
    if (source.batches().size() == 1) return;
    throw py::value_error(std::string("The ") + what + " come in several record batches; combine them into one.");
  }

  PyExtraction run(const ExtractionInput& input, int threads, int64_t chunk_rows, bool profile) const {
    ExtractionOptions options;
    options.threads = threads;
    options.chunk_rows = chunk_rows;
    options.profile = profile;
    std::shared_ptr<Session> session = extractor_->default_session();
    auto result = [&] {
      const py::gil_scoped_release release;
      return extractor_->extract(input, options, session.get());
    }();
    if (!result.ok()) raise_engine_error(result.status());
    return PyExtraction(std::make_shared<HeldExtraction>(std::move(session), *std::move(result)));
  }

  std::shared_ptr<Extractor> extractor_;
  std::span<const std::byte> package_;
};

LoadOptions load_options(int simd_level, bool use_reference) {
  LoadOptions options;
  options.simd_level = static_cast<SimdLevel>(std::clamp(simd_level, 0, kSimdLevels - 1));
  options.use_reference = use_reference;
  return options;
}

// The name of a file as the system knows it: for bytes that are not UTF-8 Python has surrogates (PEP 383).
std::string file_name_of(const py::handle& path) {
  PyObject* converted = nullptr;
  if (PyUnicode_FSConverter(path.ptr(), &converted) == 0) throw py::error_already_set();
  return py::reinterpret_steal<py::bytes>(converted);
}

py::tuple load_package_file(const py::object& source, bool verify_resources, int simd_level, bool use_reference,
                            bool verify_values) {
  const Verification verification = verify_resources ? Verification::kComplete : Verification::kWithoutResources;
  auto package = [&] {
    if (py::isinstance<py::bytes>(source)) {
      const std::string_view bytes = source.cast<std::string_view>();
      const py::gil_scoped_release release;
      return load_package(std::as_bytes(std::span<const char>(bytes.data(), bytes.size())), verification);
    }
    const std::string path = file_name_of(source);
    const py::gil_scoped_release release;
    return load_package(path, verification);
  }();
  if (!package.ok()) raise_engine_error(package.status());
  const std::string manifest(package->manifest());
  const std::span<const std::byte> bytes = package->bytes();
  auto extractor = [&] {
    const py::gil_scoped_release release;
    return load_verified_extractor(*std::move(package), load_options(simd_level, use_reference), verify_values);
  }();
  if (!extractor.ok()) raise_engine_error(extractor.status());
  return py::make_tuple(PyExtractor(*std::move(extractor), bytes), manifest);
}

PyExtractor load_plan(const std::string& plan, const std::map<std::string, py::bytes>& resources, int simd_level,
                      bool use_reference) {
  std::map<std::string, std::string> bytes;
  for (const auto& [name, value] : resources) bytes[name] = std::string(value);
  auto extractor = load_extractor(plan, std::move(bytes), load_options(simd_level, use_reference));
  if (!extractor.ok()) raise_engine_error(extractor.status());
  return PyExtractor(*std::move(extractor));
}

std::string load_plugin_file(const py::object& given) {
  const std::string path = file_name_of(given);
  const auto plugin = [&] {
    const py::gil_scoped_release release;
    return load_plugin(path);
  }();
  if (!plugin.ok()) raise_engine_error(plugin.status());
  return (*plugin)->registry;
}

std::vector<std::pair<std::string, std::string>> plugin_registries() {
  std::vector<std::pair<std::string, std::string>> found;
  for (const LoadedPlugin* plugin : loaded_plugins()) found.emplace_back(plugin->path, plugin->registry);
  return found;
}

std::string evaluate_constants(const std::string& plan_json) {
  auto plan = read_plan(plan_json);
  if (!plan.ok()) raise_engine_error(plan.status());
  auto program = Program::bind(*std::move(plan), {}, detect_simd_level(), false);
  if (!program.ok()) raise_engine_error(program.status());
  return constants_json(**program);
}

py::bytes build_vocabulary_bytes(const std::vector<std::string>& words, uint32_t oov_buckets) {
  std::vector<std::string_view> views(words.begin(), words.end());
  std::string error;
  const std::string bytes = build_vocabulary(views, oov_buckets, &error);
  if (!error.empty()) throw py::value_error(error);
  return py::bytes(bytes);
}

// `schema` is a JSON list of {"name", "type"}; the first column is the key. Types are storage types.
py::bytes build_table_bytes(const std::string& schema, const std::vector<py::list>& columns) {
  const py::object described = py::module_::import("json").attr("loads")(schema);
  if (!py::isinstance<py::list>(described) || py::len(described) != columns.size() || columns.empty()) {
    throw py::value_error("The schema of a table must list its columns.");
  }
  struct Cells {
    std::string name;
    std::vector<uint8_t> bools;
    std::vector<int64_t> ints;
    std::vector<double> floats;
    std::vector<std::string> strings;
    std::vector<std::string_view> texts;
    std::vector<uint8_t> valid;
  };
  std::vector<Cells> cells(columns.size());
  std::vector<TableColumn> table(columns.size());
  for (size_t c = 0; c < columns.size(); ++c) {
    Cells& column = cells[c];
    const auto description = described[py::int_(c)].cast<py::dict>();
    const auto member = [&](const char* name) {
      return description.contains(name) ? description[name].cast<std::string>() : std::string();
    };
    column.name = member("name");
    const std::string type = member("type");
    const size_t rows = columns[c].size();
    column.strings.reserve(rows);
    for (const py::handle cell : columns[c]) {
      const bool is_null = cell.is_none();
      column.valid.push_back(is_null ? 0 : 1);
      if (type == "bool") {
        column.bools.push_back(!is_null && cell.cast<bool>() ? 1 : 0);
      } else if (type == "int") {
        column.ints.push_back(is_null ? 0 : cell.cast<int64_t>());
      } else if (type == "float") {
        column.floats.push_back(is_null ? 0 : cell.cast<double>());
      } else {
        column.strings.push_back(is_null ? "" : cell.cast<std::string>());
        column.texts.push_back(column.strings.back());
      }
    }
    table[c].name = column.name;
    table[c].type = type == "bool"    ? Table::ColumnType::kBool
                    : type == "int"   ? Table::ColumnType::kInt
                    : type == "float" ? Table::ColumnType::kFloat
                                      : Table::ColumnType::kText;
    table[c].bools = column.bools;
    table[c].ints = column.ints;
    table[c].floats = column.floats;
    table[c].texts = column.texts;
    table[c].valid = column.valid;
  }
  std::string error;
  const std::string bytes = build_table(table[0], std::span<const TableColumn>(table).subspan(1), &error);
  if (!error.empty()) throw py::value_error(error);
  return py::bytes(bytes);
}

}  // namespace
}  // namespace feature_extractor

PYBIND11_MODULE(_native, m) {
  namespace py = pybind11;
  using namespace feature_extractor;
  m.doc() = "The native core of feature_extractor.";
  py::class_<PyExtraction>(m, "Extraction")
      .def_property_readonly("rows", &PyExtraction::rows)
      .def_property_readonly("requests", &PyExtraction::requests)
      .def_property_readonly("unknown_keys", &PyExtraction::unknown_keys)
      .def("arrays", &PyExtraction::arrays)
      .def("fill_matrix", &PyExtraction::fill_matrix)
      .def("arrow_c_array", &PyExtraction::arrow_c_array)
      .def("statistics", &PyExtraction::statistics);
  py::class_<PyMessageDecoder>(m, "MessageDecoder")
      .def("decode", &PyMessageDecoder::decode, py::arg("messages"))
      .def("request_fields", &PyMessageDecoder::request_fields)
      .def("candidate_fields", &PyMessageDecoder::candidate_fields);
  py::class_<PyCache>(m, "Cache").def_property_readonly("capacity", &PyCache::capacity).def("counts", &PyCache::counts);
  py::class_<PyCatalogue>(m, "Catalogue")
      .def_property_readonly("key", &PyCatalogue::key)
      .def_property_readonly("has_text_keys", &PyCatalogue::has_text_keys)
      .def_property_readonly("rows", &PyCatalogue::rows)
      .def_property_readonly("bytes", &PyCatalogue::bytes)
      .def("rows_of", &PyCatalogue::rows_of, py::arg("given"));
  py::class_<PyExtractor>(m, "Extractor")
      .def("extract", &PyExtractor::extract, py::arg("table"), py::arg("threads"), py::arg("chunk_rows"),
           py::arg("profile") = false)
      .def("extract_request", &PyExtractor::extract_request, py::arg("requests"), py::arg("candidates"),
           py::arg("offsets"), py::arg("threads"), py::arg("chunk_rows"))
      .def("with_catalogue", &PyExtractor::with_catalogue, py::arg("table"), py::arg("key"), py::arg("has_text_keys"),
           py::arg("columns"), py::arg("threads"))
      .def("with_cache", &PyExtractor::with_cache, py::arg("bytes"), py::arg("without"))
      .def("given_inputs", &PyExtractor::given_inputs)
      .def("json_decoder", &PyExtractor::json_decoder, py::arg("maximum_bytes"), py::arg("maximum_candidates"))
      .def("protobuf_decoder", &PyExtractor::protobuf_decoder, py::arg("descriptor_set"), py::arg("message"),
           py::arg("candidates"), py::arg("maximum_bytes"), py::arg("maximum_candidates"), py::arg("fetched"),
           py::arg("key_fields"))
      .def("extract_messages", &PyExtractor::extract_messages, py::arg("decoder"), py::arg("messages"),
           py::arg("threads"), py::arg("chunk_rows"))
      .def("package", &PyExtractor::package)
      .def("arrow_c_schema", &PyExtractor::arrow_c_schema)
      .def("check_replacement", &PyExtractor::check_replacement, py::arg("fresh"));
  py::class_<PySampleEncoder>(m, "SampleEncoder")
      .def(py::init<py::handle, bool>(), py::arg("batch"), py::arg("sequence"))
      .def_property_readonly("rows", &PySampleEncoder::rows)
      .def("encode", &PySampleEncoder::encode, py::arg("first"), py::arg("limit"));
  m.def("masked_crc32c", &masked_crc32c_of, py::arg("content"));
  m.def("load_package", &load_package_file, py::arg("source"), py::arg("verify_resources") = true,
        py::arg("simd_level") = 2, py::arg("use_reference") = false, py::arg("verify_values") = true);
  m.def("load_plan", &load_plan, py::arg("plan"), py::arg("resources"), py::arg("simd_level") = 2,
        py::arg("use_reference") = false);
  m.def("evaluate_constants", &evaluate_constants, py::arg("plan"));
  m.def("build_vocabulary", &build_vocabulary_bytes, py::arg("words"), py::arg("oov_buckets"));
  m.def("build_table", &build_table_bytes, py::arg("schema"), py::arg("columns"));
  m.def("digest_table", &digest_table, py::arg("table"));
  m.def("registry_json", &registry_json);
  m.def("load_plugin", &load_plugin_file, py::arg("path"));
  m.def("loaded_plugins", &plugin_registries);
  m.def("simd_level", [] { return static_cast<int>(detect_simd_level()); });
}
