// What the core knows of an operator: names, texts, kernels, costs. An operator file fills one of these in; the registry,
// the reference pages and the checks read them.
#pragma once

#include "feature_extractor/kernel.h"

namespace feature_extractor {

struct Parameter {
  const char* name;
  const char* description;
};

// What happens at an edge: "when" and "result" are phrases of the reference page.
struct Edge {
  const char* when;
  const char* result;
};

// An expression and its value as they are written in a .test file; each is run as a test.
struct Example {
  const char* expression;
  const char* result;
};

// Measured on one core, in nanoseconds.
struct Cost {
  double per_row = 1.0;
  double per_element = 0.0;  // Per element of the list arguments, or per byte of text.
};

struct Overload {
  const char* signature = nullptr;
  Kernel kernels[6] = {};
};

struct Operator {
  const char* name = nullptr;
  const char* summary = nullptr;  // One line, verb first, no final point.
  const char* detail = "";        // Full sentences: the meaning, the formula.
  const char* syntax = "";        // The token that stands for it, such as "+" or "??".
  Parameter parameters[8] = {};
  Overload overloads[10] = {};
  const char* nulls = "";  // Of the parameters with `?`: those whose null can make the result null.
  Edge edges[16] = {};
  Example examples[12] = {};
  Cost cost = {};
  const char* algebra = "";  // Words of: commutative associative idempotent.
  const char* equi_join = "";
  const char* membership_join = "";
  const char* role = "";     // "hidden" operators are written by the planner only.
  const char* aliases = "";  // What other systems call it, for did-you-mean; separated by spaces.
  const char* see_also = "";
  const char* source = "";  // Where the formula or the constants come from.
  const char* since = "0.1.0";
  const char* deprecated = "";
};

}  // namespace feature_extractor
