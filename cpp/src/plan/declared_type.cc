#include "plan/declared_type.h"

#include <charconv>

namespace feature_extractor {
namespace {

constexpr int kMaximumTypeDepth = 32;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }
  bool take(std::string_view token) {
    skip_space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  std::string identifier() {
    skip_space();
    const size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_' ||
                                  static_cast<unsigned char>(text_[at_]) >= 0x80)) {
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  bool type(DeclaredType* result, int depth = 0) {
    if (depth > kMaximumTypeDepth) return false;
    if (take("{")) {
      result->kind = DeclaredType::Kind::kStruct;
      while (!take("}")) {
        if (!result->children.empty() && !take(",")) return false;
        std::string name = identifier();
        DeclaredType field;
        if (name.empty() || !take(":") || !type(&field, depth + 1)) return false;
        result->field_names.push_back(std::move(name));
        result->children.push_back(std::move(field));
      }
    } else {
      const std::string word = identifier();
      if (word.empty()) return false;
      if (!named(word, result, depth)) return false;
    }
    result->nullable = take("?");
    return true;
  }

  // Skips a range, a set of words and a default value.
  void skip_parameter_rest() {
    bool quoted = false;
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') quoted = !quoted;
      if (quoted) continue;
      if (depth == 0 && (c == ',' || c == ')')) return;
      if (c == '[' || c == '{' || c == '(') ++depth;
      if (c == ']' || c == '}' || c == ')') --depth;
    }
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool named(const std::string& word, DeclaredType* result, int depth) {
    using Kind = DeclaredType::Kind;
    static constexpr std::pair<std::string_view, Kind> kNames[] = {
        {"bool", Kind::kBool},         {"int", Kind::kInt},
        {"float", Kind::kFloat},       {"string", Kind::kString},
        {"bytes", Kind::kBytes},       {"timestamp", Kind::kTimestamp},
        {"duration", Kind::kDuration}, {"vocabulary", Kind::kVocabulary},
        {"table", Kind::kTable},       {"zone", Kind::kZone},
        {"row", Kind::kRow},
    };
    for (const auto& [name, kind] : kNames) {
      if (word == name) {
        result->kind = kind;
        return true;
      }
    }
    if (word == "list" || word == "map") {
      result->kind = word == "list" ? Kind::kList : Kind::kMap;
      if (!take("<")) return false;
      do {
        if (!type(&result->children.emplace_back(), depth + 1)) return false;
      } while (take(","));
      return take(">") && result->children.size() == (word == "list" ? 1U : 2U);
    }
    if (word == "vector") {
      result->kind = Kind::kVector;
      if (!take("<")) return false;
      const std::string size = identifier();
      const auto parsed = std::from_chars(size.data(), size.data() + size.size(), result->size);
      if (parsed.ec != std::errc() || parsed.ptr != size.data() + size.size()) {
        result->size = 0;
        result->name = size;
      }
      return !size.empty() && take(">");
    }
    result->kind = Kind::kVariable;
    result->name = word;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

StorageKind DeclaredType::storage() const {
  switch (kind) {
    case Kind::kBool:
      return StorageKind::kBool;
    case Kind::kInt:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kRow:
      return StorageKind::kInt;
    case Kind::kFloat:
      return StorageKind::kFloat;
    case Kind::kString:
    case Kind::kBytes:
      return StorageKind::kText;
    case Kind::kVector:
      return StorageKind::kVector;
    case Kind::kList:
    case Kind::kMap:
      return StorageKind::kList;
    default:
      return StorageKind::kNone;
  }
}

std::string DeclaredType::text() const {
  std::string result;
  switch (kind) {
    case Kind::kBool:
      result = "bool";
      break;
    case Kind::kInt:
      result = "int";
      break;
    case Kind::kFloat:
      result = "float";
      break;
    case Kind::kString:
      result = "string";
      break;
    case Kind::kBytes:
      result = "bytes";
      break;
    case Kind::kTimestamp:
      result = "timestamp";
      break;
    case Kind::kDuration:
      result = "duration";
      break;
    case Kind::kVocabulary:
      result = "vocabulary";
      break;
    case Kind::kTable:
      result = "table";
      break;
    case Kind::kZone:
      result = "zone";
      break;
    case Kind::kRow:
      result = "row";
      break;
    case Kind::kVariable:
      result = name;
      break;
    case Kind::kVector:
      result.append("vector<").append(size > 0 ? std::to_string(size) : name).append(">");
      break;
    case Kind::kList:
      result.append("list<").append(children[0].text()).append(">");
      break;
    case Kind::kMap:
      result.append("map<").append(children[0].text()).append(", ").append(children[1].text()).append(">");
      break;
    case Kind::kStruct:
      result = "{";
      for (size_t i = 0; i < children.size(); ++i) {
        result.append(i > 0 ? ", " : "").append(field_names[i]).append(": ").append(children[i].text());
      }
      result += "}";
      break;
  }
  if (nullable) result.push_back('?');
  return result;
}

StatusOr<DeclaredType> parse_declared_type(std::string_view text) {
  Parser parser(text);
  DeclaredType type;
  if (!parser.type(&type) || !parser.at_end()) {
    return Status::error(ErrorCode::kInvalidPlan, "'" + std::string(text) + "' is not a type");
  }
  return type;
}

StatusOr<ParsedSignature> parse_signature(std::string_view text) {
  const Status failure = Status::error(ErrorCode::kInvalidPlan, "'" + std::string(text) + "' is not a signature");
  Parser parser(text);
  ParsedSignature signature;
  if (parser.take("<")) {
    do {
      SignatureVariable variable;
      variable.name = parser.identifier();
      if (!parser.take(":")) return failure;
      variable.constraint = parser.identifier();
      signature.variables.push_back(std::move(variable));
    } while (parser.take(","));
    if (!parser.take(">")) return failure;
  }
  if (!parser.take("(")) return failure;
  if (!parser.take(")")) {
    do {
      SignatureParameter parameter;
      parameter.name = parser.identifier();
      if (!parser.take(":")) return failure;
      parameter.is_constant = parser.take("const ");
      if (!parser.type(&parameter.type)) return failure;
      if (parser.take("->")) {
        parameter.is_lambda = true;
        parameter.type = DeclaredType();
        if (!parser.type(&parameter.type)) return failure;
      }
      parameter.is_variadic = parser.take("...");
      parser.skip_parameter_rest();
      signature.parameters.push_back(std::move(parameter));
    } while (parser.take(","));
    if (!parser.take(")")) return failure;
  }
  if (!parser.take("->") || !parser.type(&signature.result) || !parser.at_end()) return failure;
  return signature;
}

}  // namespace feature_extractor
