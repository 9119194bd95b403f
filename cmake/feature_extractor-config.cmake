# find_package(feature_extractor): the function feature_extractor_add_plugin, and, where the C library is installed with it, the
# target feature_extractor::feature_extractor.
if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/feature_extractor-targets.cmake)
  include(${CMAKE_CURRENT_LIST_DIR}/feature_extractor-targets.cmake)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/feature_extractor-plugin.cmake)
