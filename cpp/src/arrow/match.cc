// Matches Arrow schemas to declared types.
#include <charconv>
#include <cstring>

#include "arrow/input_table.h"

namespace feature_extractor {
namespace {

std::string arrow_type_name(const ArrowSchema& schema) {
  const std::string_view format = schema.format;
  static constexpr std::pair<std::string_view, const char*> kNames[] = {
      {"n", "null"},         {"b", "bool"},    {"c", "int8"},         {"C", "uint8"},        {"s", "int16"},
      {"S", "uint16"},       {"i", "int32"},   {"I", "uint32"},       {"l", "int64"},        {"L", "uint64"},
      {"e", "halffloat"},    {"f", "float"},   {"g", "double"},       {"u", "string"},       {"U", "large_string"},
      {"vu", "string_view"}, {"z", "binary"},  {"Z", "large_binary"}, {"vz", "binary_view"}, {"tdD", "date32"},
      {"tdm", "date64"},     {"+s", "struct"}, {"+m", "map"},
  };
  if (schema.dictionary != nullptr) return "dictionary of " + arrow_type_name(*schema.dictionary);
  for (const auto& [code, name] : kNames) {
    if (format == code) return name;
  }
  if (format.starts_with("ts")) return "timestamp";
  if (format.starts_with("tD")) return "duration";
  if (format.starts_with("+w:") && schema.n_children == 1) {
    return "fixed_size_list<" + arrow_type_name(*schema.children[0]) + ">[" + std::string(format.substr(3)) + "]";
  }
  if ((format == "+l" || format == "+L") && schema.n_children == 1) {
    return "list<" + arrow_type_name(*schema.children[0]) + ">";
  }
  return "Arrow format '" + std::string(format) + "'";
}

// Bytes of what the second buffer has for each row, and of what may be read of it at once.
struct ValueSize {
  size_t bytes;
  size_t alignment;
};

ValueSize value_size(Layout layout) {
  switch (layout) {
    case Layout::kInt16:
    case Layout::kUInt16:
    case Layout::kFloat16:
      return {2, 2};
    case Layout::kInt32:
    case Layout::kUInt32:
    case Layout::kFloat32:
    case Layout::kText32:
    case Layout::kList32:
      return {4, 4};
    case Layout::kInt64:
    case Layout::kUInt64:
    case Layout::kFloat64:
    case Layout::kText64:
    case Layout::kList64:
      return {8, 8};
    case Layout::kTextView:
      return {16, 4};
    default:
      return {1, 1};
  }
}

bool has_offsets(Layout layout) {
  return layout == Layout::kText32 || layout == Layout::kText64 || layout == Layout::kList32 ||
         layout == Layout::kList64;
}

// The Arrow format recommends that buffers begin at multiples of 64 bytes and does not ask for it: a buffer that is a part of a
// message may begin anywhere. C++ reads numbers at multiples of their size only, so such values are copied once.
void align_values(InputNode* node) {
  const ValueSize size = value_size(node->layout);
  const ArrowArray& given = *node->array;
  const auto rows = static_cast<size_t>(given.offset + given.length);
  if (size.alignment == 1 || rows == 0 || given.n_buffers < 2) return;
  if (reinterpret_cast<uintptr_t>(given.buffers[1]) % size.alignment == 0) return;
  auto copy = std::make_unique<AlignedArray>();
  copy->array = given;
  copy->buffers.assign(given.buffers, given.buffers + given.n_buffers);
  const size_t bytes = (rows + (has_offsets(node->layout) ? 1 : 0)) * size.bytes;
  copy->values.resize((bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t));
  std::memcpy(copy->values.data(), given.buffers[1], bytes);
  copy->buffers[1] = copy->values.data();
  copy->array.buffers = copy->buffers.data();
  node->array = &copy->array;
  node->aligned = std::move(copy);
}

class Matcher {
 public:
  std::unique_ptr<InputNode> match(const ArrowSchema& schema, const ArrowArray& array, const DeclaredType& type,
                                   const std::string& place, int depth = 0) {
    std::unique_ptr<InputNode> node = match_layout(schema, array, type, place, depth);
    if (node) align_values(node.get());
    return node;
  }

  Status status() const { return status_; }

 private:
  std::unique_ptr<InputNode> match_layout(const ArrowSchema& schema, const ArrowArray& array, const DeclaredType& type,
                                          const std::string& place, int depth) {
    auto node = std::make_unique<InputNode>();
    node->array = &array;
    const std::string_view format = schema.format;
    if (depth > kMaximumNesting) return mismatch(type, schema, place);
    if (schema.dictionary != nullptr && array.dictionary != nullptr) {
      node->dictionary = match(*schema.dictionary, *array.dictionary, type, place, depth + 1);
      if (!node->dictionary) return nullptr;
      if (!integer_layout(format, &node->layout)) return mismatch(type, schema, place);
      return node;
    }
    if (format == "n") return node;
    using Kind = DeclaredType::Kind;
    bool ok = false;
    switch (type.kind) {
      case Kind::kBool:
        ok = format == "b";
        node->layout = Layout::kBool;
        break;
      case Kind::kInt:
        ok = integer_layout(format, &node->layout);
        break;
      case Kind::kFloat:
        ok = float_layout(format, &node->layout) || integer_layout(format, &node->layout);
        break;
      case Kind::kString:
      case Kind::kBytes:
        ok = text_layout(format, type.kind == Kind::kBytes, &node->layout);
        node->is_bytes = type.kind == Kind::kBytes;
        break;
      case Kind::kTimestamp:
      case Kind::kDuration:
        ok = time_layout(format, type.kind, node.get());
        break;
      case Kind::kVector:
        return match_vector(schema, array, type, place, depth, std::move(node));
      case Kind::kList:
        if (!list_layout(format, schema, node.get())) return mismatch(type, schema, place);
        return with_child(schema, array, type.children[0], place + "[]", depth, std::move(node));
      case Kind::kMap:
        return match_map(schema, array, type, place, depth, std::move(node));
      case Kind::kStruct:
        return match_struct(schema, array, type, place, depth, std::move(node));
      default:
        break;
    }
    if (!ok) return mismatch(type, schema, place);
    return node;
  }

  std::unique_ptr<InputNode> fail(std::string message) {
    if (status_.ok()) status_ = Status::error(ErrorCode::kInvalidArgument, std::move(message));
    return nullptr;
  }

  std::unique_ptr<InputNode> mismatch(const DeclaredType& type, const ArrowSchema& schema, const std::string& place) {
    return fail("Column '" + place + "' must be " + type.text() + ", but the data has " + arrow_type_name(schema) +
                ". Cast the column, or change the declaration in the program.");
  }

  std::unique_ptr<InputNode> with_child(const ArrowSchema& schema, const ArrowArray& array, const DeclaredType& type,
                                        const std::string& place, int depth, std::unique_ptr<InputNode> node) {
    if (schema.n_children != 1 || array.n_children != 1)
      return fail("Column '" + place + "' is not a well-formed list.");
    auto child = match(*schema.children[0], *array.children[0], type, place, depth + 1);
    if (!child) return nullptr;
    node->children.push_back(std::move(child));
    return node;
  }

  std::unique_ptr<InputNode> match_vector(const ArrowSchema& schema, const ArrowArray& array, const DeclaredType& type,
                                          const std::string& place, int depth, std::unique_ptr<InputNode> node) {
    if (!list_layout(schema.format, schema, node.get())) return mismatch(type, schema, place);
    if (node->layout == Layout::kFixedList && node->fixed_size != type.size) return mismatch(type, schema, place);
    DeclaredType element;
    element.kind = DeclaredType::Kind::kFloat;
    return with_child(schema, array, element, place + "[]", depth, std::move(node));
  }

  std::unique_ptr<InputNode> match_map(const ArrowSchema& schema, const ArrowArray& array, const DeclaredType& type,
                                       const std::string& place, int depth, std::unique_ptr<InputNode> node) {
    // A list of structs with two fields is a map that its writer could not call one.
    const bool is_map = std::strcmp(schema.format, "+m") == 0;
    node->layout = Layout::kList32;
    if (!is_map && !list_layout(schema.format, schema, node.get())) return mismatch(type, schema, place);
    if (schema.n_children != 1 || array.n_children != 1 || std::strcmp(schema.children[0]->format, "+s") != 0 ||
        schema.children[0]->n_children != 2 || array.children[0]->n_children != 2) {
      return mismatch(type, schema, place);
    }
    auto entries = std::make_unique<InputNode>();
    entries->layout = Layout::kStruct;
    entries->array = array.children[0];
    for (int i = 0; i < 2; ++i) {
      auto child = match(*schema.children[0]->children[i], *array.children[0]->children[i], type.children[i],
                         place + (i == 0 ? "{key}" : "{value}"), depth + 1);
      if (!child) return nullptr;
      entries->children.push_back(std::move(child));
      entries->names.push_back(i == 0 ? "key" : "value");
    }
    node->children.push_back(std::move(entries));
    return node;
  }

  std::unique_ptr<InputNode> match_struct(const ArrowSchema& schema, const ArrowArray& array, const DeclaredType& type,
                                          const std::string& place, int depth, std::unique_ptr<InputNode> node) {
    if (std::strcmp(schema.format, "+s") != 0) return mismatch(type, schema, place);
    node->layout = Layout::kStruct;
    for (size_t f = 0; f < type.children.size(); ++f) {
      const std::string& name = type.field_names[f];
      int64_t found = -1;
      for (int64_t c = 0; c < schema.n_children; ++c) {
        if (schema.children[c]->name != nullptr && name == schema.children[c]->name) found = c;
      }
      if (found < 0)
        return fail("Column '" + place + "' has no field '" + name + "' of type " + type.children[f].text() + ".");
      auto child =
          match(*schema.children[found], *array.children[found], type.children[f], place + "." + name, depth + 1);
      if (!child) return nullptr;
      node->children.push_back(std::move(child));
      node->names.push_back(name);
    }
    return node;
  }

  static bool integer_layout(std::string_view format, Layout* layout) {
    static constexpr std::string_view kCodes = "cCsSiIlL";
    if (format.size() != 1 || kCodes.find(format[0]) == std::string_view::npos) return false;
    *layout = static_cast<Layout>(static_cast<int>(Layout::kInt8) + static_cast<int>(kCodes.find(format[0])));
    return true;
  }

  static bool float_layout(std::string_view format, Layout* layout) {
    static constexpr std::string_view kCodes = "efg";
    if (format.size() != 1 || kCodes.find(format[0]) == std::string_view::npos) return false;
    *layout = static_cast<Layout>(static_cast<int>(Layout::kFloat16) + static_cast<int>(kCodes.find(format[0])));
    return true;
  }

  static bool text_layout(std::string_view format, bool bytes, Layout* layout) {
    if (format == "u" || (bytes && format == "z")) {
      *layout = Layout::kText32;
    } else if (format == "U" || (bytes && format == "Z")) {
      *layout = Layout::kText64;
    } else if (format == "vu" || (bytes && format == "vz")) {
      *layout = Layout::kTextView;
    } else {
      return false;
    }
    return true;
  }

  static bool time_layout(std::string_view format, DeclaredType::Kind kind, InputNode* node) {
    node->layout = Layout::kInt64;
    if (kind == DeclaredType::Kind::kTimestamp && format == "tdD") {
      node->layout = Layout::kInt32;
      node->multiply = 86'400'000'000;
      return true;
    }
    if (kind == DeclaredType::Kind::kTimestamp && format == "tdm") {
      node->multiply = 1000;
      return true;
    }
    const std::string_view prefix = kind == DeclaredType::Kind::kTimestamp ? "ts" : "tD";
    if (!format.starts_with(prefix) || format.size() < 3) return false;
    switch (format[2]) {
      case 's':
        node->multiply = 1'000'000;
        return true;
      case 'm':
        node->multiply = 1000;
        return true;
      case 'u':
        return true;
      case 'n':
        node->divide = 1000;
        return true;
      default:
        return false;
    }
  }

  static bool list_layout(std::string_view format, const ArrowSchema& schema, InputNode* node) {
    if (schema.n_children != 1) return false;
    if (format == "+l") {
      node->layout = Layout::kList32;
    } else if (format == "+L") {
      node->layout = Layout::kList64;
    } else if (format.starts_with("+w:")) {
      node->layout = Layout::kFixedList;
      const std::string_view digits = format.substr(3);
      return std::from_chars(digits.data(), digits.data() + digits.size(), node->fixed_size).ec == std::errc();
    } else {
      return false;
    }
    return true;
  }

  Status status_;
};

}  // namespace

Status InputTable::match(const ArrowSchema& schema, const ArrowArray& array, const Plan& plan, int domain,
                         const std::vector<bool>& used_inputs) {
  if (schema.format == nullptr || std::strcmp(schema.format, "+s") != 0) {
    return Status::error(ErrorCode::kInvalidArgument, "The input must be a table or a record batch (an Arrow struct).");
  }
  rows_ = array.length;
  row_shift_ = array.offset;
  columns_.clear();
  columns_.resize(plan.inputs.size());
  nullable_rows_.reset();
  if (array.null_count != 0 && array.n_buffers > 0 && array.buffers[0] != nullptr) {
    nullable_rows_ = std::make_unique<InputNode>();
    nullable_rows_->layout = Layout::kStruct;
    nullable_rows_->array = &array;
  }
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    const InputDeclaration& input = plan.inputs[i];
    if (input.domain != domain || !used_inputs[i]) continue;
    int64_t found = -1;
    for (int64_t c = 0; c < schema.n_children; ++c) {
      if (schema.children[c]->name == nullptr || input.name != schema.children[c]->name) continue;
      if (found >= 0)
        return Status::error(ErrorCode::kInvalidArgument, "Column '" + input.name + "' comes twice in the data.");
      found = c;
    }
    if (found < 0) {
      std::string present;
      for (int64_t c = 0; c < schema.n_children && present.size() < 300; ++c) {
        if (schema.children[c]->name != nullptr)
          present += (present.empty() ? "" : ", ") + std::string(schema.children[c]->name);
      }
      if (input.is_key) {
        return Status::error(ErrorCode::kInvalidArgument, "Column '" + input.name +
                                                              "' is missing: it is the key of the catalogue, and names "
                                                              "the candidates. The data has: " +
                                                              present + ".");
      }
      return Status::error(ErrorCode::kInvalidArgument,
                           std::string("Column '") + input.name + "' is missing: the program declares it as " +
                               (domain == kRequestDomain ? "a request" : "a candidate") + " input of type " +
                               input.type.text() + ". The data has: " + present + ".");
    }
    Matcher matcher;
    columns_[i] = matcher.match(*schema.children[found], *array.children[found], input.type, input.name);
    if (!columns_[i]) return matcher.status();
  }
  return Status::success();
}

bool InputTable::is_null_row(int64_t row) const {
  if (nullable_rows_ == nullptr) return false;
  const auto* bits = static_cast<const uint8_t*>(nullable_rows_->array->buffers[0]);
  const int64_t at = row + row_shift_;
  return (bits[at >> 3] >> (at & 7) & 1) == 0;
}

LeafAccess InputTable::leaf(int input, std::span<const std::string> path) const {
  LeafAccess access;
  access.node = columns_[input].get();
  // Rows of columns count from the start of the buffers, those of the table from its offset.
  if (nullable_rows_ != nullptr) access.structs[access.struct_count++] = {nullable_rows_.get(), -row_shift_};
  for (const std::string& part : path) {
    const InputNode* node = access.node;
    if (node->layout == Layout::kNull) return access;  // Everything below is null, too.
    const bool is_list =
        node->layout == Layout::kList32 || node->layout == Layout::kList64 || node->layout == Layout::kFixedList;
    if (is_list) {
      access.struct_count = 0;
      access.shift = 0;
      access.node = node->children[0].get();
      if (part == "*") continue;
      node = access.node;  // A map's entries.
    }
    access.structs[access.struct_count++] = {node, access.shift};
    access.shift += node->array->offset;
    for (size_t f = 0; f < node->names.size(); ++f) {
      if (node->names[f] == part) access.node = node->children[f].get();
    }
  }
  return access;
}

}  // namespace feature_extractor
