// Loads plug-ins: shared objects with operators that were compiled against feature_extractor/plugin.h.
#pragma once

#include <string>

#include "registry/plugin_table.h"
#include "status.h"

namespace feature_extractor {

// Loads a plug-in, checks that it fits this engine, and makes its operators known to this process for ever. Loading one again is
// fine, and gives the same. No file makes it crash that is not a plug-in; a plug-in itself is trusted like the program that
// loads it. May be called from any thread, while others extract.
StatusOr<const LoadedPlugin*> load_plugin(const std::string& path);

}  // namespace feature_extractor
