// protobuf_list_string(message, path): the texts of a repeated field of a message of Protocol Buffers.
#include "feature_extractor/operator.h"
#include "feature_extractor/protobuf.h"

namespace feature_extractor {
namespace {

struct ProtobufListString {
  using State = protobuf::Path;
  static std::optional<State> bind(Text path, BindError& error) { return protobuf::Path::read(path, error); }
  static bool eval(const State& path, Bytes message, ListBuilder<Text>& values) {
    return protobuf::for_each(path, message.value, [&](const protobuf::Field& field) {
      if (field.type == protobuf::WireType::kLength) values.push_back(protobuf::text_of(field.bytes));
      return true;
    });
  }
};

constexpr Operator kOperator = {
    .name = "protobuf_list_string",
    .summary = "List the texts of a repeated field of a message of Protocol Buffers",
    .detail =
        "`fields` has the numbers that the .proto file gives to the fields, from the outermost message inwards: "
        "`\"3.1\"` is field 1 of the message in field 3. No schema is needed. A tf.train.Example has its features in "
        "the map field 1.1, whose names are `\"1.1.1\"`.",
    .parameters = {{"message", "a message in the wire format of Protocol Buffers"},
                   {"fields", "the numbers of the fields, with dots between them"}},
    .overloads = {overload<"(message: bytes, fields: const string) -> list<string?>?", ProtobufListString>()},
    .edges = {{"the bytes are no message, or end too soon; also behind the field", "null"},
              {"the field is not there, or the message is empty", "an empty list"},
              {"a message on the path is there several times", "the values of all of them, in the order of the bytes"},
              {"the field is a number", "it does not count, as for a parser that does not know it"},
              {"the bytes of a value are not UTF-8", "a null element"},
              {"groups", "are passed over, up to 32 levels deep"},
              {"`fields` is no such path", "an error when the program is compiled"}},
    .examples = {{"protobuf_list_string(b\"\\x0A\\x01a\\x0A\\x00\", \"1\")", "[\"a\", \"\"]"},
                 {"protobuf_list_string(b\"\", \"1\")", "[]"}},
    .cost = {.per_row = 16.0, .per_element = 2.0},
    .aliases = "proto_strings repeated_string bytes_list",
    .see_also = "protobuf_get_string protobuf_list_int json_list",
    .source = "https://protobuf.dev/programming-guides/encoding/",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
