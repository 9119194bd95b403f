// protobuf_get_float(message, path, type): a float or double of a message of Protocol Buffers.
#include "feature_extractor/operator.h"
#include "feature_extractor/protobuf.h"

namespace feature_extractor {
namespace {

struct ProtobufGetFloat {
  struct State {
    protobuf::Path path;
    bool is_double;
  };
  static std::optional<State> bind(Text path, Text type, BindError& error) {
    const std::optional<protobuf::Path> read = protobuf::Path::read(path, error);
    if (!read.has_value()) return std::nullopt;
    return State{*read, type == "double"};
  }
  static Nullable<double> eval(const State& state, Bytes message) {
    const protobuf::WireType type = state.is_double ? protobuf::WireType::kFixed64 : protobuf::WireType::kFixed32;
    const auto field = protobuf::last_field(state.path, message.value, type);
    if (!field.has_value()) return null;
    const double value = protobuf::float_of(field->bits, state.is_double);
    return Nullable<double>::where(__builtin_isfinite(value), value);
  }
};

constexpr Operator kOperator = {
    .name = "protobuf_get_float",
    .summary = "Take one float or double out of a message of Protocol Buffers",
    .detail =
        "`fields` has the numbers that the .proto file gives to the fields, from the outermost message inwards: "
        "`\"3.1\"` is field 1 of the message in field 3. No schema is needed. `type` is the type of the field in the "
        ".proto file.",
    .parameters = {{"message", "a message in the wire format of Protocol Buffers"},
                   {"fields", "the numbers of the fields, with dots between them"},
                   {"type", "the type of the field in the .proto file"}},
    .overloads = {overload<
        "(message: bytes, fields: const string, type: const string{\"float\",\"double\"} = \"float\") -> float?",
        ProtobufGetFloat>()},
    .edges = {{"the bytes are no message, or end too soon; also behind the field", "null"},
              {"the field is not there",
               "null; in proto3 that is how 0, false and \"\" are written, so that `??` gives them"},
              {"the field, or a message on the path, is there several times",
               "the last value counts, as when messages are merged"},
              {"the field is written in another type", "it does not count, as for a parser that does not know it"},
              {"the value is NaN or infinite", "null, as everywhere"},
              {"groups", "are passed over, up to 32 levels deep"},
              {"`fields` is no such path", "an error when the program is compiled"}},
    .examples = {{"protobuf_get_float(b\"\\x0D\\x00\\x00\\xC0\\x3F\", \"1\")", "1.5"},
                 {"protobuf_get_float(b\"\\x09\\x00\\x00\\x00\\x00\\x00\\x00\\xF8\\x3F\", \"1\", \"double\")", "1.5"},
                 {"protobuf_get_float(b\"\", \"1\") ?? 0.0", "0.0"}},
    .cost = {.per_row = 14.0, .per_element = 0.4},
    .aliases = "pb_float proto_float pb_get_float",
    .see_also = "protobuf_get_int protobuf_list_float json_get_float",
    .source = "https://protobuf.dev/programming-guides/encoding/",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
