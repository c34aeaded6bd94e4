# SPDX-License-Identifier: Apache-2.0
# Puts the sections that PROGRAM --man prints into PAGE; writes OUT. Run with cmake -P.
# The program prints ".SH SYNOPSIS", ".SH OPTIONS" and ".SH FIELDS", each followed by its
# text; a placeholder is replaced by the section, heading included.
cmake_minimum_required(VERSION 3.21)

execute_process(COMMAND "${PROGRAM}" --man OUTPUT_VARIABLE printed ERROR_VARIABLE said
                RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} --man: status ${status}\n${said}")
endif()

foreach(section SYNOPSIS OPTIONS FIELDS)
  set(${section} "")
  string(FIND "${printed}" ".SH ${section}\n" at)
  if(NOT at EQUAL -1)
    string(SUBSTRING "${printed}" ${at} -1 text)
    string(SUBSTRING "${text}" 1 -1 after)
    string(FIND "${after}" "\n.SH " end)
    if(NOT end EQUAL -1)
      math(EXPR end "${end} + 1")
      string(SUBSTRING "${text}" 0 ${end} text)
    endif()
    string(STRIP "${text}" ${section})
  endif()
endforeach()

configure_file("${PAGE}" "${OUT}" @ONLY)
