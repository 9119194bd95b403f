// The C interface under the sanitizers: memory that is refused at every point, handles freed in any order, threads.
#include "feature_extractor/c_api.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "arrow/abi.h"
#include "c_api/handles.h"
#include "loaded_program.h"

namespace feature_extractor {
namespace {

// Requests and candidates whose buffers are exactly as long as they must be, so that a read beyond them is found.
struct Data {
  static constexpr int64_t kRequests = 3;
  static constexpr int64_t kCandidates = 700;
  std::vector<int64_t> request_offsets{0, 100, 100, kCandidates};
  std::vector<int32_t> user_offsets{0, 3, 3, 10};
  std::vector<char> users;
  std::vector<double> prices;
  std::vector<uint8_t> price_bits;
  std::vector<int64_t> tag_offsets{0};
  std::vector<int64_t> tags;
  const void* user_buffers[3];
  const void* price_buffers[2];
  const void* tag_list_buffers[2];
  const void* tag_buffers[2];
  const void* no_nulls[1] = {nullptr};
  ArrowSchema schemas[6] = {};
  ArrowArray arrays[6] = {};
  ArrowSchema* request_fields[1] = {&schemas[1]};
  ArrowArray* request_columns[1] = {&arrays[1]};
  ArrowSchema* candidate_fields[2] = {&schemas[3], &schemas[4]};
  ArrowArray* candidate_columns[2] = {&arrays[3], &arrays[4]};
  ArrowSchema* tag_fields[1] = {&schemas[5]};
  ArrowArray* tag_columns[1] = {&arrays[5]};

  Data() {
    const std::string text = "AnnRosalyn";
    users.assign(text.begin(), text.end());
    price_bits.resize((kCandidates + 7) / 8);
    for (int64_t c = 0; c < kCandidates; ++c) {
      prices.push_back(static_cast<double>(c));
      if (c % 3 != 0) price_bits[static_cast<size_t>(c / 8)] |= static_cast<uint8_t>(1U << (c % 8));
      for (int64_t t = 0; t < c % 4; ++t) tags.push_back(c);
      tag_offsets.push_back(static_cast<int64_t>(tags.size()));
    }
    user_buffers[0] = price_buffers[1] = nullptr;
    user_buffers[1] = user_offsets.data();
    user_buffers[2] = users.data();
    price_buffers[0] = price_bits.data();
    price_buffers[1] = prices.data();
    tag_list_buffers[0] = tag_buffers[0] = nullptr;
    tag_list_buffers[1] = tag_offsets.data();
    tag_buffers[1] = tags.data();
    set(0, "+s", "", kRequests, no_nulls, 1);
    set(1, "u", "user", kRequests, user_buffers, 3);
    set(2, "+s", "", kCandidates, no_nulls, 1);
    set(3, "g", "price", kCandidates, price_buffers, 2);
    set(4, "+L", "tags", kCandidates, tag_list_buffers, 2);
    set(5, "l", "item", static_cast<int64_t>(tags.size()), tag_buffers, 2);
    arrays[3].null_count = -1;
    give_children(0, request_fields, request_columns, 1);
    give_children(2, candidate_fields, candidate_columns, 2);
    give_children(4, tag_fields, tag_columns, 1);
  }
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;

  fx_code extract(fx_session* session, fx_extraction** extraction, fx_error** error) {
    return fx_extract_requests(session, &schemas[0], &arrays[0], &schemas[2], &arrays[2], request_offsets.data(),
                               request_offsets.size(), extraction, error);
  }

 private:
  void set(int index, const char* format, const char* name, int64_t length, const void** buffers, int64_t count) {
    schemas[index].format = format;
    schemas[index].name = name;
    arrays[index].length = length;
    arrays[index].buffers = buffers;
    arrays[index].n_buffers = count;
  }
  void give_children(int index, ArrowSchema** fields, ArrowArray** columns, int64_t count) {
    schemas[index].n_children = arrays[index].n_children = count;
    schemas[index].children = fields;
    arrays[index].children = columns;
  }
};

// Grants memory, but for one request.
struct Host {
  std::atomic<int64_t> granted{0};
  std::atomic<int64_t> requests{0};
  int64_t refused = -1;

  static int32_t reserve(void* context, int64_t bytes) {
    auto* host = static_cast<Host*>(context);
    if (bytes > 0 && ++host->requests == host->refused) return 1;
    host->granted += bytes;
    return 0;
  }
};

fx_session* new_session(fx_extractor* extractor, Host* host, int32_t threads) {
  fx_session_options options{};
  options.struct_size = sizeof(options);
  options.threads = threads;
  options.chunk_rows = 64;
  options.reserve = &Host::reserve;
  options.reserve_context = host;
  options.reserve_step = 1;
  fx_session* session = nullptr;
  EXPECT_EQ(fx_session_new(extractor, &options, &session, nullptr), FX_OK);
  return session;
}

void expect_values(const fx_extraction* extraction) {
  ASSERT_EQ(fx_extraction_rows(extraction), Data::kCandidates);
  fx_column column{};
  column.struct_size = sizeof(column);
  ASSERT_EQ(fx_extraction_column(extraction, 0, &column), FX_OK);
  const auto* prices = static_cast<const float*>(column.values);
  for (int64_t c = 0; c < Data::kCandidates; ++c) {
    ASSERT_EQ(prices[c], c % 3 == 0 ? -1.0F : static_cast<float>(c));
  }
  ASSERT_EQ(fx_extraction_column(extraction, 1, &column), FX_OK);
  const auto* tags = static_cast<const int64_t*>(column.values);
  for (int64_t c = 0; c < Data::kCandidates; ++c) {
    ASSERT_EQ(column.offsets[c + 1] - column.offsets[c], c % 4);
    for (int64_t t = column.offsets[c]; t < column.offsets[c + 1]; ++t) ASSERT_EQ(tags[t], c);
  }
  ASSERT_EQ(fx_extraction_column(extraction, 2, &column), FX_OK);
  ASSERT_EQ(column.elements, 100 * 3 + 600 * 7);
  ASSERT_EQ(std::memcmp(column.values, "AnnAnn", 6), 0);
}

TEST(CApi, RefusedMemoryFailsTheCallAndNothingElse) {
  fx_extractor* extractor = loaded_program();
  Data data;
  for (const int32_t threads : {1, 2}) {
    bool done = false;
    for (int64_t refused = 1; !done; ++refused) {
      Host host;
      host.refused = refused;
      fx_session* session = new_session(extractor, &host, threads);
      fx_extraction* extraction = nullptr;
      fx_error* error = nullptr;
      const fx_code code = data.extract(session, &extraction, &error);
      done = host.requests < refused;
      if (code != FX_OK) {
        EXPECT_EQ(code, FX_OUT_OF_MEMORY);
        EXPECT_EQ(fx_error_code(error), FX_OUT_OF_MEMORY);
        EXPECT_EQ(extraction, nullptr);
        fx_error_free(error);
        ASSERT_EQ(data.extract(session, &extraction, nullptr), FX_OK);
      }
      EXPECT_EQ(done, code == FX_OK);
      expect_values(extraction);
      EXPECT_GE(host.granted, fx_session_memory(session));
      fx_extraction_free(extraction);
      fx_session_free(session);
      EXPECT_EQ(host.granted, 0);
    }
  }
  fx_extractor_free(extractor);
}

TEST(CApi, HandlesAreFreedInAnyOrder) {
  Data data;
  Host host;
  fx_extractor* extractor = loaded_program();
  fx_session* session = new_session(extractor, &host, 1);
  fx_extractor_free(extractor);
  fx_extraction* first = nullptr;
  fx_extraction* second = nullptr;
  ASSERT_EQ(data.extract(session, &first, nullptr), FX_OK);
  ASSERT_EQ(data.extract(session, &second, nullptr), FX_OK);
  ArrowArray exported{};
  ASSERT_EQ(fx_extraction_export(first, &exported, nullptr), FX_OK);
  fx_extraction_free(first);
  fx_session_free(session);
  expect_values(second);
  fx_extraction_free(second);
  EXPECT_GT(host.granted, 0);
  ASSERT_EQ(exported.n_children, 3);
  EXPECT_EQ(static_cast<const float*>(exported.children[0]->buffers[1])[1], 1.0F);
  exported.release(&exported);
  EXPECT_EQ(exported.release, nullptr);
  EXPECT_EQ(host.granted, 0);
}

TEST(CApi, ExportedSchemasAreReleasedWhole) {
  fx_extractor* extractor = loaded_program();
  ArrowSchema schema{};
  ASSERT_EQ(fx_extractor_input_schema(extractor, FX_CANDIDATE, &schema, nullptr), FX_OK);
  ASSERT_EQ(schema.n_children, 2);
  EXPECT_STREQ(schema.children[1]->format, "+L");
  EXPECT_STREQ(schema.children[1]->children[0]->format, "l");
  EXPECT_EQ(schema.children[0]->flags, ARROW_FLAG_NULLABLE);
  // A child may be taken out and released on its own.
  ArrowSchema taken = *schema.children[1];
  schema.children[1]->release = nullptr;
  schema.release(&schema);
  EXPECT_STREQ(taken.name, "tags");
  taken.release(&taken);
  ASSERT_EQ(fx_extractor_output_schema(extractor, &schema, nullptr), FX_OK);
  EXPECT_STREQ(schema.children[2]->format, "U");
  schema.release(&schema);
  fx_extractor_free(extractor);
}

TEST(CApi, ThreadsShareAServiceThatIsSwapped) {
  fx_extractor* extractor = loaded_program();
  fx_service* service = nullptr;
  ASSERT_EQ(fx_service_new(extractor, &service, nullptr), FX_OK);
  fx_extractor_free(extractor);
  std::atomic<bool> stop{false};
  std::vector<std::thread> workers;
  for (int t = 0; t < 3; ++t) {
    workers.emplace_back([&] {
      Data data;
      do {
        fx_extractor* current = fx_service_current(service);
        Host host;
        fx_session* session = new_session(current, &host, 2);
        fx_extraction* extraction = nullptr;
        ASSERT_EQ(data.extract(session, &extraction, nullptr), FX_OK);
        fx_session_free(session);
        fx_extractor_free(current);
        expect_values(extraction);
        fx_extraction_free(extraction);
      } while (!stop);
    });
  }
  for (int turn = 0; turn < 20; ++turn) {
    fx_extractor* fresh = loaded_program();
    EXPECT_EQ(fx_service_swap(service, fresh, 1, nullptr), FX_OK);
    fx_extractor_free(fresh);
  }
  stop = true;
  for (std::thread& worker : workers) worker.join();
  fx_service_free(service);
}

}  // namespace
}  // namespace feature_extractor
