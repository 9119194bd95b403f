#include "engine/extractor.h"

#include <algorithm>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <thread>

#include "engine/floating_point_mode.h"

namespace feature_extractor {
namespace {

bool is_ragged(FeatureKind kind) {
  return kind == FeatureKind::kIds || kind == FeatureKind::kWeighted || kind == FeatureKind::kText ||
         kind == FeatureKind::kValue;
}

size_t fixed_row_bytes(const FeatureDeclaration& feature) {
  return feature.kind == FeatureKind::kId ? sizeof(int64_t) : sizeof(float) * feature.width;
}

size_t ragged_value_bytes(const FeatureDeclaration& feature) {
  return feature.kind == FeatureKind::kText || feature.kind == FeatureKind::kValue ? 1 : sizeof(int64_t);
}

// Appends the ragged rows of a part to those that are there.
void append_ragged(const FeatureDeclaration& feature, const FeatureBuffer& part, FeatureBuffer* whole) {
  const size_t size = ragged_value_bytes(feature);
  const auto written = static_cast<size_t>(whole->elements);
  const auto added = static_cast<size_t>(part.elements);
  char* values = whole->values.reserve_array<char>((written + added) * size, written * size);
  if (added > 0) std::memcpy(values + written * size, part.values.as<char>(), added * size);
  if (feature.kind == FeatureKind::kWeighted && added > 0) {
    float* weights = whole->weights.reserve_array<float>(written + added, written);
    std::memcpy(weights + written, part.weights.as<float>(), added * sizeof(float));
  }
  int64_t* offsets = whole->offsets.reserve_array<int64_t>(static_cast<size_t>(whole->rows + part.rows) + 1,
                                                           whole->rows > 0 ? static_cast<size_t>(whole->rows) + 1 : 0);
  if (whole->rows == 0) offsets[0] = 0;
  const int64_t* from = part.offsets.as<int64_t>();
  for (int64_t i = 1; i <= part.rows; ++i) offsets[whole->rows + i] = whole->elements + from[i];
  whole->rows += part.rows;
  whole->elements += part.elements;
}

}  // namespace

// What all threads of one call share.
struct Extractor::Job {
  InputTable requests;
  InputTable candidates;
  bool same_table = false;
  std::span<const int64_t> offsets;  // Of candidates by request; also the first row of each request in a flat table.
  std::span<const int64_t> candidate_begins;  // See ExtractionInput.
  int64_t request_count = 0;
  int64_t row_count = 0;
  bool has_candidates = false;
  int64_t chunk_rows = 1024;
};

void Extractor::run_part(const Job& job, int64_t first, int64_t last, Workspace* work, FeatureBuffers* out) const {
  const FloatingPointMode mode;
  const int64_t allocations = heap_allocations_of_this_thread();
  Executor executor(*program_, work);
  AccountedVector<RowRange>& ranges = work->request_ranges;
  AccountedVector<uint32_t>& owners = work->owners;
  const std::span<const int64_t> offsets = job.offsets;
  // A chunk is made smaller while its lists are so long that their elements would leave the cache, and larger again after.
  constexpr uint32_t kManyElements = 1U << 17;
  int64_t request_limit = job.chunk_rows;
  int64_t candidate_limit = job.chunk_rows;
  const bool whole_requests = program_->plan().collects;
  int64_t request = first;
  while (request < last) {
    const int64_t group = request;
    int64_t rows = 0;
    ranges.clear();
    // Where candidates look at each other, the candidates of the group are one chunk, so they must lie side by side.
    const auto fits = [&] {
      if (request == group) return true;
      if (request - group >= request_limit || rows >= candidate_limit) return false;
      if (!whole_requests || job.candidate_begins.empty()) return true;
      return job.candidate_begins[static_cast<size_t>(request)] ==
             job.candidate_begins[static_cast<size_t>(group)] + rows;
    };
    while (request < last && fits()) {
      const int64_t begin =
          (job.same_table ? offsets[static_cast<size_t>(request)] : request) + job.requests.row_shift();
      if (!ranges.empty() && ranges.back().begin + ranges.back().count == begin) {
        ++ranges.back().count;
      } else {
        ranges.push_back({begin, 1});
      }
      rows += offsets[static_cast<size_t>(request) + 1] - offsets[static_cast<size_t>(request)];
      ++request;
    }
    executor.begin_requests(&job.requests, ranges, static_cast<uint32_t>(request - group));
    executor.run_requests(out, group);
    if (executor.largest_domain(kRequestDomain) > kManyElements) {
      request_limit = std::max<int64_t>(1, request_limit / 2);
    } else if (executor.largest_domain(kRequestDomain) < kManyElements / 4) {
      request_limit = std::min(job.chunk_rows, request_limit * 2);
    }
    if (!job.has_candidates) continue;
    int64_t row = offsets[static_cast<size_t>(group)];
    const int64_t end = offsets[static_cast<size_t>(request)];
    int64_t owner = group;
    while (row < end) {
      int64_t count = whole_requests ? end - row : std::min(end - row, candidate_limit);
      int64_t begin = row;
      if (!job.candidate_begins.empty()) {
        while (row >= offsets[static_cast<size_t>(owner) + 1]) ++owner;
        const auto begin_of = [&](int64_t r) { return job.candidate_begins[static_cast<size_t>(r)]; };
        begin = begin_of(owner) + row - offsets[static_cast<size_t>(owner)];
        // Only as far as the candidates lie side by side.
        int64_t last = owner;
        while (offsets[static_cast<size_t>(last) + 1] < row + count &&
               begin_of(last + 1) - begin == offsets[static_cast<size_t>(last) + 1] - row) {
          ++last;
        }
        count = std::min(count, offsets[static_cast<size_t>(last) + 1] - row);
      }
      owners.resize(static_cast<size_t>(count));
      for (int64_t r = row; r < row + count;) {
        while (r >= offsets[static_cast<size_t>(owner) + 1]) ++owner;
        const int64_t next = std::min(row + count, offsets[static_cast<size_t>(owner) + 1]);
        std::fill(owners.begin() + (r - row), owners.begin() + (next - row), static_cast<uint32_t>(owner - group));
        r = next;
      }
      if (records_ != nullptr) records_->find(job.candidates, {begin, count}, work);
      executor.run_candidates(&job.candidates, {begin, count}, owners.data(), out, row);
      row += count;
      const uint32_t largest = std::max(executor.largest_domain(kCandidateDomain), work->record.largest_domain);
      if (largest > kManyElements) {
        candidate_limit = std::max<int64_t>(16, candidate_limit / 2);
      } else if (largest < kManyElements / 4) {
        candidate_limit = std::min(job.chunk_rows, candidate_limit * 2);
      }
    }
  }
  work->heap_allocations = heap_allocations_of_this_thread() - allocations;
}

StatusOr<std::unique_ptr<Extraction>> Extractor::extract_batch(const ExtractionInput& input,
                                                               const ExtractionOptions& options,
                                                               Session* session) const {
  const Plan& plan = program_->plan();
  Job job;
  job.chunk_rows = std::clamp<int64_t>(options.chunk_rows, 1, 65536);
  bool needs_request = false;
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    needs_request = needs_request || (plan.inputs[i].domain == kRequestDomain && program_->used_inputs_[i]);
  }
  job.has_candidates = plan.output_domain == kCandidateDomain;
  job.same_table = input.request != nullptr && input.request == input.candidate;
  if (needs_request && input.request == nullptr) {
    return Status::error(ErrorCode::kInvalidArgument,
                         "The program reads request inputs, but no request data was given.");
  }
  if (job.has_candidates && input.candidate == nullptr) {
    return Status::error(ErrorCode::kInvalidArgument,
                         "The program reads candidate inputs, but no candidates were given.");
  }
  if (input.request != nullptr) {
    Status status =
        job.requests.match(*input.request_schema, *input.request, plan, kRequestDomain, program_->used_inputs_);
    if (!status.ok()) return status;
  }
  if (job.has_candidates) {
    Status status =
        job.candidates.match(*input.candidate_schema, *input.candidate, plan, kCandidateDomain, program_->used_inputs_);
    if (!status.ok()) return status;
  }

  if (plan.collects && job.same_table) {
    return Status::error(
        ErrorCode::kInvalidArgument,
        "The program collects values over the candidates of a request, but in a flat table nothing says where a "
        "request ends. Give one row per request, with its candidates as a list of structs in a column "
        "'candidates', or requests and candidates with offsets.");
  }

  AccountedVector<int64_t> own_offsets;
  std::span<const int64_t> offsets = input.offsets;
  if (!job.has_candidates) {
    job.request_count = job.requests.rows();
    own_offsets.resize(static_cast<size_t>(job.request_count) + 1);
    std::iota(own_offsets.begin(), own_offsets.end(), int64_t{0});
    offsets = own_offsets;
  } else if (job.same_table) {
    // Consecutive rows with the same request inputs are one request.
    const int64_t shift = job.requests.row_shift();
    std::vector<const InputNode*> columns;
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (const InputNode* column = job.requests.column(static_cast<int>(i))) columns.push_back(column);
    }
    // Where no request input is used, all rows are one request; there is nothing to compare.
    const int64_t compared_rows = columns.empty() ? std::min<int64_t>(1, job.requests.rows()) : job.requests.rows();
    for (int64_t row = 0; row < compared_rows; ++row) {
      const auto as_before = [&](const InputNode* column) { return rows_equal(*column, row + shift - 1, row + shift); };
      const bool is_null = job.requests.is_null_row(row);
      const bool same = row > 0 && is_null == job.requests.is_null_row(row - 1) &&
                        (is_null || std::all_of(columns.begin(), columns.end(), as_before));
      if (!same) own_offsets.push_back(row);
    }
    job.request_count = static_cast<int64_t>(own_offsets.size());
    own_offsets.push_back(job.candidates.rows());
    offsets = own_offsets;
  } else if (!offsets.empty()) {
    job.request_count = static_cast<int64_t>(offsets.size()) - 1;
    job.candidate_begins = input.candidate_begins;
    if (job.candidate_begins.empty() && (offsets.front() != 0 || offsets.back() != job.candidates.rows() ||
                                         !std::is_sorted(offsets.begin(), offsets.end()))) {
      return Status::error(ErrorCode::kInvalidArgument,
                           "The offsets of the candidates must rise from 0 to the number of candidates (" +
                               std::to_string(job.candidates.rows()) + ").");
    }
  } else {
    own_offsets = {0, job.candidates.rows()};
    offsets = own_offsets;
    job.request_count = 1;
  }
  if (job.has_candidates && input.request != nullptr && !job.same_table && job.requests.rows() != job.request_count) {
    return Status::error(ErrorCode::kInvalidArgument, "There are " + std::to_string(job.requests.rows()) +
                                                          " requests, but the candidates belong to " +
                                                          std::to_string(job.request_count) + ".");
  }
  job.offsets = offsets;
  job.row_count = offsets.back();
  if (job.row_count > INT32_MAX && job.has_candidates) {
    return Status::error(ErrorCode::kLimit, "A batch has at most 2,147,483,647 rows. Extract in several batches.");
  }

  auto extraction = session->take_extraction();
  extraction->rows = job.row_count;
  extraction->requests = job.request_count;
  extraction->features.resize(plan.features.size());
  extraction->input_counts.assign(plan.inputs.size(), {});
  extraction->invented_nulls.assign(plan.sites.size(), 0);
  extraction->heap_allocations = 0;
  extraction->unknown_keys = 0;
  extraction->step_nanoseconds.assign(options.profile ? plan.steps.size() + plan.features.size() : 0, 0);
  for (size_t f = 0; f < plan.features.size(); ++f) {
    FeatureBuffer& buffer = extraction->features[f];
    buffer.rows = buffer.elements = buffer.defaulted = 0;
    if (is_ragged(plan.features[f].kind)) {
      *buffer.offsets.reserve_array<int64_t>(static_cast<size_t>(job.row_count) + 1) = 0;
      buffer.values.reserve(1);
      buffer.weights.reserve(1);
    } else {
      buffer.values.reserve(fixed_row_bytes(plan.features[f]) *
                            static_cast<size_t>(std::max<int64_t>(1, job.row_count)));
      buffer.rows = job.row_count;
    }
  }

  const auto threads = static_cast<int>(
      std::clamp<int64_t>(options.threads, 1, std::min<int64_t>(64, std::max<int64_t>(1, job.request_count))));
  // Requests are dealt out so that each thread has about as many rows.
  std::vector<int64_t> bounds{0};
  for (int t = 1; t < threads; ++t) {
    const int64_t target = job.row_count * t / threads;
    const auto at = std::lower_bound(offsets.begin(), offsets.end(), target) - offsets.begin();
    bounds.push_back(std::clamp<int64_t>(at, bounds.back(), job.request_count));
  }
  bounds.push_back(job.request_count);

  std::vector<std::unique_ptr<Workspace>> workspaces;
  std::vector<std::exception_ptr> failures(static_cast<size_t>(threads));
  for (int t = 0; t < threads; ++t) {
    workspaces.push_back(session->take_workspace());
    workspaces.back()->clear_counts();
    if (options.profile) workspaces.back()->step_nanoseconds.assign(plan.steps.size() + plan.features.size(), 0);
  }
  {
    std::vector<std::jthread> running;
    for (int t = 1; t < threads; ++t) {
      running.emplace_back([&, t] {
        const AccountScope account(&session->account());
        try {
          run_thread(job, bounds[t], bounds[t + 1], workspaces[t].get(), extraction.get());
        } catch (...) {
          failures[t] = std::current_exception();
        }
      });
    }
    try {
      run_part(job, bounds[0], bounds[1], workspaces[0].get(), &extraction->features);
    } catch (...) {
      failures[0] = std::current_exception();
    }
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  for (int t = 1; t < threads; ++t) {
    const FeatureBuffers& part = workspaces[t]->part;
    for (size_t f = 0; f < part.size(); ++f) {
      FeatureBuffer& whole = extraction->features[f];
      whole.defaulted += part[f].defaulted;
      if (is_ragged(plan.features[f].kind)) append_ragged(plan.features[f], part[f], &whole);
    }
  }
  // Given back in reverse, so that the thread of the most work has the same workspace again.
  for (auto& workspace : std::views::reverse(workspaces)) {
    for (size_t i = 0; i < plan.inputs.size(); ++i) extraction->input_counts[i].add(workspace->input_counts[i]);
    for (size_t s = 0; s < plan.sites.size(); ++s) extraction->invented_nulls[s] += workspace->invented_nulls[s];
    extraction->heap_allocations += workspace->heap_allocations;
    extraction->unknown_keys += workspace->record.unknown_keys;
    for (size_t i = 0; i < workspace->step_nanoseconds.size(); ++i)
      extraction->step_nanoseconds[i] += workspace->step_nanoseconds[i];
    session->give_workspace(std::move(workspace));
  }
  return extraction;
}

StatusOr<std::unique_ptr<Extraction>> Extractor::extract(const ExtractionInput& input, const ExtractionOptions& options,
                                                         Session* session) const {
  const AccountScope scope(&session->account());
  try {
    return extract_batch(input, options, session);
  } catch (const std::bad_alloc&) {
    return Status::error(ErrorCode::kOutOfMemory,
                         "There is not enough memory for this batch. Extract fewer rows at a time.");
  } catch (const std::length_error&) {
    const std::string much =
        "The lists of one chunk have more than 268,435,456 elements together, counted once per candidate where a "
        "candidate's value meets them. ";
    // Smaller chunks are no help where a chunk is a whole request.
    return Status::error(
        ErrorCode::kLimit,
        much + (program_->plan().collects
                    ? "This program collects over the candidates of a request, so that all of them are in one "
                      "chunk: give fewer, or compare them without a lambda that reads the candidate."
                    : "Pass a smaller chunk_rows, or cut the lists first (take_last)."));
  } catch (const std::system_error& error) {
    return Status::error(ErrorCode::kLimit, std::string("A thread could not be started: ") + error.what() + ".");
  }
}

// A further thread writes fixed-size features to their rows of the shared buffers, and ragged ones to buffers of its workspace. The
// shared buffers are lent for the time of the run and go back without their memory being touched.
void Extractor::run_thread(const Job& job, int64_t first, int64_t last, Workspace* work, Extraction* extraction) const {
  const Plan& plan = program_->plan();
  work->part.resize(plan.features.size());
  for (size_t f = 0; f < work->part.size(); ++f) {
    FeatureBuffer& buffer = work->part[f];
    buffer.rows = buffer.elements = buffer.defaulted = 0;
    if (!is_ragged(plan.features[f].kind)) buffer.values = Buffer::borrow(extraction->features[f].values);
  }
  run_part(job, first, last, work, &work->part);
}

}  // namespace feature_extractor
