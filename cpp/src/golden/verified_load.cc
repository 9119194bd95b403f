#include "golden/verified_load.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "arrow/input_schema.h"
#include "arrow/schema_builder.h"
#include "arrow/table_digest.h"
#include "engine/arrow_export.h"
#include "feature_extractor/plugin.h"
#include "golden/stored_table.h"
#include "golden/value_text.h"

namespace feature_extractor {
namespace {

using nlohmann::json;

constexpr std::string_view kIndex = "golden/rows.json";
constexpr size_t kMostNamed = 3;  // Features whose first difference the message shows.

Status unreadable(const std::string& problem) {
  return Status::error(ErrorCode::kCorrupt, "The golden rows of the package cannot be read: " + problem +
                                                ". Compile it again with `fx compile`.");
}

// A table of features that is released with this.
struct OwnedTable {
  ArrowSchema schema{};
  ArrowArray array{};

  OwnedTable() = default;
  OwnedTable(const OwnedTable&) = delete;
  OwnedTable& operator=(const OwnedTable&) = delete;
  ~OwnedTable() {
    if (array.release != nullptr) array.release(&array);
    if (schema.release != nullptr) schema.release(&schema);
  }
};

struct OwnedSchema {
  ArrowSchema schema;

  explicit OwnedSchema(ArrowSchema from) : schema(from) {}
  OwnedSchema(const OwnedSchema&) = delete;
  OwnedSchema& operator=(const OwnedSchema&) = delete;
  ~OwnedSchema() { schema.release(&schema); }
};

// Vectors are kept as lists of any length, for one of a wrong length is a value too: it becomes null.
void loosen_vectors(ArrowSchema* schema) {
  if (std::string_view(schema->format).starts_with("+w:")) schema->format = "+L";
  for (int64_t c = 0; c < schema->n_children; ++c) loosen_vectors(schema->children[c]);
}

class GoldenRows {
 public:
  GoldenRows(std::span<const PackageMember> members, const Extractor& extractor, SimdLevel level)
      : members_(members), extractor_(extractor), level_(level) {}

  Status verify() {
    const std::string_view text = member(kIndex);
    index_ = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    if (!index_.is_object() || index_.value("format", 0) != 1) return unreadable("rows.json is not of format 1");
    StatusOr<std::unique_ptr<Extraction>> result = extract();
    if (!result.ok()) return result.status();
    const std::shared_ptr<Session> session = extractor_.default_session();
    OwnedTable found;
    found.schema = output_arrow_schema(extractor_.plan());
    found.array = export_arrow_array(std::make_shared<HeldExtraction>(session, *std::move(result)));
    TableDigest digest;
    if (Status status = add_numbered(found.array, &digest); !status.ok()) return status;
    const json& digests = index_.at("digests");
    std::vector<size_t> differing;
    for (size_t f = 0; f < extractor_.plan().features.size(); ++f) {
      const std::string& name = extractor_.plan().features[f].name;
      const Digest128 own = f < digest.columns.size() ? digest.columns[f] : Digest128();
      if (digests.value(name, std::string()) != own.hex()) differing.push_back(f);
    }
    if (differing.empty()) return Status::success();
    return differences(differing, found);
  }

 private:
  std::string_view member(std::string_view name) const {
    for (const PackageMember& member : members_) {
      if (member.name == name) return {reinterpret_cast<const char*>(member.bytes.data()), member.bytes.size()};
    }
    return {};
  }

  // Opens the table that an entry of the index describes.
  StatusOr<std::unique_ptr<StoredTable>> open(const char* entry, ArrowSchema schema) const {
    const json& described = index_.at(entry);
    std::vector<StoredBuffer> buffers;
    for (const json& buffer : described.at("buffers")) {
      buffers.push_back({buffer.at(0).get<uint64_t>(), buffer.at(1).get<uint64_t>()});
    }
    const std::string_view bytes = member("golden/" + std::string(entry) + ".arrow");
    auto table = StoredTable::open(schema, described.at("rows").get<int64_t>(), buffers,
                                   std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
    if (!table.ok()) return unreadable(std::string(entry) + ": " + table.message());
    return table;
  }

  // Opens the table of a domain's inputs; it has the columns that the index names.
  StatusOr<std::unique_ptr<StoredTable>> open_inputs(const char* entry, int domain) const {
    OwnedTable all;
    all.schema = input_arrow_schema(extractor_.plan(), domain);
    std::vector<ArrowSchema> chosen;
    for (const json& name : index_.at(entry).at("columns")) {
      for (int64_t c = 0; c < all.schema.n_children; ++c) {
        ArrowSchema* const column = all.schema.children[c];
        if (column->release == nullptr || name.get<std::string>() != column->name) continue;
        loosen_vectors(column);
        chosen.push_back(*column);
        column->release = nullptr;  // It is moved.
      }
    }
    return open(entry, make_arrow_schema("+s", "", std::move(chosen)));
  }

  StatusOr<std::unique_ptr<Extraction>> extract() {
    ExtractionInput input;
    auto requests = open_inputs("requests", kRequestDomain);
    if (!requests.ok()) return requests.status();
    input.request_schema = &(*requests)->schema();
    input.request = &(*requests)->array();
    std::unique_ptr<StoredTable> candidates;
    if (extractor_.plan().output_domain == kCandidateDomain) {
      auto opened = open_inputs("candidates", kCandidateDomain);
      if (!opened.ok()) return opened.status();
      candidates = *std::move(opened);
      input.candidate_schema = &candidates->schema();
      input.candidate = &candidates->array();
      offsets_ = index_.at("offsets").get<std::vector<int64_t>>();
      if (offsets_.empty()) return unreadable("there are no offsets");
      input.offsets = offsets_;
    }
    return extractor_.extract(input, {}, extractor_.default_session().get());
  }

  Status differences(const std::vector<size_t>& differing, const OwnedTable& found) {
    const Plan& plan = extractor_.plan();
    auto expected = open("features", output_arrow_schema(plan));
    if (!expected.ok()) return expected.status();
    const int64_t rows = std::min((*expected)->array().length, found.array.length);
    std::map<size_t, int64_t> first;
    std::map<size_t, int64_t> count;
    for (int64_t row = 0; row < rows; ++row) {
      const TableDigest was = digest_of_row((*expected)->schema(), (*expected)->array(), row);
      const TableDigest is = digest_of_row(found.schema, found.array, row);
      for (const size_t f : differing) {
        if (was.columns[f].hex() == is.columns[f].hex()) continue;
        first.emplace(f, row);
        ++count[f];
      }
    }
    std::string message = "The golden rows of the package give other values here: " + std::to_string(differing.size()) +
                          " of " + std::to_string(plan.features.size()) +
                          (plan.features.size() == 1 ? " feature differs." : " features differ.");
    for (size_t i = 0; i < std::min(differing.size(), kMostNamed); ++i) {
      const size_t f = differing[i];
      const auto at = first.find(f);
      message += " Feature '" + plan.features[f].name + "'";
      if (at == first.end()) {
        message += " differs in the number of its rows, or its values and digests in the package do not fit.";
        continue;
      }
      message += " differs in " + std::to_string(count[f]) + " of " + std::to_string(rows) + " rows, first in row " +
                 std::to_string(at->second) + ": expected " +
                 value_text(*(*expected)->schema().children[f], *(*expected)->array().children[f], at->second) +
                 ", found " + value_text(*found.schema.children[f], *found.array.children[f], at->second) + ".";
    }
    if (differing.size() > kMostNamed) {
      message += " The others are";
      for (size_t i = kMostNamed; i < std::min<size_t>(differing.size(), 20); ++i) {
        message += (i == kMostNamed ? " '" : ", '") + plan.features[differing[i]].name + "'";
      }
      message += differing.size() > 20 ? ", ...." : ".";
    }
    return Status::error(ErrorCode::kDifferentValues,
                         message + " This is " + build_text() +
                             ". Do not serve with it: a model would see other values than it was trained with.");
  }

  // Adds each column as structs of the number of the row and the value: a digest of values alone does not see that two of them have
  // changed places.
  Status add_numbered(const ArrowArray& features, TableDigest* digest) const {
    const auto width = static_cast<size_t>(features.n_children);
    std::vector<int64_t> numbers(static_cast<size_t>(features.length) + 1);
    std::iota(numbers.begin(), numbers.end(), int64_t{0});
    const void* number_buffers[2] = {nullptr, numbers.data()};
    const void* no_bitmap[1] = {nullptr};
    ArrowArray number{};
    number.length = features.length;
    number.n_buffers = 2;
    number.buffers = number_buffers;
    ArrowArray table = features;
    std::vector<ArrowArray> pairs(width);
    std::vector<ArrowArray*> parts(2 * width, &number);
    std::vector<ArrowArray*> columns;
    std::vector<ArrowSchema> schemas;
    OwnedTable owned;
    owned.schema = output_arrow_schema(extractor_.plan());
    for (size_t f = 0; f < width; ++f) {
      parts[2 * f + 1] = features.children[f];
      pairs[f].length = features.length;
      pairs[f].n_buffers = 1;
      pairs[f].buffers = no_bitmap;
      pairs[f].n_children = 2;
      pairs[f].children = &parts[2 * f];
      columns.push_back(&pairs[f]);
      std::vector<ArrowSchema> fields = {make_arrow_schema("l", "row")};
      fields.push_back(std::exchange(*owned.schema.children[f], ArrowSchema{}));  // It is moved.
      schemas.push_back(make_arrow_schema("+s", extractor_.plan().features[f].name, std::move(fields)));
    }
    table.children = columns.data();
    const OwnedSchema schema(make_arrow_schema("+s", "", std::move(schemas)));
    return add_to_digest(schema.schema, table, digest);
  }

  static TableDigest digest_of_row(const ArrowSchema& schema, const ArrowArray& array, int64_t row) {
    ArrowArray one = array;
    one.offset = row;
    one.length = 1;
    TableDigest digest;
    const Status status = add_to_digest(schema, one, &digest);
    digest.columns.resize(static_cast<size_t>(schema.n_children));
    (void)status;  // The whole table had a digest, so each row has.
    return digest;
  }

  // Which build runs on which processor.
  std::string build_text() const {
    std::string processor = "an unknown processor";
    if (std::FILE* const information = std::fopen("/proc/cpuinfo", "r")) {
      char line[256];
      while (std::fgets(line, sizeof(line), information) != nullptr) {
        const std::string_view text = line;
        const size_t colon = text.find(": ");
        if (!text.starts_with("model name") || colon == std::string_view::npos) continue;
        processor = text.substr(colon + 2, text.find('\n') - colon - 2);
        break;
      }
      std::fclose(information);
    }
    return "feature_extractor " FEATURE_EXTRACTOR_HEADER_VERSION ", compiled by " __VERSION__ ", at SIMD level " +
           std::to_string(static_cast<int>(level_)) + " on " + processor;
  }

  std::span<const PackageMember> members_;
  const Extractor& extractor_;
  const SimdLevel level_;
  json index_;
  std::vector<int64_t> offsets_;
};

}  // namespace

StatusOr<std::shared_ptr<Extractor>> load_verified_extractor(Package package, const LoadOptions& options,
                                                             bool compute_golden_rows) {
  // Their memory stays where it is when the package moves into the extractor.
  const std::vector<PackageMember> golden = package.golden();
  auto extractor = load_extractor(std::move(package), options);
  if (!extractor.ok() || golden.empty() || !compute_golden_rows) return extractor;
  try {
    const SimdLevel level = std::min(options.simd_level, detect_simd_level());
    Status status = GoldenRows(golden, **extractor, level).verify();
    if (!status.ok()) return status;
  } catch (const json::exception& error) {
    return unreadable(error.what());
  }
  return extractor;
}

}  // namespace feature_extractor
