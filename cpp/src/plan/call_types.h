// Checks calls against the signatures of their operators.
#pragma once

#include <string>

#include "plan/plan.h"

namespace feature_extractor {

// Returns why the call does not fit its operator, or an empty text.
std::string check_call(const Plan& plan, const Step& step);

// Returns why the shape and the elements of a list argument do not belong together, or an empty text.
std::string check_list(const Plan& plan, const Argument& argument);

// The position of the call's first list or map argument, or -1.
int first_container(const Plan& plan, const Step& step);

// True if entries of `domain` can point into columns of `storage`: the domain itself, or, while it is a view, its origins.
bool is_storage_of(const Plan& plan, int domain, int storage);

// True if this argument of the call is given to bind rather than to the kernel.
bool is_bound(const SignatureParameter& parameter, const Kernel& kernel);

}  // namespace feature_extractor
