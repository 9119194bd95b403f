# What every shared library of this project has in common: it needs nothing but the C library, it shows only what its map of
# exports names, and it appears under its name all at once.

# Makes `target`, a shared library or module, self-contained, and publishes it as ${PROJECT_BINARY_DIR}/<file_name>. The linker
# writes below linking/: a process that has the published file mapped, or opens it at the wrong moment, must never see it change.
function(make_shared_output target file_name exports_map)
  target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,-Bsymbolic
    -Wl,--gc-sections -Wl,--as-needed -Wl,--no-undefined-version -Wl,-z,relro -Wl,-z,now
    -Wl,--version-script=${exports_map})
  # What a sanitizer finds is told with names of functions and lines.
  if(NOT FEATURE_EXTRACTOR_SANITIZE AND NOT FEATURE_EXTRACTOR_SANITIZE_THREADS)
    target_link_options(${target} PRIVATE -Wl,--strip-all)
  endif()
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${exports_map}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/linking)
  set(published ${PROJECT_BINARY_DIR}/${file_name})
  add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS ${published} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:${target}> ${published}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${published}.new ${published})
endfunction()
