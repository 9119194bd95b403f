# Two libraries decide what a feature's value is: RE2 what a pattern matches, and utf8proc which Unicode the core knows. They
# are compiled from one pinned version instead of being taken from the host, so that two machines cannot differ, and into
# the core itself, so that no file of the host is needed to run it. docs/design/0006-linking.md has the reasons.

set(FEATURE_EXTRACTOR_DOWNLOADS ${PROJECT_SOURCE_DIR}/.cache/sources CACHE PATH
  "Where the archives of pinned sources are kept; one that is there already is not downloaded")

# Sets `variable` to the folder of the Debian archive that a package comes from, where its source stands beside it. apt knows
# the archive that this machine uses. Empty if there is no apt, or it does not know the package.
function(find_debian_folder variable package)
  execute_process(COMMAND apt-get download --print-uris ${package}
    OUTPUT_VARIABLE printed ERROR_VARIABLE ignored RESULT_VARIABLE ignored)
  set(${variable} "" PARENT_SCOPE)
  if(printed MATCHES "'([^']+)/[^/']+'")
    set(${variable} ${CMAKE_MATCH_1} PARENT_SCOPE)
  endif()
endfunction()

# Takes a source archive of Debian's, beside the package named, unpacks it, and sets `folder_variable` to where it stands. The
# digest says what it is, wherever it came from.
function(unpack_pinned_source folder_variable folder archive_name sha256 package)
  set(archive ${FEATURE_EXTRACTOR_DOWNLOADS}/${archive_name})
  set(target ${FEATURE_EXTRACTOR_DOWNLOADS}/${folder})
  file(MAKE_DIRECTORY ${FEATURE_EXTRACTOR_DOWNLOADS})
  file(LOCK ${FEATURE_EXTRACTOR_DOWNLOADS}/lock GUARD FUNCTION)
  set(${folder_variable} ${target} PARENT_SCOPE)
  if(EXISTS ${target}/.${sha256})
    return()
  endif()

  set(found "")
  set(reason "apt does not know the package ${package}; `apt-get update` reads the lists anew")
  if(EXISTS ${archive})
    file(SHA256 ${archive} found)
  endif()
  if(NOT found STREQUAL sha256)
    find_debian_folder(address ${package})
    if(address)
      file(DOWNLOAD ${address}/${archive_name} ${archive}.part STATUS status INACTIVITY_TIMEOUT 30)
      list(GET status 0 code)
      list(GET status 1 reason)
      if(code EQUAL 0)
        file(SHA256 ${archive}.part found)
        set(reason "the SHA-256 digest is ${found}")
      endif()
      if(found STREQUAL sha256)
        file(RENAME ${archive}.part ${archive})
      else()
        file(REMOVE ${archive}.part)
      endif()
    endif()
  endif()
  if(NOT found STREQUAL sha256)
    message(FATAL_ERROR "${folder} is part of the core, and its source could not be had: ${reason}. "
      "Put Debian's ${archive_name} with the SHA-256 digest ${sha256} into ${FEATURE_EXTRACTOR_DOWNLOADS}, "
      "or name the folder that has it by -DFEATURE_EXTRACTOR_DOWNLOADS=... (pip: "
      "--config-settings=cmake.define.FEATURE_EXTRACTOR_DOWNLOADS=...)")
  endif()

  file(REMOVE_RECURSE ${target})
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${FEATURE_EXTRACTOR_DOWNLOADS})
  file(TOUCH ${target}/.${sha256})
endfunction()

# The tables of RE2 that come from the Unicode character database: Debian's archive has only the scripts that make them. The
# digests hold them to Unicode 15.0, which utf8proc 2.8 has too.
function(make_re2_tables folder)
  set(groups 53997d641f218bc71ea5c7b4338c3777d81c31cc86b80e0bac27120249fc0fd0)
  set(casefold 64ca9ac88ceaa9833f07570dc44fd2892b75cfe1d1b3a2ce3cb348e8761a273a)
  if(NOT EXISTS ${folder}/re2/perl_groups.cc)
    find_package(Python 3.11 REQUIRED COMPONENTS Interpreter)
    find_path(UNICODE_DATA_DIR UnicodeData.txt PATHS /usr/share/unicode REQUIRED)
    execute_process(COMMAND ${Python_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/make_re2_tables.py ${folder}
      ${UNICODE_DATA_DIR} COMMAND_ERROR_IS_FATAL ANY)
  endif()
  foreach(table groups casefold)
    file(SHA256 ${folder}/re2/unicode_${table}.cc found)
    if(NOT found STREQUAL ${table})
      file(REMOVE ${folder}/re2/perl_groups.cc)
      message(FATAL_ERROR "The Unicode data in ${UNICODE_DATA_DIR} is not that of Unicode 15.0, which results depend on. "
        "Install Debian 12's package unicode-data, or name a folder that has it by -DUNICODE_DATA_DIR=...")
    endif()
  endforeach()
endfunction()

# The last RE2 of Debian 12, which needs no Abseil.
unpack_pinned_source(re2_folder re2-2022-06-01 re2_20220601+dfsg.orig.tar.xz
  3bc61251da3b0b97be40a8a127818c517c62516e4eda11fc901d29496663df54 libre2-dev)
make_re2_tables(${re2_folder})
file(GLOB re2_sources ${re2_folder}/re2/*.cc)
# What matches many patterns at once is not used. Reading the headers is most of the rest, so files are read together, but
# for two that have names of others.
list(FILTER re2_sources EXCLUDE REGEX "/(set|filtered_re2|prefilter|prefilter_tree)\\.cc$")
add_library(feature_extractor_re2 STATIC ${re2_sources} ${re2_folder}/util/rune.cc ${re2_folder}/util/strutil.cc)
set_target_properties(feature_extractor_re2 PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
set_source_files_properties(${re2_folder}/re2/dfa.cc ${re2_folder}/re2/onepass.cc PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

unpack_pinned_source(utf8proc_folder utf8proc-2.8.0 utf8proc_2.8.0.orig.tar.gz
  a0a60a79fe6f6d54e7d411facbfcc867a6e198608f2cd992490e46f04b1bcecc libutf8proc-dev)
add_library(feature_extractor_utf8proc STATIC ${utf8proc_folder}/utf8proc.c)
target_compile_definitions(feature_extractor_utf8proc PUBLIC UTF8PROC_STATIC)

# Their warnings are not ours to mend.
foreach(library feature_extractor_re2 feature_extractor_utf8proc)
  target_compile_options(${library} PRIVATE -w -ffp-contract=off -fno-gnu-unique ${feature_extractor_cpu_options})
endforeach()
target_include_directories(feature_extractor_re2 SYSTEM PUBLIC ${re2_folder})
target_include_directories(feature_extractor_utf8proc SYSTEM PUBLIC ${utf8proc_folder})

# The licences of what is compiled into a shared library go with it. Headers come from the host, and so does their notice,
# where the host keeps one.
function(install_third_party_notices destination component)
  install(FILES ${re2_folder}/LICENSE DESTINATION ${destination} COMPONENT ${component} RENAME RE2.txt)
  install(FILES ${utf8proc_folder}/LICENSE.md DESTINATION ${destination} COMPONENT ${component} RENAME utf8proc.txt)
  foreach(notice xxHash=libxxhash-dev nlohmann-json=nlohmann-json3-dev)
    string(REPLACE "=" ";" pair ${notice})
    list(GET pair 0 name)
    list(GET pair 1 package)
    install(FILES /usr/share/doc/${package}/copyright DESTINATION ${destination} COMPONENT ${component}
      RENAME ${name}.txt OPTIONAL)
  endforeach()
endfunction()
