// Messages of requests under the sanitizers: valid ones take nothing from the heap once warm, damaged ones are read or refused.
#include "request/request_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/load.h"

namespace feature_extractor {
namespace {

// A program that reads each kind of value, and computes next to nothing.
constexpr char kPlan[] = R"({
  "format": 1,
  "domains": [{"kind": "constant"}, {"kind": "request"}, {"kind": "candidate"},
              {"kind": "elements", "parent": 1, "shape": 1, "origin": null, "view": false},
              {"kind": "elements", "parent": 1, "shape": 4, "origin": null, "view": false}],
  "slots": [{"domain": 1, "type": "text"}, {"domain": 1, "type": "list"}, {"domain": 3, "type": "int"},
            {"domain": 1, "type": "float"}, {"domain": 1, "type": "list"}, {"domain": 4, "type": "text"},
            {"domain": 2, "type": "int"}, {"domain": 2, "type": "text"}],
  "inputs": [{"domain": "request", "name": "user", "type": "string", "nullable": false},
             {"domain": "request", "name": "seen", "type": "list<int>", "nullable": false},
             {"domain": "request", "name": "home", "type": "{lat: float?}?", "nullable": true},
             {"domain": "request", "name": "taste", "type": "map<string, int>", "nullable": false},
             {"domain": "candidate", "name": "at", "type": "timestamp?", "nullable": true}],
  "resources": [],
  "steps": [{"do": "input", "input": 0, "path": [], "result": 0},
            {"do": "input", "input": 1, "path": [], "result": 1},
            {"do": "input", "input": 1, "path": ["*"], "result": 2},
            {"do": "input", "input": 2, "path": ["lat"], "result": 3},
            {"do": "input", "input": 3, "path": [], "result": 4},
            {"do": "input", "input": 3, "path": ["key"], "result": 5},
            {"do": "input", "input": 4, "path": [], "result": 6},
            {"do": "lift", "slot": 0, "result": 7}],
  "features": [{"name": "user", "kind": "text", "value": {"slot": 7}, "default": ""}],
  "sites": []
})";

std::shared_ptr<const Extractor> load() {
  auto extractor = load_extractor(kPlan, {}, LoadOptions());
  EXPECT_TRUE(extractor.ok()) << extractor.message();
  return *extractor;
}

// ---- a descriptor, written byte by byte ------------------------------------------------------------------------

std::string number(uint32_t field, uint64_t value) {
  std::string bytes(1, static_cast<char>(field << 3));
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string text(uint32_t field, const std::string& value) {
  std::string bytes = number(field, value.size());
  bytes[0] = static_cast<char>(field << 3 | 2);
  return bytes + value;
}

std::string field(const std::string& name, uint64_t field_number, uint64_t label, uint64_t type,
                  const std::string& type_name = "") {
  return text(2, text(1, name) + number(3, field_number) + number(4, label) + number(5, type) +
                     (type_name.empty() ? "" : text(6, type_name)));
}

std::string descriptors() {
  const std::string entry =
      text(3, text(1, "TasteEntry") + field("key", 1, 1, 9) + field("value", 2, 1, 3) + text(7, number(7, 1)));
  const std::string home = text(4, text(1, "Home") + field("lat", 1, 1, 1));
  const std::string candidate = text(4, text(1, "Candidate") + field("at", 1, 1, 11, ".google.protobuf.Timestamp"));
  const std::string request = text(
      4, text(1, "Request") + field("user", 1, 1, 9) + field("seen", 2, 3, 3) + field("home", 3, 1, 11, ".Home") +
             field("taste", 4, 3, 11, ".Request.TasteEntry") + field("candidates", 5, 3, 11, ".Candidate") + entry);
  return text(1, text(1, "m.proto") + home + candidate + request + text(12, "proto3"));
}

std::vector<std::string> json_messages() {
  return {
      R"({"user": "Ann\u00e9\ud83d\ude00", "seen": [1, -2, 9223372036854775807], "home": {"lat": 1.5e3},
          "taste": {"a": 1, "b": 2, "a": 3}, "candidates": [{"at": "2024-01-01T00:00:00.5+01:00"}, {}, null]})",
      R"([{"request": {"user": "", "seen": [], "home": null, "taste": [{"key": "k", "value": 1}]},
           "candidates": {"at": [1, null, "2024-W01-1"]}}])",
  };
}

std::vector<std::string> protobuf_messages() {
  const std::string entry = text(4, text(1, "drama") + number(2, 7));
  const std::string moment = text(1, number(1, 1'700'000'000) + number(2, 5'000));
  const std::string lat = text(3, std::string("\x09\0\0\0\0\0\0\xF8\x3F", 9));
  return {
      text(1, "Ann") + text(2, "\x01\x02\xFF\x01") + number(2, 9) + lat + entry + entry + text(5, moment) + text(5, ""),
      lat + lat + std::string("\x7B\x08\x01\x7C", 4) + text(1, "\xFF")};
}

// Reads a message from a block that ends where it ends, so that a read behind it is found.
Status read(RequestReader& reader, const std::string& message) {
  const auto block = std::make_unique<char[]>(message.size());
  std::memcpy(block.get(), message.data(), message.size());
  const Text given(block.get(), message.size());
  return reader.read({&given, 1});
}

void read_damaged(const RequestDecoder& decoder, const std::vector<std::string>& messages, uint32_t seed) {
  const auto reader = decoder.new_reader();
  Session session(decoder.extractor().program());
  std::mt19937 random(seed);
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  int accepted = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string message = messages[below(messages.size())];
    for (size_t changes = 1 + below(3); changes > 0 && !message.empty(); --changes) {
      const size_t at = below(message.size());
      switch (below(5)) {
        case 0:
          message[at] = static_cast<char>(random());
          break;
        case 1:
          message.resize(at);
          break;
        case 2:
          message.erase(at, 1 + below(4));
          break;
        case 3:
          message.insert(at, message.substr(below(message.size()), below(9)));
          break;
        default:
          message[at] = "{}[]\",:\\0e-.\x00\xFF\x80"[below(15)];
          break;
      }
    }
    const Status status = read(*reader, message);
    if (!status.ok()) {
      EXPECT_FALSE(status.message.empty());
      continue;
    }
    ++accepted;
    // The columns hold no pointer into the message, which is gone.
    const auto extraction = decoder.extractor().extract(reader->input(), ExtractionOptions(), &session);
    ASSERT_TRUE(extraction.ok()) << extraction.message();
  }
  EXPECT_GT(accepted, 60);
  EXPECT_LT(accepted, 5900);
}

void read_warm(const RequestDecoder& decoder, const std::vector<std::string>& messages) {
  const auto reader = decoder.new_reader();
  std::vector<Text> texts(messages.begin(), messages.end());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(reader->read(texts).ok());
  const int64_t allocations = heap_allocations_of_this_thread();
  const Status status = reader->read(texts);
  EXPECT_EQ(heap_allocations_of_this_thread(), allocations);
  ASSERT_TRUE(status.ok()) << status.message;
}

TEST(Requests, JsonTakesNothingFromTheHeapOnceWarm) { read_warm(*make_json_decoder(load(), {}), json_messages()); }

TEST(Requests, DamagedJsonIsReadOrRefused) { read_damaged(*make_json_decoder(load(), {}), json_messages(), 1); }

TEST(Requests, ProtobufTakesNothingFromTheHeapOnceWarm) {
  const auto decoder = make_protobuf_decoder(load(), descriptors(), "Request", "candidates", {});
  ASSERT_TRUE(decoder.ok()) << decoder.message();
  read_warm(**decoder, protobuf_messages());
}

TEST(Requests, DamagedProtobufIsReadOrRefused) {
  const auto decoder = make_protobuf_decoder(load(), descriptors(), "Request", "candidates", {});
  ASSERT_TRUE(decoder.ok()) << decoder.message();
  read_damaged(**decoder, protobuf_messages(), 2);
}

TEST(Requests, DamagedDescriptorsAreReadOrRefused) {
  const auto extractor = load();
  const std::string whole = descriptors();
  std::mt19937 random(3);
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    if (round % 4 == 0) damaged.resize(random() % damaged.size());
    const auto decoder = make_protobuf_decoder(extractor, damaged, "Request", "candidates", {});
    if (!decoder.ok()) continue;
    ++accepted;
    const auto reader = (*decoder)->new_reader();
    for (const std::string& message : protobuf_messages()) (void)read(*reader, message).ok();
  }
  EXPECT_GT(accepted, 20);
}

}  // namespace
}  // namespace feature_extractor
