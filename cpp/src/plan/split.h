// A plan in two parts: what depends on the candidate alone, and the rest.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"

namespace feature_extractor {

// A value in the record of a candidate: of a row, or of the elements of one of its lists.
struct RecordColumn {
  int slot = -1;
  StorageKind type = StorageKind::kNone;
  uint32_t width = 0;   // Of a vector.
  uint32_t offset = 0;  // Of a row's value from the beginning of the record.
  int list = -1;        // Of a list: where its elements are described.
};

// The columns of the elements of a list.
struct RecordList {
  std::vector<RecordColumn> columns;
};

// A feature that stands in the record as it is written out.
struct RecordFeature {
  int feature = -1;
  FeatureKind kind = FeatureKind::kDense;
  uint32_t width = 1;
  uint32_t offset = 0;
};

// Where each value stands in a record; engine/records.cc says what a record looks like.
struct RecordLayout {
  std::vector<RecordColumn> columns;  // Of the row, in the order of their validity bits.
  std::vector<RecordList> lists;
  std::vector<RecordFeature> features;
  uint32_t validity_words = 0;
  uint32_t fixed_bytes = 0;  // What each record has: the header, the validity bits, the values of fixed size.

  // What is counted while a record is computed, by number: the sites, then the features, then five reasons for each input.
  uint32_t site_count = 0;
  uint32_t feature_count = 0;
};

inline constexpr uint32_t kRecordHeaderBytes = 8;

// Both parts have the slots, domains, sites, features and inputs of the whole plan, so that what they count can be added up.
struct SplitPlan {
  Plan fixed;  // From candidate inputs to records; it reads no request.
  Plan live;   // From records, request inputs and the other candidate inputs to features.
};

// Splits by the inputs that records hold: `held`, by input, of candidate inputs only. A value is fixed if it depends on these and on
// constants alone. Fixed values that others read, and fixed features, are in the record. Values of lists that are cut or chosen
// from others (take_last, filter) are computed again by the live part where it needs to know what they were taken from; so are the
// lists of the domains `computed`, of which the caller knows that.
SplitPlan split_plan(const Plan& plan, const std::vector<bool>& held, const std::vector<int>& computed);

// By input: whether the fixed part does more with it than to hand it over.
std::vector<bool> inputs_worth_holding(const Plan& plan, const std::vector<bool>& held);

}  // namespace feature_extractor
