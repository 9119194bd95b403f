// Everything that an operator file needs: the spec, and the adapters that make kernels of plain functions.
//
// How to write an operator is told in docs/design/0002-operators.md and in CONTRIBUTING.md; any file under
// operators/ is an example.
#pragma once

#include "feature_extractor/overload.h"

// Stands once at the end of an operator file, with the constexpr descriptor. CMake passes the symbol's name, which it
// takes from the file's path, so that the list of operators can be written without reading the files.
#ifndef FEATURE_EXTRACTOR_OPERATOR_SYMBOL
#define FEATURE_EXTRACTOR_OPERATOR_SYMBOL feature_extractor_operator
#endif
#define FEATURE_EXTRACTOR_OPERATOR(descriptor)                                \
  namespace feature_extractor {                                               \
  const Operator* FEATURE_EXTRACTOR_OPERATOR_SYMBOL();                        \
  const Operator* FEATURE_EXTRACTOR_OPERATOR_SYMBOL() { return &descriptor; } \
  }
