# SPDX-License-Identifier: Apache-2.0
# Puts what programs print of themselves into PAGE; writes OUT. Run with cmake -P.
#
# PROGRAM --man prints ".SH SYNOPSIS", ".SH OPTIONS", ".SH FIELDS" and ".SH JSON", each followed
# by its text; @SYNOPSIS@, @OPTIONS@ and @FIELDS@ are replaced by the section, heading included.
# With COMMANDS (joined by commas), of which each has a --man of its own, @SYNOPSIS_NAME@ and
# @OPTIONS_NAME@ are replaced by synopsis and own options of that command, without a heading,
# and @STANDARD@ by the standard options of the first. For GROUPS, commands that print their
# commands with --words, @GROUP_NAME@ is replaced by a subsection for each of these.
#
# @JSON@ is replaced by a subsection for each of the TRACERS (paths, joined by commas), COMMANDS
# and commands of GROUPS that have JSON; @SEE_TRACERS@ by their pages
# (@SEE_TRACERS_LAST@: nothing follows); @PROBES@ by the kinds of
# probes. @PRIVILEGES@, @FILES@, @ENVIRONMENT@ and @EXIT_STATUS@ are sections that several pages
# share.
cmake_minimum_required(VERSION 3.21)

# ask(OUT PROGRAM WORD...): what PROGRAM WORD... prints.
function(ask out program)
  execute_process(COMMAND "${program}" ${ARGN} OUTPUT_VARIABLE printed ERROR_VARIABLE said
                  RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${program} ${ARGN}: status ${status}\n${said}")
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

# drop_heading(OUT TEXT): the text of a section.
function(drop_heading out text)
  string(REGEX REPLACE "^\\.S[HS] [^\n]*\n?" "" text "${text}")
  string(STRIP "${text}" text)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# escape(OUT TEXT): TEXT for roff.
function(escape out text)
  string(REPLACE "-" "\\-" text "${text}")
  string(REPLACE "'" "\\(aq" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# add_json(NAME PRINTED): gives NAME a subsection in JSON, if what it printed has that section;
# names whose text is the same share one.
function(add_json name printed)
  cut(text "${printed}" ".SH JSON" ".SH")
  drop_heading(text "${text}")
  if(NOT text)
    return()
  endif()
  string(SHA1 id "${text}")
  get_property(names GLOBAL PROPERTY names_${id})
  if(NOT names)
    set_property(GLOBAL APPEND PROPERTY ids ${id})
    set_property(GLOBAL PROPERTY text_${id} "${text}")
  endif()
  escape(name "${name}")
  set_property(GLOBAL APPEND PROPERTY names_${id} "${name}")
endfunction()

# write_json(OUT): those subsections.
function(write_json out)
  get_property(ids GLOBAL PROPERTY ids)
  set(all "")
  foreach(id IN LISTS ids)
    get_property(names GLOBAL PROPERTY names_${id})
    get_property(text GLOBAL PROPERTY text_${id})
    list(JOIN names ", " names)
    string(APPEND all ".SS ${names}\n${text}\n")
  endforeach()
  string(STRIP "${all}" all)
  set(${out} "${all}" PARENT_SCOPE)
endfunction()

# wrap(OUT TEXT): TEXT on lines that are not too long.
function(wrap out text)
  string(REPLACE " " ";" words "${text}")
  list(POP_FRONT words line)
  set(done "")
  foreach(word IN LISTS words)
    string(LENGTH "${line} ${word}" length)
    if(length GREATER 78)
      string(APPEND done "${line}\n")
      set(line "${word}")
    else()
      string(APPEND line " ${word}")
    endif()
  endforeach()
  set(${out} "${done}${line}" PARENT_SCOPE)
endfunction()

# add_probe(LINE): a subsection for a line of cbee help --probes.
function(add_probe line)
  escape(line "${line}")
  string(REPLACE "\t" ";" parts "${line}")
  list(POP_FRONT parts name constant option arg prefix patterns target context needs)
  set(text ".SS ${name}\n.PD 0\n")
  if(NOT option STREQUAL "\\-")
    string(APPEND text ".TP 12\n.B cbee run\n\\fB\\-\\-${option}\\fR \\fI${arg}\\fR\n")
  endif()
  if(NOT prefix STREQUAL "\\-")
    string(APPEND text ".TP 12\n.B by name\n\\fB${prefix}\\fR...\n")
  endif()
  string(APPEND text ".TP 12\n.B in C\n\\fB${constant}\\fR")
  if(NOT patterns STREQUAL "\\-")
    string(APPEND text ", and by pattern\n.BR cbee_attach_all ()")
  endif()
  foreach(part target context needs)
    wrap(${part} "${${part}}")
  endforeach()
  string(APPEND text "\n.TP 12\n.B target\n${target}.\n.TP 12\n.B function\nTakes ${context}.\n"
                     ".TP 12\n.B needs\n${needs}.\n.PD\n")
  set(PROBES "${PROBES}${text}" PARENT_SCOPE)
endfunction()

# parts(NAME WORD...): sets synopsis_NAME, options_NAME and standard_NAME, without headings.
function(parts name)
  ask(printed "${PROGRAM}" ${ARGN} --man)
  cut(synopsis "${printed}" ".SH SYNOPSIS" ".SH")
  cut(options "${printed}" ".SH OPTIONS" ".S[HS]")
  cut(all "${printed}" ".SH OPTIONS" ".SH")
  cut(standard "${all}" ".SS Standard options" ".SH")
  string(REPLACE "${standard}" "" options "${all}")
  foreach(part synopsis options standard)
    drop_heading(${part} "${${part}}")
    set(${part}_${name} "${${part}}" PARENT_SCOPE)
  endforeach()
  list(JOIN ARGN " " called)
  add_json("cbee ${called}" "${printed}")
endfunction()

set(PRIVILEGES [=[
.SH PRIVILEGES
Root, or CAP_BPF and CAP_PERFMON (before Linux 5.8 CAP_SYS_ADMIN); what else
an option takes is named when it is missing.
Once all is attached, privileges that are not needed are given up; the command
keeps its own.
.BR cbee\-privileges (7)
has more.]=])

set(FILES [=[
.SH FILES
.TP
.I /var/cache/cbee
What root has had compiled, in case it is asked for again;
.BR "cbee cache" " in"
.BR cbee (1)
tells about it.
Other users have
.I ~/.cache/cbee
instead.
.TP
.I /sys/kernel/btf/vmlinux
The types of the kernel (BTF).
.TP
.IR /lib/modules/ RELEASE /build
The headers of the running kernel, which serve where there is no BTF.
.TP
.IR PREFIX /libexec/cbee/cbee\-cc
The compiler, a program of its own.]=])

set(ENVIRONMENT [=[
.SH ENVIRONMENT
.TP
.B CBEE_CACHE
The folder for what has been compiled, instead of the usual one; when it is
empty, nothing is kept.
.TP
.BR XDG_CACHE_HOME ", " HOME
Where other users than root have that folder.
.TP
.BR NO_COLOR ", " TERM
Nothing is coloured where the first is set and not empty, or the other is not
set or is
.BR dumb .
.TP
.BR LC_ALL ", " LC_CTYPE ", " LANG
The first that is set says whether a terminal shows UTF-8.
.TP
.B PATH
Where programs, and commands to run, are looked for.]=])

set(EXIT_STATUS [=[
.SH EXIT STATUS
.TP
.B 0
Tracing ended as it should: by Ctrl\-C, SIGTERM,
.BR \-\-duration ,
or with the process or command that was traced.
.TP
.B 1
Something failed; the last line on standard error says what.
.TP
.B 2
The command line is wrong.
.PP
What the command behind
.B \-\-
returned does not matter here; it is told on standard error if it is not 0.]=])

string(REPLACE "," ";" tracers "${TRACERS}")
foreach(tracer IN LISTS tracers)
  ask(printed "${tracer}" --man)
  get_filename_component(name "${tracer}" NAME)
  add_json("${name}" "${printed}")
  escape(name "${name}")
  string(APPEND SEE_TRACERS ".BR ${name} (8),\n")
endforeach()
string(STRIP "${SEE_TRACERS}" SEE_TRACERS)
string(REGEX REPLACE ",$" "" SEE_TRACERS_LAST "${SEE_TRACERS}")

file(READ "${PAGE}" page)
if(page MATCHES "@PROBES@")
  ask(lines "${PROGRAM}" help --probes)
  string(STRIP "${lines}" lines)
  string(REPLACE "\n" ";" lines "${lines}")
  foreach(line IN LISTS lines)
    add_probe("${line}")
  endforeach()
  string(STRIP "${PROBES}" PROBES)
elseif(page MATCHES "@SYNOPSIS@" AND NOT COMMANDS)
  ask(printed "${PROGRAM}" --man)
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
  ask(words "${PROGRAM}" ${group} --words)
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

write_json(JSON)
configure_file("${PAGE}" "${OUT}" @ONLY)
