# Builds plug-ins: shared objects with operators, outside of the project. docs/plugins.md explains them.
#
#   feature_extractor_add_plugin(<name> VERSION <major.minor.patch> OPERATORS <file>...)        (CMake 3.21 or later)
#
# makes the target <name>, the file lib<name>.so, of operator files (each defines one operator, and is named as it is; its folder
# is the operator's family), and beside it <name>.registry.json, by which programs are checked without native code.

set(feature_extractor_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(feature_extractor_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "" "VERSION" "OPERATORS")
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "The name of a plug-in is a word of lower-case letters, digits and underscores, not '${name}'.")
  endif()
  if(NOT plugin_VERSION MATCHES "^[0-9]+\\.[0-9]+\\.[0-9]+$")
    message(FATAL_ERROR "The plug-in ${name} needs VERSION major.minor.patch, not '${plugin_VERSION}'.")
  endif()
  if(NOT plugin_OPERATORS)
    message(FATAL_ERROR "The plug-in ${name} needs OPERATORS, a file for each.")
  endif()

  # In an installed C library, in a Python package, and in a checkout.
  find_path(feature_extractor_PLUGIN_INCLUDE_DIR feature_extractor/plugin.h NO_DEFAULT_PATH NO_CACHE REQUIRED
    HINTS ${feature_extractor_CMAKE_DIR}/../include ${feature_extractor_CMAKE_DIR}/../../../include
          ${feature_extractor_CMAKE_DIR}/../../../../include ${feature_extractor_CMAKE_DIR}/../cpp/include)

  # What writes the registry: the program that comes with the C library, or `fx`.
  find_program(feature_extractor_REGISTRY_PROGRAM fx_plugin_registry NO_DEFAULT_PATH NO_CACHE
    HINTS ${feature_extractor_PLUGIN_INCLUDE_DIR}/../bin)
  if(NOT feature_extractor_REGISTRY_PROGRAM)
    find_program(feature_extractor_FX fx NO_CACHE
      HINTS ${feature_extractor_CMAKE_DIR}/../../../../../bin ${feature_extractor_CMAKE_DIR}/../.venv/bin)
  endif()

  set(declarations "")
  set(entries "")
  foreach(source IN LISTS plugin_OPERATORS)
    get_filename_component(path ${source} ABSOLUTE)
    get_filename_component(operator ${path} NAME_WE)
    get_filename_component(folder ${path} DIRECTORY)
    get_filename_component(family ${folder} NAME)
    set(symbol ${name}_${family}_${operator})
    set_source_files_properties(${path} PROPERTIES COMPILE_DEFINITIONS FEATURE_EXTRACTOR_OPERATOR_SYMBOL=${symbol})
    string(APPEND declarations "const Operator* ${symbol}();\n")
    string(APPEND entries "    {\"${family}\", \"${operator}\", &feature_extractor::${symbol}},\n")
  endforeach()
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.cc)
  file(CONFIGURE OUTPUT ${list} @ONLY CONTENT [[
// Written by feature_extractor_add_plugin.
#include "feature_extractor/plugin.h"

namespace feature_extractor {
@declarations@}  // namespace feature_extractor

static constexpr feature_extractor::PluginOperator kOperators[] = {
@entries@};

FEATURE_EXTRACTOR_PLUGIN("@name@", "@plugin_VERSION@", kOperators)
]])

  add_library(${name} MODULE ${plugin_OPERATORS} ${list})
  target_include_directories(${name} SYSTEM PRIVATE ${feature_extractor_PLUGIN_INCLUDE_DIR})
  # The arithmetic of the engine: nothing fused, nothing reordered, no exceptions. Loading checks it.
  target_compile_options(${name} PRIVATE -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-exceptions)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(${name} PRIVATE -march=x86-64-v2)
  endif()
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    target_compile_options(${name} PRIVATE -O3 -DNDEBUG)
  endif()
  # One exported symbol, and nothing needed but the C library, so that it loads wherever the engine does.
  target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc
    -Wl,--exclude-libs,ALL -Wl,-Bsymbolic -Wl,--gc-sections -Wl,--as-needed -Wl,--no-undefined -Wl,-z,relro -Wl,-z,now)
  set_target_properties(${name} PROPERTIES
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)

  if(feature_extractor_REGISTRY_PROGRAM)
    set(write_registry ${feature_extractor_REGISTRY_PROGRAM})
  elseif(feature_extractor_FX)
    set(write_registry ${feature_extractor_FX} plugin registry)
  else()
    message(FATAL_ERROR "Neither fx_plugin_registry nor fx was found to write ${name}.registry.json. "
      "Set feature_extractor_FX to the program fx.")
  endif()
  add_custom_command(TARGET ${name} POST_BUILD VERBATIM COMMENT "Writing ${name}.registry.json"
    COMMAND ${write_registry} $<TARGET_FILE:${name}> $<TARGET_FILE_DIR:${name}>/${name}.registry.json
    BYPRODUCTS ${CMAKE_CURRENT_BINARY_DIR}/${name}.registry.json)
endfunction()
