// Looks into a shared object before it is loaded: what is damaged, of another machine, or no plug-in never gets to run code.
#pragma once

#include <string>
#include <string_view>

#include "status.h"

namespace feature_extractor {

// The absolute path of a file, without links. Messages start with the path as it was given.
StatusOr<std::string> resolve_file(const std::string& path);

// Checks that the file is a whole ELF shared object for this machine that names the symbol.
Status check_shared_object(const std::string& path, std::string_view symbol);

}  // namespace feature_extractor
