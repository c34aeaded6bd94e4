# SPDX-License-Identifier: Apache-2.0
# `cmake --build ... --target reference` makes the reference of the C API with Doxygen.

find_program(CBEE_doxygen doxygen)
mark_as_advanced(CBEE_doxygen)
if(CBEE_doxygen)
  set(reference_dir "${PROJECT_BINARY_DIR}/share/doc/cbee/reference")
  configure_file("${PROJECT_SOURCE_DIR}/docs/Doxyfile.in" "${PROJECT_BINARY_DIR}/Doxyfile" @ONLY)
  add_custom_target(reference
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${reference_dir}"
    COMMAND "${CBEE_doxygen}" "${PROJECT_BINARY_DIR}/Doxyfile"
    COMMENT "Making the reference in ${reference_dir}/html"
    VERBATIM)
  install(DIRECTORY "${reference_dir}/html" DESTINATION "${CMAKE_INSTALL_DOCDIR}/reference"
          COMPONENT devel OPTIONAL)
endif()
