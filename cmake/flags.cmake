# SPDX-License-Identifier: Apache-2.0
# One dialect, one set of warnings, for every C file of the project.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
# Empty, as a source that defines it itself would have it.
add_compile_definitions(_GNU_SOURCE=)

add_compile_options(
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla
  -Wwrite-strings -Wformat=2 -Wno-format-nonliteral)
if(CBEE_WERROR)
  add_compile_options(-Werror)
endif()

# What ends in messages is the path inside the project, whoever builds it and where.
add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")

add_link_options(-Wl,--as-needed)
if(CBEE_SANITIZE)
  add_compile_options(-fsanitize=${CBEE_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CBEE_SANITIZE})
else()
  # Not with sanitizers: clang leaves their symbols in a shared library to the program.
  add_link_options(-Wl,--no-undefined)
endif()
