# SPDX-License-Identifier: Apache-2.0
# Where things stand. The build tree has the layout of the installed one, so that programs
# find their library, and that finds cbee-cc, by the same relative path in both.

set(CBEE_LIBEXECDIR "${CMAKE_INSTALL_LIBEXECDIR}/cbee")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBEXECDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_BINDIR}"
   OR IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  message(FATAL_ERROR "give CMAKE_INSTALL_BINDIR, _LIBDIR and _LIBEXECDIR relative to the prefix")
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}")
set(CBEE_LIBEXEC_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${CBEE_LIBEXECDIR}")

# One run path for both: rewriting it at install would pad it with empty entries, which mean
# the current folder. Packages ask for none with CMAKE_SKIP_INSTALL_RPATH, which removes the
# build tree's at install.
if(NOT CMAKE_SKIP_INSTALL_RPATH)
  set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
  file(RELATIVE_PATH cbee_rpath "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
  set(CMAKE_INSTALL_RPATH "$ORIGIN/${cbee_rpath}")
endif()

# From the library to cbee-cc.
file(RELATIVE_PATH CBEE_HELPER_DIR "/${CMAKE_INSTALL_LIBDIR}" "/${CBEE_LIBEXECDIR}")
