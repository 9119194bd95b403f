// The values of constants as JSON, for the compiler, which folds them.
#include <nlohmann/json.hpp>
#include <string>

#include "engine/executor.h"
#include "engine/program.h"

namespace feature_extractor {

std::string constants_json(const Program& program) {
  using Json = nlohmann::json;
  const auto value_at = [&](const auto& self, const BoundOperand& argument, const Column& column,
                            uint32_t row) -> Json {
    if (column.is_null(row)) return nullptr;
    switch (program.slots_[argument.slot].type) {
      case StorageKind::kBool:
        return static_cast<const uint8_t*>(column.data)[row] != 0;
      case StorageKind::kInt:
        return static_cast<const int64_t*>(column.data)[row];
      case StorageKind::kFloat:
        return static_cast<const double*>(column.data)[row];
      case StorageKind::kText: {
        const Text text = static_cast<const Text*>(column.data)[row];
        static constexpr char kDigits[] = "0123456789abcdef";
        std::string hex;
        for (const char c : text) {
          hex.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
          hex.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
        }
        return Json{{"bytes", hex}};
      }
      case StorageKind::kList: {
        const ListEntry entry = static_cast<const ListEntry*>(column.data)[row];
        Json list = Json::array();
        for (uint32_t i = 0; i < entry.size; ++i) {
          Json element = Json::array();
          for (size_t e = 0; e < argument.elements.size(); ++e) {
            element.push_back(self(self, argument.elements[e], column.children[e], entry.begin + i));
          }
          list.push_back(argument.elements.size() == 1 ? element[0] : element);
        }
        return list;
      }
      default:
        return nullptr;
    }
  };
  Json list = Json::array();
  Executor executor(program, program.constants_.get());
  for (const BoundOperand& value : program.constant_values_) {
    list.push_back(value_at(value_at, value, executor.operand_tree(value), 0));
  }
  return list.dump();
}

}  // namespace feature_extractor
