# SPDX-License-Identifier: Apache-2.0
# What lets shells complete the command lines of a program: one file for each shell, which
# stands under the name of every program, for that is how shells find it.

set(CBEE_BASH_COMPLETIONS "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
  CACHE STRING "where bash looks for completion")
# Debian leaves site-functions to those who install by hand.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND EXISTS /etc/debian_version)
  set(zsh_folder vendor-completions)
else()
  set(zsh_folder site-functions)
endif()
set(CBEE_ZSH_COMPLETIONS "${CMAKE_INSTALL_DATADIR}/zsh/${zsh_folder}"
  CACHE STRING "where zsh looks for completion")
set(CBEE_FISH_COMPLETIONS "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d"
  CACHE STRING "where fish looks for completion")
mark_as_advanced(CBEE_BASH_COMPLETIONS CBEE_ZSH_COMPLETIONS CBEE_FISH_COMPLETIONS)

set(CBEE_COMPLETION_DIR "${CMAKE_CURRENT_LIST_DIR}/../packaging/completion")

# cbee_completion(PROGRAM): the file itself for cbee, links to that for the others; zsh has
# patterns, so that one file does there.
function(cbee_completion program)
  if(program STREQUAL "cbee")
    install(FILES "${CBEE_COMPLETION_DIR}/bash" RENAME cbee
            DESTINATION "${CBEE_BASH_COMPLETIONS}" COMPONENT tools)
    install(FILES "${CBEE_COMPLETION_DIR}/zsh" RENAME _cbee
            DESTINATION "${CBEE_ZSH_COMPLETIONS}" COMPONENT tools)
    install(FILES "${CBEE_COMPLETION_DIR}/fish" RENAME cbee.fish
            DESTINATION "${CBEE_FISH_COMPLETIONS}" COMPONENT tools)
    return()
  endif()
  set(links "${PROJECT_BINARY_DIR}/completion")
  file(MAKE_DIRECTORY "${links}")
  file(CREATE_LINK cbee "${links}/${program}" SYMBOLIC)
  file(CREATE_LINK cbee.fish "${links}/${program}.fish" SYMBOLIC)
  install(FILES "${links}/${program}" DESTINATION "${CBEE_BASH_COMPLETIONS}" COMPONENT tools)
  install(FILES "${links}/${program}.fish" DESTINATION "${CBEE_FISH_COMPLETIONS}"
          COMPONENT tools)
endfunction()
