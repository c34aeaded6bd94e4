# SPDX-License-Identifier: Apache-2.0
# Looks into the libbcc that is here for what cbee calls of it, whichever version it is. What
# differs in how its versions were built, src/cc/interpose.c copes with when cbee-cc runs; what is
# missing in the one that a tracer finds, src/kernel/bcc.c.

# cbee_bcc_called(OUT REGEX FILE...): the names in the files that stand in the regex's brackets.
function(cbee_bcc_called out regex)
  set(names "")
  foreach(file IN LISTS ARGN)
    file(STRINGS "${file}" lines REGEX "${regex}")
    foreach(line IN LISTS lines)
      string(REGEX MATCH "${regex}" ignored "${line}")
      list(APPEND names "${CMAKE_MATCH_1}")
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

# cbee_bcc_lacks(OUT LIBRARY NAME...): those names that a shared library does not define.
function(cbee_bcc_lacks out library)
  set(lacking "")
  execute_process(COMMAND "${CMAKE_NM}" -D --defined-only "${library}"
                  OUTPUT_VARIABLE symbols ERROR_QUIET)
  if(symbols)
    foreach(name IN LISTS ARGN)
      if(NOT symbols MATCHES " ${name}[@\n]")
        list(APPEND lacking "${name}")
      endif()
    endforeach()
  endif()
  set(${out} "${lacking}" PARENT_SCOPE)
endfunction()

file(GLOB cc_files "${PROJECT_SOURCE_DIR}/src/cc/*.c")
list(FILTER cc_files EXCLUDE REGEX "/interpose\\.c$")
cbee_bcc_called(compiling "(bpf_(module|function|table|num|perf_event)_[a-z_]+)\\(" ${cc_files})
cbee_bcc_lacks(lacking "${CBEE_bcc_LIBRARY}" ${compiling})
cbee_bcc_called(attaching "^STANDS_FOR[A-Z_]*\\(.*, ([a-z_]+),( \\(.*)?$"
                "${PROJECT_SOURCE_DIR}/src/kernel/bcc.c")
cbee_bcc_lacks(lacking_bpf "${CBEE_bcc_bpf_LIBRARY}" ${attaching})
if(NOT compiling OR NOT attaching)
  message(FATAL_ERROR "cmake/bcc.cmake finds no calls of libbcc in src")
endif()
if(lacking OR lacking_bpf)
  list(JOIN lacking " " names)
  list(JOIN lacking_bpf " " names_bpf)
  message(FATAL_ERROR "libbcc here is not one that cbee can use (0.26 to 0.31 are): it has no "
                      "${names} ${names_bpf}")
endif()
