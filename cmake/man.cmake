# SPDX-License-Identifier: Apache-2.0
# Puts the sections that PROGRAM --man prints into PAGE; writes OUT. Run with cmake -P.
# The program prints ".SH SYNOPSIS", ".SH OPTIONS" and ".SH FIELDS", each followed by its
# text; a placeholder is replaced by the section, heading included.
# With COMMANDS (joined by commas), of which each has a --man of its own, @SYNOPSIS_NAME@ and
# @OPTIONS_NAME@ are replaced by synopsis and own options of that command, without a heading,
# and @STANDARD@ by the standard options of the first. For GROUPS, commands that print their
# commands with --words, @GROUP_NAME@ is replaced by a subsection for each of these.
cmake_minimum_required(VERSION 3.21)

# ask(OUT WORD...): what PROGRAM WORD... prints.
function(ask out)
  execute_process(COMMAND "${PROGRAM}" ${ARGN} OUTPUT_VARIABLE printed ERROR_VARIABLE said
                  RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ${ARGN}: status ${status}\n${said}")
  endif()
  set(${out} "${printed}" PARENT_SCOPE)
endfunction()

# cut(OUT TEXT FROM TO): what stands in TEXT from FROM on, up to the next TO.
function(cut out text from to)
  set(${out} "" PARENT_SCOPE)
  string(FIND "${text}" "${from}\n" at)
  if(at EQUAL -1)
    return()
  endif()
  string(SUBSTRING "${text}" ${at} -1 text)
  string(SUBSTRING "${text}" 1 -1 after)
  string(FIND "${after}" "\n${to} " end)
  if(NOT end EQUAL -1)
    math(EXPR end "${end} + 1")
    string(SUBSTRING "${text}" 0 ${end} text)
  endif()
  string(STRIP "${text}" text)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# parts(NAME WORD...): sets synopsis_NAME, options_NAME and standard_NAME, without headings.
function(parts name)
  ask(printed ${ARGN} --man)
  cut(synopsis "${printed}" ".SH SYNOPSIS" ".SH")
  cut(options "${printed}" ".SH OPTIONS" ".S[HS]")
  cut(all "${printed}" ".SH OPTIONS" ".SH")
  cut(standard "${all}" ".SS Standard options" ".SH")
  string(REPLACE "${standard}" "" options "${all}")
  foreach(part synopsis options standard)
    string(REGEX REPLACE "^\\.S[HS] [^\n]*\n?" "" ${part} "${${part}}")
    string(STRIP "${${part}}" ${part})
    set(${part}_${name} "${${part}}" PARENT_SCOPE)
  endforeach()
endfunction()

if(NOT COMMANDS)
  ask(printed --man)
  foreach(section SYNOPSIS OPTIONS FIELDS)
    cut(${section} "${printed}" ".SH ${section}" ".SH")
  endforeach()
endif()

string(REPLACE "," ";" commands "${COMMANDS}")
foreach(command IN LISTS commands)
  string(TOUPPER "${command}" upper)
  parts(command ${command})
  set(SYNOPSIS_${upper} "${synopsis_command}")
  set(OPTIONS_${upper} "${options_command}")
  if(NOT STANDARD)
    set(STANDARD "${standard_command}")
  endif()
endforeach()

string(REPLACE "," ";" groups "${GROUPS}")
foreach(group IN LISTS groups)
  string(TOUPPER "${group}" upper)
  set(text "")
  ask(words ${group} --words)
  string(STRIP "${words}" words)
  string(REPLACE "\n" ";" words "${words}")
  foreach(word IN LISTS words)
    string(REGEX MATCH "^[^\t]+" name "${word}")
    string(REGEX REPLACE "^[^\t]*\t" "" brief "${word}")
    string(SUBSTRING "${brief}" 0 1 first)
    string(SUBSTRING "${brief}" 1 -1 rest)
    string(TOUPPER "${first}" first)
    parts(command ${group} ${name})
    string(APPEND text ".TP\n${synopsis_command}\n.br\n${first}${rest}.\n")
    if(options_command)
      string(APPEND text ".RS\n${options_command}\n.RE\n")
    endif()
  endforeach()
  string(STRIP "${text}" GROUP_${upper})
endforeach()

configure_file("${PAGE}" "${OUT}" @ONLY)
