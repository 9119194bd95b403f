# The installed C library: find_package(feature_extractor) gives the target feature_extractor::feature_extractor.
include(${CMAKE_CURRENT_LIST_DIR}/feature_extractor-targets.cmake)
