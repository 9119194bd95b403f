// Errors of the core as exceptions of the Python face.
#pragma once

#include "status.h"

namespace feature_extractor {

// Raises feature_extractor.errors.EngineError with the code's name and the message.
[[noreturn]] void raise_engine_error(const Status& status);

}  // namespace feature_extractor
