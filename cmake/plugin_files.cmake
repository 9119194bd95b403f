# What others need to build plug-ins, below an installed C library or in the Python package: the headers that an operator may
# include, and the CMake functions. Headers that are not here belong to the engine, and change as it does.

set(plugin_headers column kernel signature kernel_traits column_loops row_loops overload operator_spec operator plugin
  hash_index lane_sum math)
list(TRANSFORM plugin_headers REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/cpp/include/feature_extractor/\\1.h")

function(install_plugin_files include_folder cmake_folder component)
  install(FILES ${plugin_headers} DESTINATION ${include_folder}/feature_extractor COMPONENT ${component})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/cpp/include/feature_extractor/math
    DESTINATION ${include_folder}/feature_extractor COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/feature_extractor-config.cmake
    ${PROJECT_SOURCE_DIR}/cmake/feature_extractor-plugin.cmake
    ${PROJECT_BINARY_DIR}/feature_extractor-config-version.cmake
    DESTINATION ${cmake_folder} COMPONENT ${component})
endfunction()

include(CMakePackageConfigHelpers)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/feature_extractor-config-version.cmake
  COMPATIBILITY SameMajorVersion)
