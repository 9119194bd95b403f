// Threads that share a cache which is too small, and catalogues that take each other's place: what the thread sanitizer looks at.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/extraction_cache.h"
#include "engine/load.h"
#include "request/column_writer.h"
#include "request/request_reader.h"

namespace feature_extractor {
namespace {

// Of a candidate alone: the buckets of the words of its title, and twice its price. Of the request too: whether it is the wanted one.
constexpr char kPlan[] = R"({
  "format": 1,
  "domains": [{"kind": "constant"}, {"kind": "request"}, {"kind": "candidate"},
              {"kind": "elements", "parent": 2, "shape": 6, "origin": null, "view": false},
              {"kind": "elements", "parent": 2, "shape": 8, "origin": null, "view": false}],
  "slots": [{"domain": 0, "type": "int"}, {"domain": 0, "type": "int"}, {"domain": 0, "type": "float"},
            {"domain": 0, "type": "float"}, {"domain": 0, "type": "float"}, {"domain": 2, "type": "text"},
            {"domain": 2, "type": "list"}, {"domain": 3, "type": "text"}, {"domain": 2, "type": "list"},
            {"domain": 4, "type": "int"}, {"domain": 2, "type": "float"}, {"domain": 2, "type": "float"},
            {"domain": 2, "type": "int"}, {"domain": 1, "type": "int"}, {"domain": 2, "type": "int"},
            {"domain": 2, "type": "bool"}, {"domain": 2, "type": "float"}],
  "inputs": [{"domain": "request", "name": "wanted", "type": "int", "nullable": false},
             {"domain": "candidate", "name": "movie", "type": "int", "nullable": false},
             {"domain": "candidate", "name": "price", "type": "float", "nullable": false},
             {"domain": "candidate", "name": "title", "type": "string", "nullable": false}],
  "resources": [],
  "steps": [{"do": "constant", "value": 1000, "result": 0}, {"do": "constant", "value": 0, "result": 1},
            {"do": "constant", "value": 2.0, "result": 2}, {"do": "constant", "value": 1.0, "result": 3},
            {"do": "constant", "value": 0.0, "result": 4},
            {"do": "input", "input": 3, "path": [], "result": 5},
            {"do": "call", "operator": "tokenize", "overload": 0, "kernel": 0, "arguments": [{"slot": 5}],
             "results": [6, 7], "site": 0},
            {"do": "call", "operator": "hash_bucket", "overload": 1, "kernel": 3,
             "arguments": [{"slot": 6, "elements": [{"slot": 7}]}, {"slot": 0}, {"slot": 1}], "results": [8, 9], "site": 0},
            {"do": "input", "input": 2, "path": [], "result": 10},
            {"do": "call", "operator": "multiply", "overload": 1, "kernel": 0, "arguments": [{"slot": 10}, {"slot": 2}],
             "results": [11], "site": 1},
            {"do": "input", "input": 1, "path": [], "result": 12},
            {"do": "input", "input": 0, "path": [], "result": 13},
            {"do": "lift", "slot": 13, "result": 14},
            {"do": "call", "operator": "equal", "overload": 0, "kernel": 1, "arguments": [{"slot": 12}, {"slot": 14}],
             "results": [15], "site": 2},
            {"do": "call", "operator": "if", "overload": 0, "kernel": 2,
             "arguments": [{"slot": 15}, {"slot": 3}, {"slot": 4}], "results": [16], "site": 2}],
  "features": [{"name": "words", "kind": "ids", "value": {"slot": 8, "elements": [{"slot": 9}]}, "size": 1000,
                "default": []},
               {"name": "cost", "kind": "dense", "value": {"slot": 11}, "width": 1, "default": 0.0},
               {"name": "wanted", "kind": "dense", "value": {"slot": 16}, "width": 1, "default": 0.0}],
  "sites": ["a.fx:1:1", "a.fx:2:1", "a.fx:3:1"]
})";

std::shared_ptr<Extractor> load() {
  auto extractor = load_extractor(kPlan, {}, LoadOptions());
  EXPECT_TRUE(extractor.ok()) << extractor.message();
  return *extractor;
}

// The title of a movie has as many words as the number's last digit says.
int words_of(int64_t movie) { return static_cast<int>(movie % 10); }

std::string title_of(int64_t movie) {
  std::string title;
  for (int w = 0; w < words_of(movie); ++w) title += "word" + std::to_string(w) + " ";
  return title;
}

// Reads a request and extracts it in the session that all threads share; `scale` is what prices are multiples of.
void extract(const Extractor& extractor, RequestReader& reader, const std::string& message, int64_t first, int64_t step,
             int64_t rows, double scale) {
  const Text given(message.data(), message.size());
  const Status status = reader.read({&given, 1});
  ASSERT_TRUE(status.ok()) << status.message;
  ExtractionOptions options;
  options.chunk_rows = 16;
  const std::shared_ptr<Session> session = extractor.default_session();
  const auto extraction = extractor.extract(reader.input(), options, session.get());
  ASSERT_TRUE(extraction.ok()) << extraction.message();
  ASSERT_EQ((*extraction)->rows, rows);
  const FeatureBuffer& words = (*extraction)->features[0];
  const float* const cost = (*extraction)->features[1].values.as<float>();
  const float* const wanted = (*extraction)->features[2].values.as<float>();
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t movie = first + r * step;
    ASSERT_EQ(cost[r], static_cast<float>(2.0 * scale * static_cast<double>(movie)));
    ASSERT_EQ(wanted[r], movie == first ? 1.0F : 0.0F);
    const auto* const offsets = words.offsets.as<int64_t>();
    ASSERT_EQ(offsets[r + 1] - offsets[r], words_of(movie));
  }
}

// Some movies, every step-th from a first one on, with all that a program reads of them.
std::string whole_message(int64_t first, int64_t step, int64_t rows) {
  std::string text = R"({"wanted": )" + std::to_string(first) + R"(, "candidates": [)";
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t movie = first + r * step;
    const std::string number = std::to_string(movie);
    text += std::string(r == 0 ? "" : ", ") + R"({"movie": )" + number + R"(, "price": )" + number + R"(, "title": ")" +
            title_of(movie) + R"("})";
  }
  return text + "]}";
}

TEST(CatalogueThreads, ShareACacheThatGivesEntriesUp) {
  CacheOptions options;
  options.bytes = 16 << 10;
  auto made = with_cache(load(), options);
  ASSERT_TRUE(made.ok()) << made.message();
  const std::shared_ptr<const ExtractionCache> cache = made->cache;
  ASSERT_NE(cache, nullptr);
  const auto decoder = make_json_decoder(made->extractor, {});
  std::atomic<int64_t> asked{0};
  std::atomic<bool> stop{false};
  std::thread onlooker([&] {
    while (!stop) {
      ASSERT_LE(cache->counts().bytes, cache->capacity());
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> workers;
  for (int t = 0; t < 4; ++t) {
    workers.emplace_back([&, t] {
      const std::unique_ptr<RequestReader> reader = decoder->new_reader();
      for (int turn = 0; turn < 120; ++turn) {
        // The threads meet at some movies, and each drives those of the others out with its own.
        const int64_t first = turn % 3 == 0 ? 0 : 100 * t + turn;
        const int64_t rows = 20 + turn % 30;
        const int64_t step = 1 + turn % 4;
        extract(*made->extractor, *reader, whole_message(first, step, rows), first, step, rows, 1.0);
        asked += rows;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  stop = true;
  onlooker.join();
  const CacheCounts counts = cache->counts();
  EXPECT_EQ(counts.hits + counts.misses, asked);
  EXPECT_GT(counts.hits, 0);
  EXPECT_GT(counts.evictions, 100);
  EXPECT_GT(counts.entries, 0);
}

// A table of movies by their numbers, whose prices are multiples of `scale`.
StatusOr<CatalogueExtractor> with_movies(const std::shared_ptr<const Extractor>& extractor, int64_t movies,
                                         double scale) {
  DeclaredType integer;
  DeclaredType real;
  real.kind = DeclaredType::Kind::kFloat;
  DeclaredType text;
  text.kind = DeclaredType::Kind::kString;
  TableWriter table;
  ColumnWriter& number = table.add("movie", integer);
  ColumnWriter& price = table.add("price", real);
  ColumnWriter& title = table.add("title", text);
  table.clear();
  for (int64_t movie = 0; movie < movies; ++movie) {
    number.add_int(movie);
    price.add_float(scale * static_cast<double>(movie));
    title.add_text(title_of(movie));
  }
  const Status status = table.finish(movies);
  EXPECT_TRUE(status.ok()) << status.message;
  CatalogueOptions options;
  options.key = "movie";
  options.threads = 2;
  return with_catalogue(extractor, *table.schema(), *table.array(), options);
}

TEST(CatalogueThreads, ExtractWhileCataloguesTakeEachOthersPlace) {
  constexpr int64_t kMovies = 3000;
  const std::shared_ptr<const Extractor> whole = load();
  struct Live {
    CatalogueExtractor made;
    double scale;
  };
  std::mutex mutex;
  std::shared_ptr<const Live> live;
  const auto swap = [&](int number) {
    auto made = with_movies(whole, kMovies, number);
    ASSERT_TRUE(made.ok()) << made.message();
    auto fresh = std::make_shared<const Live>(Live{*std::move(made), static_cast<double>(number)});
    const std::lock_guard lock(mutex);
    live = std::move(fresh);
  };
  swap(1);
  std::atomic<bool> stop{false};
  std::vector<std::thread> workers;
  for (int t = 0; t < 3; ++t) {
    workers.emplace_back([&, t] {
      int turn = 0;
      do {
        std::shared_ptr<const Live> taken;
        {
          const std::lock_guard lock(mutex);
          taken = live;
        }
        const auto decoder = make_json_decoder(taken->made.extractor, {});
        const std::unique_ptr<RequestReader> reader = decoder->new_reader();
        for (int call = 0; call < 3; ++call, ++turn) {
          const int64_t first = (977 * t + 31 * turn) % 2000;
          const int64_t rows = 1 + turn % 40;
          std::string message = R"({"wanted": )" + std::to_string(first) + R"(, "candidates": {"movie": [)";
          for (int64_t r = 0; r < rows; ++r) message += (r == 0 ? "" : ", ") + std::to_string(first + r * 7);
          extract(*taken->made.extractor, *reader, message + "]}}", first, 7, rows, taken->scale);
          ASSERT_EQ(taken->made.catalogue->row_of(first), first);
          ASSERT_EQ(taken->made.catalogue->row_of(kMovies), -1);
        }
      } while (!stop);
    });
  }
  for (int number = 2; number < 14; ++number) swap(number);
  stop = true;
  for (std::thread& worker : workers) worker.join();
}

}  // namespace
}  // namespace feature_extractor
