// What tests of the C interface load: a program that needs no operator.
#pragma once

#include <gtest/gtest.h>

#include "c_api/handles.h"
#include "engine/load.h"

namespace feature_extractor {

// One request input and two candidate inputs, with a feature of each.
inline constexpr char kLoadedProgram[] = R"({
  "format": 1,
  "domains": [{"kind": "constant"}, {"kind": "request"}, {"kind": "candidate"},
              {"kind": "elements", "parent": 2, "shape": 2, "origin": null, "view": false}],
  "slots": [{"domain": 1, "type": "text"}, {"domain": 2, "type": "float"}, {"domain": 2, "type": "list"},
            {"domain": 3, "type": "int"}, {"domain": 2, "type": "text"}],
  "inputs": [{"domain": "request", "name": "user", "type": "string", "nullable": false},
             {"domain": "candidate", "name": "price", "type": "float?", "nullable": true},
             {"domain": "candidate", "name": "tags", "type": "list<int>", "nullable": false}],
  "resources": [],
  "steps": [{"do": "input", "input": 0, "path": [], "result": 0},
            {"do": "input", "input": 1, "path": [], "result": 1},
            {"do": "input", "input": 2, "path": [], "result": 2},
            {"do": "input", "input": 2, "path": ["*"], "result": 3},
            {"do": "lift", "slot": 0, "result": 4}],
  "features": [{"name": "price", "kind": "dense", "value": {"slot": 1}, "width": 1, "default": -1.0},
               {"name": "tags", "kind": "ids", "value": {"slot": 2, "elements": [{"slot": 3}]}, "size": 1000},
               {"name": "user", "kind": "text", "value": {"slot": 4}, "default": ""}],
  "sites": []
})";

inline fx_extractor* loaded_program() {
  auto extractor = load_extractor(kLoadedProgram, {}, LoadOptions());
  EXPECT_TRUE(extractor.ok()) << extractor.message();
  auto* handle = new fx_extractor();
  handle->extractor = *extractor;
  return handle;
}

}  // namespace feature_extractor
