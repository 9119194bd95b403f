# libfeature_extractor_jni.so, which the jar of jvm_bindings/core holds. It needs the headers of a JDK, and no library of it: the
# Java machine is the process that loads it.

file(GLOB java_homes LIST_DIRECTORIES true /usr/lib/jvm/*)
find_path(FEATURE_EXTRACTOR_JNI_INCLUDE_DIR jni.h HINTS ENV JAVA_HOME PATHS ${java_homes} PATH_SUFFIXES include
  DOC "The folder with jni.h of a JDK 17 or later")
if(NOT FEATURE_EXTRACTOR_JNI_INCLUDE_DIR)
  message(FATAL_ERROR "FEATURE_EXTRACTOR_JNI needs jni.h of a JDK 17 or later: install one, or set JAVA_HOME.")
endif()

file(GLOB jni_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cpp/src/jni/*.cc)
add_library(feature_extractor_jni SHARED EXCLUDE_FROM_ALL ${jni_sources})
target_include_directories(feature_extractor_jni PRIVATE cpp/include cpp/src)
target_include_directories(feature_extractor_jni SYSTEM PRIVATE
  ${FEATURE_EXTRACTOR_JNI_INCLUDE_DIR} ${FEATURE_EXTRACTOR_JNI_INCLUDE_DIR}/linux)
target_link_libraries(feature_extractor_jni PRIVATE feature_extractor_engine)
make_shared_output(feature_extractor_jni libfeature_extractor_jni.so ${PROJECT_SOURCE_DIR}/cpp/src/jni/exports.map)
