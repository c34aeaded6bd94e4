# SPDX-License-Identifier: Apache-2.0
# What others need to build against an installed cbee: headers, cbee.pc, a CMake package.
#
# What is installed has three parts, as packages have: the components tools (what people type,
# and what that needs), library (libcbee.so.N), devel (all for building against it).
include(CMakePackageConfigHelpers)

set(cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/cbee")

install(TARGETS cbee EXPORT cbee LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        COMPONENT library NAMELINK_COMPONENT devel)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/cbee" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        COMPONENT devel FILES_MATCHING PATTERN "*.h")
install(EXPORT cbee NAMESPACE cbee:: FILE cbeeTargets.cmake DESTINATION "${cmake_dir}"
        COMPONENT devel)

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/cbeeConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/cbeeConfig.cmake" INSTALL_DESTINATION "${cmake_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cbeeConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cbeeConfig.cmake"
              "${PROJECT_BINARY_DIR}/cbeeConfigVersion.cmake"
        DESTINATION "${cmake_dir}" COMPONENT devel)

# Right also where `cmake --install --prefix` puts it.
file(RELATIVE_PATH cbee_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" cbee_up "${cbee_up}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/cbee.pc.in" "${PROJECT_BINARY_DIR}/cbee.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/cbee.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
        COMPONENT devel)
