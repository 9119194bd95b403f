// Threads that share decoders, sessions and extractions while a service swaps: what the thread sanitizer looks at.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "c_api/handles.h"
#include "engine/load.h"
#include "feature_extractor/c_api.h"
#include "loaded_program.h"

namespace feature_extractor {
namespace {

fx_decoder* json_decoder(fx_extractor* extractor) {
  fx_decoder* decoder = nullptr;
  EXPECT_EQ(fx_decoder_json(extractor, nullptr, &decoder, nullptr), FX_OK);
  return decoder;
}

fx_session* new_session(fx_extractor* extractor, int32_t threads) {
  fx_session_options options{};
  options.struct_size = sizeof(options);
  options.threads = threads;
  options.chunk_rows = 16;
  fx_session* session = nullptr;
  EXPECT_EQ(fx_session_new(extractor, &options, &session, nullptr), FX_OK);
  return session;
}

// A request whose candidates all have the same price and two tags.
std::string message(int price, int candidates) {
  std::string text = R"({"user": "u)" + std::to_string(price) + R"(", "candidates": [)";
  for (int c = 0; c < candidates; ++c) {
    text += std::string(c == 0 ? "" : ", ") + R"({"price": )" + std::to_string(price) + R"(, "tags": [1, )" +
            std::to_string(price) + "]}";
  }
  return text + "]}";
}

fx_extraction* extract(fx_session* session, const fx_decoder* decoder, const std::string& text) {
  const fx_bytes bytes{text.data(), text.size()};
  fx_extraction* extraction = nullptr;
  EXPECT_EQ(fx_extract_messages(session, decoder, &bytes, 1, &extraction, nullptr), FX_OK);
  return extraction;
}

void expect_values(const fx_extraction* extraction, int price, int candidates) {
  ASSERT_EQ(fx_extraction_rows(extraction), candidates);
  fx_column column{};
  column.struct_size = sizeof(column);
  ASSERT_EQ(fx_extraction_column(extraction, 0, &column), FX_OK);
  for (int c = 0; c < candidates; ++c) {
    ASSERT_EQ(static_cast<const float*>(column.values)[c], static_cast<float>(price));
  }
  ASSERT_EQ(fx_extraction_column(extraction, 1, &column), FX_OK);
  for (int c = 0; c < candidates; ++c) {
    ASSERT_EQ(static_cast<const int64_t*>(column.values)[2 * c + 1], price);
  }
}

TEST(CApiDecoders, ThreadsShareOne) {
  fx_extractor* extractor = loaded_program();
  fx_decoder* decoder = json_decoder(extractor);
  std::vector<std::thread> workers;
  for (int t = 0; t < 4; ++t) {
    workers.emplace_back([&, t] {
      fx_session* session = new_session(extractor, 1 + t % 2);
      for (int turn = 1; turn < 60; ++turn) {
        fx_extraction* extraction = extract(session, decoder, message(100 * t + turn, turn));
        expect_values(extraction, 100 * t + turn, turn);
        fx_extraction_free(extraction);
        const fx_bytes wrong{"{", 1};
        ASSERT_EQ(fx_extract_messages(session, decoder, &wrong, 1, &extraction, nullptr), FX_INVALID_ARGUMENT);
      }
      fx_session_free(session);
    });
  }
  for (std::thread& worker : workers) worker.join();
  fx_decoder_free(decoder);
  fx_extractor_free(extractor);
}

TEST(CApiDecoders, AreMadeAndUsedWhileAServiceSwaps) {
  fx_extractor* first = loaded_program();
  fx_service* service = nullptr;
  ASSERT_EQ(fx_service_new(first, &service, nullptr), FX_OK);
  fx_extractor_free(first);
  std::atomic<bool> stop{false};
  std::vector<std::thread> workers;
  for (int t = 0; t < 3; ++t) {
    workers.emplace_back([&, t] {
      int turn = 1;
      do {
        fx_extractor* current = fx_service_current(service);
        fx_decoder* decoder = json_decoder(current);
        fx_session* session = new_session(current, 2);
        fx_extractor_free(current);
        const int rows = 1 + turn % 50;
        fx_extraction* extraction = extract(session, decoder, message(turn, rows));
        // In each order: what is left keeps what it needs.
        if (t == 0) fx_decoder_free(decoder);
        if (t == 1) fx_session_free(session);
        expect_values(extraction, turn, rows);
        fx_extraction_free(extraction);
        if (t != 0) fx_decoder_free(decoder);
        if (t != 1) fx_session_free(session);
        ++turn;
      } while (!stop);
    });
  }
  for (int turn = 0; turn < 40; ++turn) {
    fx_extractor* fresh = loaded_program();
    EXPECT_EQ(fx_service_swap(service, fresh, 1, nullptr), FX_OK);
    fx_extractor_free(fresh);
  }
  stop = true;
  for (std::thread& worker : workers) worker.join();
  fx_service_free(service);
}

// One thread extracts, and others read and free what it made: the memory goes back to the session at any time.
TEST(CApiDecoders, ExtractionsAreFreedByOtherThreads) {
  fx_extractor* extractor = loaded_program();
  fx_decoder* decoder = json_decoder(extractor);
  fx_session* session = new_session(extractor, 1);
  constexpr int kTurns = 200;
  std::array<std::atomic<fx_extraction*>, kTurns> made{};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&, t] {
      for (int turn = t; turn < kTurns; turn += 2) {
        fx_extraction* extraction = nullptr;
        while ((extraction = made[static_cast<size_t>(turn)].load()) == nullptr) std::this_thread::yield();
        expect_values(extraction, turn, 1 + turn % 20);
        ArrowArray array{};
        ASSERT_EQ(fx_extraction_export(extraction, &array, nullptr), FX_OK);
        fx_extraction_free(extraction);
        array.release(&array);
      }
    });
  }
  for (int turn = 0; turn < kTurns; ++turn) {
    made[static_cast<size_t>(turn)] = extract(session, decoder, message(turn, 1 + turn % 20));
  }
  for (std::thread& reader : readers) reader.join();
  fx_session_free(session);
  fx_decoder_free(decoder);
  fx_extractor_free(extractor);
}

// Python's threads share the session of an extractor, and the readers of a decoder go from call to call.
TEST(CApiDecoders, ThreadsShareTheSessionOfAnExtractor) {
  auto loaded = load_extractor(kLoadedProgram, {}, LoadOptions());
  ASSERT_TRUE(loaded.ok()) << loaded.message();
  const std::shared_ptr<Extractor> extractor = *loaded;
  const auto decoder = make_json_decoder(extractor, {});
  std::mutex mutex;
  std::vector<std::unique_ptr<RequestReader>> idle;
  std::vector<std::thread> workers;
  for (int t = 0; t < 4; ++t) {
    workers.emplace_back([&, t] {
      for (int turn = 1; turn < 60; ++turn) {
        std::unique_ptr<RequestReader> reader;
        {
          const std::lock_guard lock(mutex);
          if (!idle.empty()) {
            reader = std::move(idle.back());
            idle.pop_back();
          }
        }
        if (reader == nullptr) reader = decoder->new_reader();
        const std::string text = message(100 * t + turn, turn);
        const Text given(text.data(), text.size());
        ASSERT_TRUE(reader->read({&given, 1}).ok());
        ExtractionOptions options;
        options.threads = 1 + turn % 2;
        options.chunk_rows = 8;
        const std::shared_ptr<Session> session = extractor->default_session();
        const auto extraction = extractor->extract(reader->input(), options, session.get());
        ASSERT_TRUE(extraction.ok()) << extraction.message();
        ASSERT_EQ((*extraction)->rows, turn);
        ASSERT_EQ((*extraction)->features[0].values.as<float>()[turn - 1], static_cast<float>(100 * t + turn));
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(reader));
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
}

}  // namespace
}  // namespace feature_extractor
