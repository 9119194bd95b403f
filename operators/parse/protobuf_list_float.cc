// protobuf_list_float(message, path, type): the floats of a repeated field of a message of Protocol Buffers.
#include "feature_extractor/operator.h"
#include "feature_extractor/protobuf.h"

namespace feature_extractor {
namespace {

struct ProtobufListFloat {
  struct State {
    protobuf::Path path;
    bool is_double;
  };
  static std::optional<State> bind(Text path, Text type, BindError& error) {
    const std::optional<protobuf::Path> read = protobuf::Path::read(path, error);
    if (!read.has_value()) return std::nullopt;
    return State{*read, type == "double"};
  }
  static bool eval(const State& state, Bytes message, ListBuilder<double>& values) {
    return protobuf::for_each(state.path, message.value, [&](const protobuf::Field& field) {
      return protobuf::for_each_float(field, state.is_double, [&](double value) {
        values.push_back(Nullable<double>::where(__builtin_isfinite(value), value));
      });
    });
  }
};

constexpr Operator kOperator = {
    .name = "protobuf_list_float",
    .summary = "List the floats or doubles of a repeated field of a message of Protocol Buffers",
    .detail =
        "`fields` has the numbers that the .proto file gives to the fields, from the outermost message inwards: "
        "`\"3.1\"` is field 1 of the message in field 3. No schema is needed. Packed and unpacked fields are read "
        "alike, as parsers do. `type` is the type of the field in the .proto file.",
    .parameters = {{"message", "a message in the wire format of Protocol Buffers"},
                   {"fields", "the numbers of the fields, with dots between them"},
                   {"type", "the type of the field in the .proto file"}},
    .overloads = {overload<
        "(message: bytes, fields: const string, type: const string{\"float\",\"double\"} = \"float\") -> list<float?>?",
        ProtobufListFloat>()},
    .edges = {{"the bytes are no message, or end too soon; also behind the field", "null"},
              {"the field is not there, or the message is empty", "an empty list"},
              {"a message on the path is there several times", "the values of all of them, in the order of the bytes"},
              {"the field is written in another type", "it does not count, as for a parser that does not know it"},
              {"a packed field ends within a number", "null"},
              {"a value is NaN or infinite", "a null element"},
              {"groups", "are passed over, up to 32 levels deep"},
              {"`fields` is no such path", "an error when the program is compiled"}},
    .examples = {{"protobuf_list_float(b\"\\x0A\\x08\\x00\\x00\\xC0\\x3F\\x00\\x00\\x00\\x00\", \"1\")", "[1.5, 0.0]"},
                 {"protobuf_list_float(b\"\\x0A\\x07\\x00\\x00\\xC0\\x3F\\x00\\x00\\x00\", \"1\")", "null"}},
    .cost = {.per_row = 16.0, .per_element = 1.2},
    .aliases = "proto_floats repeated_float float_list embedding_from_protobuf",
    .see_also = "protobuf_get_float protobuf_list_int to_vector",
    .source = "https://protobuf.dev/programming-guides/encoding/",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
