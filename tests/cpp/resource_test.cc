// Vocabularies and tables against the standard containers, and against damaged files.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "arrow/utf8.h"
#include "resource/hash_slots.h"
#include "resource/resource_builder.h"
#include "resource/resource_format.h"
#include "resource/resource_reader.h"

namespace feature_extractor {
namespace {

// The bytes of a file in memory of exactly their size, aligned as in a mapping, so that the address
// sanitizer sees a read past the end.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::string_view bytes)
      : size_(bytes.size()), data_(static_cast<std::byte*>(::operator new(bytes.size(), std::align_val_t{64}))) {
    if (!bytes.empty()) std::memcpy(data_.get(), bytes.data(), bytes.size());
  }
  std::span<const std::byte> span() const { return {data_.get(), size_}; }
  std::byte& operator[](size_t position) { return data_.get()[position]; }

 private:
  struct Release {
    void operator()(std::byte* data) const { ::operator delete(data, std::align_val_t{64}); }
  };
  size_t size_;
  std::unique_ptr<std::byte, Release> data_;
};

std::vector<std::string> random_words(size_t count, uint32_t seed) {
  std::mt19937_64 random(seed);
  std::unordered_map<std::string, size_t> seen;
  std::vector<std::string> words;
  while (words.size() < count) {
    std::string word;
    const size_t size = random() % (words.size() % 50 == 0 ? 400 : 12);
    for (size_t i = 0; i < size; ++i) word += random() % 9 == 0 ? "é" : std::string(1, 'a' + random() % 26);
    if (seen.emplace(word, words.size()).second) words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string_view> views(const std::vector<std::string>& words) { return {words.begin(), words.end()}; }

std::string vocabulary_bytes(const std::vector<std::string>& words, uint32_t oov_buckets = 0) {
  std::string error;
  std::string bytes = build_vocabulary(views(words), oov_buckets, &error);
  EXPECT_EQ(error, "");
  return bytes;
}

TEST(Vocabulary, AgreesWithUnorderedMap) {
  for (const size_t count : {size_t{0}, size_t{1}, size_t{7}, size_t{1000}, size_t{50000}}) {
    for (const uint32_t oov_buckets : {0u, 1u, 8u, 1000u}) {
      const auto all = random_words(count * 2 + 3, static_cast<uint32_t>(count) + oov_buckets);
      const std::vector<std::string> words(all.begin(), all.begin() + static_cast<ptrdiff_t>(count));
      std::unordered_map<std::string, int64_t> expected;
      for (const auto& word : words) {
        expected.emplace(word, static_cast<int64_t>(expected.size() + std::max(oov_buckets, 1u)));
      }
      const AlignedBytes bytes(vocabulary_bytes(words, oov_buckets));
      const auto vocabulary = ResourceReader::open_vocabulary(bytes.span());
      ASSERT_TRUE(vocabulary.ok()) << vocabulary.message();
      ASSERT_EQ(vocabulary->size(), static_cast<int64_t>(count + std::max(oov_buckets, 1u)));
      for (const auto& word : all) {
        const auto found = expected.find(word);
        ASSERT_EQ(vocabulary->contains(word), found != expected.end());
        const int64_t unknown =
            oov_buckets == 0 ? 0 : static_cast<int64_t>(XXH3_64bits(word.data(), word.size()) % oov_buckets);
        ASSERT_EQ(vocabulary->lookup(word), found != expected.end() ? found->second : unknown) << word;
      }
      // Counts that fill no group, one group, and several.
      for (const size_t looked_up : {size_t{0}, size_t{1}, size_t{31}, size_t{33}, all.size()}) {
        const auto words_to_find = views(all);
        const auto size = static_cast<uint32_t>(std::min(looked_up, all.size()));
        std::vector<int64_t> ids(size + 1, -7);
        vocabulary->lookup(words_to_find.data(), size, ids.data());
        for (uint32_t i = 0; i < size; ++i) ASSERT_EQ(ids[i], vocabulary->lookup(all[i]));
        ASSERT_EQ(ids[size], -7);
      }
    }
  }
}

TEST(Vocabulary, EmptyWordIsAWordOnlyWhenListed) {
  const AlignedBytes with(vocabulary_bytes({"a", ""}));
  const AlignedBytes without(vocabulary_bytes({"a"}));
  EXPECT_EQ(ResourceReader::open_vocabulary(with.span())->lookup(Text()), 2);
  EXPECT_EQ(ResourceReader::open_vocabulary(without.span())->lookup(Text()), 0);
}

// The ids of unknown words are part of trained models, so the hash is pinned by values of the
// xxHash package of Python: xxhash.xxh3_64_intdigest(word) % 8.
TEST(Vocabulary, BucketsOfUnknownWordsArePinned) {
  const AlignedBytes bytes(vocabulary_bytes({"known"}, 8));
  const auto vocabulary = ResourceReader::open_vocabulary(bytes.span());
  EXPECT_EQ(vocabulary->lookup("known"), 8);
  EXPECT_EQ(vocabulary->lookup(""), 2);
  EXPECT_EQ(vocabulary->lookup("unknown"), 6);
  EXPECT_EQ(vocabulary->lookup("größer"), 6);
}

TEST(Vocabulary, SameWordsGiveSameBytes) {
  EXPECT_EQ(vocabulary_bytes({"b", "a"}), vocabulary_bytes({"b", "a"}));
  EXPECT_NE(vocabulary_bytes({"b", "a"}), vocabulary_bytes({"a", "b"}));
}

TEST(Vocabulary, DuplicateNamesTheWordAndBothPositions) {
  std::string error;
  EXPECT_EQ(build_vocabulary(views({"x", "drama", "y", "drama"}), 0, &error), "");
  EXPECT_EQ(error,
            "Word \"drama\" is at position 2 and again at position 4; a vocabulary lists each word "
            "once.");
}

TEST(Vocabulary, InvalidUtf8NamesThePosition) {
  std::string error;
  EXPECT_EQ(build_vocabulary(views({"x", "\xC0\x80"}), 0, &error), "");
  EXPECT_EQ(error, "The text at position 2 is not valid UTF-8; write the file as UTF-8.");
}

struct TableData {
  std::vector<int64_t> int_keys;
  std::vector<std::string> text_keys;
  std::vector<uint8_t> bools;
  std::vector<int64_t> ints;
  std::vector<double> floats;
  std::vector<std::string> texts;
  std::vector<uint8_t> valid;
};

TableData random_table(size_t rows, uint32_t seed) {
  std::mt19937_64 random(seed);
  TableData data;
  data.text_keys = random_words(rows, seed);
  data.texts = random_words(rows, seed + 1);
  std::unordered_map<int64_t, int> seen;
  while (data.int_keys.size() < rows) {
    const auto key = static_cast<int64_t>(data.int_keys.size() % 2 == 0 ? random() : random() % (rows * 4));
    if (seen.emplace(key, 0).second) data.int_keys.push_back(key);
  }
  for (size_t row = 0; row < rows; ++row) {
    data.bools.push_back(random() % 2);
    data.ints.push_back(static_cast<int64_t>(random()));
    data.floats.push_back(random() % 7 == 0 ? std::nan("") : std::ldexp(static_cast<double>(random()), -40));
    data.valid.push_back(random() % 3 != 0);
  }
  return data;
}

std::string table_bytes(const TableData& data, Table::ColumnType key_type) {
  const auto keys = views(data.text_keys);
  const auto texts = views(data.texts);
  using Type = Table::ColumnType;
  const TableColumn key = key_type == Type::kInt ? TableColumn{.name = "id", .type = Type::kInt, .ints = data.int_keys}
                                                 : TableColumn{.name = "id", .type = Type::kText, .texts = keys};
  const TableColumn columns[] = {
      {.name = "in stock", .type = Type::kBool, .bools = data.bools, .valid = data.valid},
      {.name = "count", .type = Type::kInt, .ints = data.ints, .valid = data.valid},
      {.name = "price", .type = Type::kFloat, .floats = data.floats},
      {.name = "brand", .type = Type::kText, .texts = texts, .valid = data.valid},
      {.name = "title", .type = Type::kText, .texts = texts},
  };
  std::string error;
  std::string bytes = build_table(key, columns, &error);
  EXPECT_EQ(error, "");
  return bytes;
}

template <class T>
void expect_cell(Nullable<T> cell, bool exists, T value) {
  ASSERT_EQ(cell.has_value(), exists);
  if (exists) {
    ASSERT_EQ(*cell, value);
  }
}

TEST(Table, AgreesWithTheColumnsItWasBuiltFrom) {
  for (const auto key_type : {Table::ColumnType::kInt, Table::ColumnType::kText}) {
    for (const size_t rows : {size_t{0}, size_t{1}, size_t{9}, size_t{50000}}) {
      const TableData data = random_table(rows, static_cast<uint32_t>(rows) + 5);
      const AlignedBytes bytes(table_bytes(data, key_type));
      const auto table = ResourceReader::open_table(bytes.span());
      ASSERT_TRUE(table.ok()) << table.message();
      ASSERT_EQ(table->rows(), static_cast<int64_t>(rows));
      ASSERT_EQ(table->key_type(), key_type);
      ASSERT_EQ(table->column("in stock"), 0);
      ASSERT_EQ(table->column("title"), 4);
      ASSERT_EQ(table->column("id"), -1);
      ASSERT_EQ(table->column_type(2), Table::ColumnType::kFloat);
      for (size_t i = 0; i < rows; ++i) {
        const auto row = static_cast<int64_t>(i);
        const bool by_int = key_type == Table::ColumnType::kInt;
        ASSERT_EQ(table->find(data.int_keys[i]), by_int ? row : -1);
        ASSERT_EQ(table->find(Text(data.text_keys[i])), by_int ? -1 : row);
        ASSERT_EQ(table->find(Text(data.text_keys[i] + "?")), -1);
        expect_cell(table->bool_at(0, row), data.valid[i] != 0, data.bools[i] != 0);
        expect_cell(table->int_at(1, row), data.valid[i] != 0, data.ints[i]);
        expect_cell(table->float_at(2, row), !std::isnan(data.floats[i]), data.floats[i]);
        expect_cell(table->text_at(3, row), data.valid[i] != 0, Text(data.texts[i]));
        expect_cell(table->text_at(4, row), true, Text(data.texts[i]));
      }
      auto texts = data.text_keys;
      auto ints = data.int_keys;
      texts.push_back("a key that is not there");
      ints.push_back(-123456789);
      std::vector<int64_t> found_texts(rows + 1);
      std::vector<int64_t> found_ints(rows + 1);
      table->find(views(texts).data(), static_cast<uint32_t>(texts.size()), found_texts.data());
      table->find(ints.data(), static_cast<uint32_t>(ints.size()), found_ints.data());
      for (size_t i = 0; i <= rows; ++i) {
        ASSERT_EQ(found_texts[i], table->find(Text(texts[i])));
        ASSERT_EQ(found_ints[i], table->find(ints[i]));
      }
      std::unordered_map<int64_t, int64_t> expected;
      for (size_t i = 0; i < rows; ++i) expected.emplace(data.int_keys[i], static_cast<int64_t>(i));
      for (int64_t key = -10; key < 210000 && key_type == Table::ColumnType::kInt; ++key) {
        const auto found = expected.find(key);
        ASSERT_EQ(table->find(key), found == expected.end() ? -1 : found->second);
      }
    }
  }
}

TEST(Table, NoRowNoColumnOrAnotherTypeIsNull) {
  const AlignedBytes bytes(table_bytes(random_table(3, 1), Table::ColumnType::kInt));
  const auto table = ResourceReader::open_table(bytes.span());
  for (const int64_t row :
       {int64_t{-1}, int64_t{3}, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    EXPECT_FALSE(table->text_at(4, row).has_value());
    EXPECT_FALSE(table->int_at(1, row).has_value());
  }
  EXPECT_TRUE(table->text_at(4, 2).has_value());
  EXPECT_FALSE(table->text_at(5, 2).has_value());
  EXPECT_FALSE(table->text_at(-1, 2).has_value());
  EXPECT_FALSE(table->int_at(4, 2).has_value());
}

TEST(Table, WhatStandsBehindANullDoesNotChangeTheBytes) {
  const std::vector<int64_t> keys = {1, 2};
  const std::vector<uint8_t> valid = {1, 0};
  const std::vector<std::string_view> clean = {"a", ""};
  const std::vector<std::string_view> garbage = {"a", "\xFF garbage"};
  const auto build = [&](std::span<const std::string_view> texts) {
    const TableColumn key = {.name = "k", .type = Table::ColumnType::kInt, .ints = keys};
    const TableColumn column = {.name = "t", .type = Table::ColumnType::kText, .texts = texts, .valid = valid};
    std::string error;
    return build_table(key, {&column, 1}, &error);
  };
  EXPECT_NE(build(clean), "");
  EXPECT_EQ(build(clean), build(garbage));
}

TEST(Table, ErrorsNameRowsAndColumns) {
  using Type = Table::ColumnType;
  const auto error_of = [](const TableColumn& key, std::vector<TableColumn> columns) {
    std::string error;
    EXPECT_EQ(build_table(key, columns, &error), "");
    return error;
  };
  const std::vector<int64_t> twice = {5, 6, 5};
  const std::vector<int64_t> once = {5, 6, 7};
  const std::vector<std::string_view> texts = {"a", "b", "\xE0\x80"};
  const std::vector<double> floats = {1, 2, 3};
  const std::vector<uint8_t> valid = {1, 0, 1};
  const TableColumn key = {.name = "id", .type = Type::kInt, .ints = once};
  EXPECT_EQ(error_of({.name = "id", .type = Type::kInt, .ints = twice}, {}),
            "Key 5 is at row 1 and again at row 3; a table has one row per key.");
  EXPECT_EQ(error_of({.name = "id", .type = Type::kFloat, .floats = floats}, {}),
            "The key column \"id\" is neither int nor text; a table is looked up by one of these.");
  EXPECT_EQ(error_of({.name = "id", .type = Type::kInt, .ints = once, .valid = valid}, {}),
            "The key column \"id\" is null in row 2; every row needs a key.");
  EXPECT_EQ(error_of(key, {{.name = "t", .type = Type::kText, .texts = texts}}),
            "The text at column \"t\", row 3 is not valid UTF-8; write the file as UTF-8.");
  EXPECT_EQ(error_of(key, {{.name = "f", .type = Type::kFloat, .floats = floats},
                           {.name = "f", .type = Type::kFloat, .floats = floats}}),
            "There are two columns with the name \"f\"; names must be different.");
  EXPECT_EQ(error_of(key, {{.name = "f", .type = Type::kFloat}}),
            "Column \"f\" has 0 values and 0 validity bytes; the key column has 3 rows.");
}

// Looks up present, absent and odd words; the sum keeps the work from being optimised away.
int64_t use(const Vocabulary& vocabulary, const std::vector<std::string>& words) {
  int64_t sum = vocabulary.size();
  for (const auto& word : words) sum += vocabulary.lookup(word) + (vocabulary.contains(word + "x") ? 1 : 0);
  std::vector<int64_t> ids(words.size());
  vocabulary.lookup(views(words).data(), static_cast<uint32_t>(words.size()), ids.data());
  for (size_t i = 0; i < words.size(); ++i) EXPECT_EQ(ids[i], vocabulary.lookup(words[i]));
  return sum + vocabulary.lookup("") + vocabulary.lookup(std::string(1000, 'q'));
}

int64_t use(const Table& table, const TableData& data) {
  int64_t sum = table.rows() + table.column("title") + table.column("") + table.find(Text("absent"));
  for (const int64_t key : data.int_keys) sum += table.find(key);
  for (const auto& key : data.text_keys) sum += table.find(Text(key));
  std::vector<int64_t> rows(data.int_keys.size());
  table.find(data.int_keys.data(), static_cast<uint32_t>(rows.size()), rows.data());
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], table.find(data.int_keys[i]));
  table.find(views(data.text_keys).data(), static_cast<uint32_t>(rows.size()), rows.data());
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], table.find(Text(data.text_keys[i])));
  for (int column = -1; column < 8; ++column) {
    for (int64_t row = -1; row < static_cast<int64_t>(data.ints.size()) + 2; ++row) {
      sum += table.bool_at(column, row).has_value() + table.int_at(column, row).has_value();
      EXPECT_TRUE(std::isfinite(*table.float_at(column, row)));
      const Nullable<Text> text = table.text_at(column, row);
      if (!text.has_value()) continue;
      EXPECT_TRUE(is_valid_utf8(*text));
      for (const char letter : *text) sum += letter;
    }
  }
  return sum;
}

// Opens every damaged form of a file and uses those that open; the sanitizers and the expectations
// in `use` judge.
template <class Open, class Use>
void damage_everywhere(const std::string& good, Open open, Use use_opened) {
  for (size_t size = 0; size < good.size(); ++size) {
    const AlignedBytes bytes(std::string_view(good).substr(0, size));
    EXPECT_FALSE(open(bytes.span()).ok()) << "truncated to " << size;
  }
  std::mt19937 random(3);
  for (size_t position = 0; position < good.size(); ++position) {
    for (const unsigned value : {0x01u, 0x80u, 0xFFu, 1u + static_cast<unsigned>(random() % 255)}) {
      AlignedBytes bytes(good);
      bytes[position] ^= static_cast<std::byte>(value);
      const auto opened = open(bytes.span());
      if (opened.ok()) {
        use_opened(*opened);
      } else {
        EXPECT_NE(opened.message(), "");
      }
    }
  }
  // Numbers that overflow sums and products, at each place where a header or directory could hold
  // one.
  for (size_t position = 0; position + 8 <= good.size(); position += 4) {
    for (const uint64_t value : {uint64_t{0}, ~uint64_t{0}, ~uint64_t{0} - 63, uint64_t{1} << 63, uint64_t{1} << 61,
                                 uint64_t{1} << 32, (uint64_t{1} << 32) - 2}) {
      AlignedBytes bytes(good);
      std::memcpy(&bytes[position], &value, sizeof(value));
      const auto opened = open(bytes.span());
      if (opened.ok()) use_opened(*opened);
    }
  }
}

TEST(Vocabulary, DamagedFilesNeverReadOutside) {
  const std::vector<std::string> words = {"action", "comedy", "drama", "", "Übermut"};
  for (const uint32_t oov_buckets : {0u, 3u}) {
    damage_everywhere(vocabulary_bytes(words, oov_buckets), ResourceReader::open_vocabulary,
                      [&](const Vocabulary& vocabulary) { use(vocabulary, words); });
  }
}

TEST(Table, DamagedFilesNeverReadOutside) {
  const TableData data = random_table(6, 11);
  for (const auto key_type : {Table::ColumnType::kInt, Table::ColumnType::kText}) {
    damage_everywhere(table_bytes(data, key_type), ResourceReader::open_table,
                      [&](const Table& table) { use(table, data); });
  }
}

TEST(Vocabulary, SearchEndsWhenEverySlotIsTaken) {
  const std::vector<std::string> words = {"a", "b"};
  std::string bytes = vocabulary_bytes(words);
  VocabularyHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const uint64_t hash = hash_key(std::string_view("absent"));
  for (uint64_t slot = 0; slot < header.slot_count; ++slot) {
    const uint64_t value = make_slot(hash, 0xFFFFFFFE);
    std::memcpy(bytes.data() + header.slots_offset + slot * 8, &value, sizeof(value));
  }
  const AlignedBytes aligned(bytes);
  EXPECT_EQ(ResourceReader::open_vocabulary(aligned.span())->lookup("absent"), 0);
}

TEST(ResourceReader, OtherVersionsAndKindsAreNamed) {
  std::string bytes = vocabulary_bytes({"a"});
  EXPECT_EQ(ResourceReader::open_table(AlignedBytes(bytes).span()).code(), ErrorCode::kCorrupt);
  bytes[8] = 2;
  const auto newer = ResourceReader::open_vocabulary(AlignedBytes(bytes).span());
  EXPECT_EQ(newer.code(), ErrorCode::kUnsupportedVersion);
  EXPECT_NE(newer.message().find("format version 2; this engine reads version 1"), std::string::npos);
}

TEST(Utf8, WellFormedByTheUnicodeStandard) {
  for (const std::string_view good : {"", "plain ascii text", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                      "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_valid_utf8(good));
    EXPECT_TRUE(is_valid_utf8("eight bytes before " + std::string(good) + " and after"));
  }
  for (const std::string_view bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE1\x80", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF1\x80\x80\xC0"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
    EXPECT_FALSE(is_valid_utf8("eight bytes before " + std::string(bad) + " and after"));
  }
}

}  // namespace
}  // namespace feature_extractor
