// A program in two parts, ready to run.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/program.h"
#include "plan/split.h"

namespace feature_extractor {

struct SplitProgram {
  std::unique_ptr<Program> fixed;
  std::unique_ptr<Program> live;
};

// Splits the plan of a program by the candidate inputs that records hold (see `split_plan`) and binds both parts. `adapt_live` changes
// the inputs of the live part before it is bound.
StatusOr<SplitProgram> split_program(const Program& whole, const std::vector<bool>& held,
                                     const std::function<void(Plan*)>& adapt_live);

}  // namespace feature_extractor
