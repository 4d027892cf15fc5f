# What `cmake --install` puts where: the library with its plug-ins and headers, a CMake package
# (`find_package(mote)` gives `mote::mote`), the program, and the papers.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/mote)

install(TARGETS mote EXPORT mote_targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT mote_targets NAMESPACE mote:: FILE mote-targets.cmake DESTINATION ${package_folder})
configure_package_config_file(cmake/mote-config.cmake.in ${PROJECT_BINARY_DIR}/mote-config.cmake
                              INSTALL_DESTINATION ${package_folder})
# Until 1.0 a minor version may change what a program compiles against.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mote-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mote-config.cmake ${PROJECT_BINARY_DIR}/mote-config-version.cmake
        DESTINATION ${package_folder})

# mat.h needs OpenCV, which users of mote need not have; video/ is a plug-in without a header, hdf5/
# a program.
install(DIRECTORY mote DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h"
        PATTERN "video" EXCLUDE
        PATTERN "hdf5" EXCLUDE
        PATTERN "mat.h" EXCLUDE)

# Beside libmote, where it is looked for.
if(TARGET mote_video)
  install(TARGETS mote_video LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(TARGET mote_hdf5)
  install(TARGETS mote_hdf5 RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(TARGET mote_cli)
  install(TARGETS mote_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES LICENSE NOTICE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY third_party DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "LICENSE")
