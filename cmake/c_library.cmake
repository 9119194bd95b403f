# libfeature_extractor.so, the C interface, with what a build of another project needs to find it: the header, a CMake package and a
# pkg-config file; and what a plug-in is built with. It is linked from the objects that the other outputs are linked from.

include(GNUInstallDirs)

add_library(feature_extractor_c SHARED)
target_link_libraries(feature_extractor_c PRIVATE feature_extractor_engine)
target_include_directories(feature_extractor_c INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(feature_extractor_c PROPERTIES
  OUTPUT_NAME feature_extractor EXPORT_NAME feature_extractor LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
make_shared_output(feature_extractor_c libfeature_extractor.so.${PROJECT_VERSION}
  ${PROJECT_SOURCE_DIR}/cpp/src/c_api/exports.map)

set(c_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/feature_extractor)
install(TARGETS feature_extractor_c EXPORT feature_extractor_targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT c_library NAMELINK_COMPONENT c_library)
install(FILES cpp/include/feature_extractor/c_api.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/feature_extractor COMPONENT c_library)
install(EXPORT feature_extractor_targets NAMESPACE feature_extractor:: FILE feature_extractor-targets.cmake
  DESTINATION ${c_package_folder} COMPONENT c_library)
install_plugin_files(${CMAKE_INSTALL_INCLUDEDIR} ${c_package_folder} c_library)
add_executable(fx_plugin_registry cpp/tools/write_plugin_registry.c)
target_include_directories(fx_plugin_registry PRIVATE cpp/include)
target_link_libraries(fx_plugin_registry PRIVATE feature_extractor_c)
file(RELATIVE_PATH library_from_programs /prefix/${CMAKE_INSTALL_BINDIR} /prefix/${CMAKE_INSTALL_LIBDIR})
set_target_properties(fx_plugin_registry PROPERTIES INSTALL_RPATH $ORIGIN/${library_from_programs})
install(TARGETS fx_plugin_registry RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT c_library)
file(RELATIVE_PATH include_from_pkgconfig
  /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix/${CMAKE_INSTALL_INCLUDEDIR})
configure_file(cmake/feature_extractor.pc.in ${PROJECT_BINARY_DIR}/feature_extractor.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/feature_extractor.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT c_library)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/feature_extractor COMPONENT c_library)
install_third_party_notices(${CMAKE_INSTALL_DATADIR}/doc/feature_extractor/third_party c_library)
