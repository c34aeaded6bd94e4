# SPDX-License-Identifier: Apache-2.0
# Commands that make C out of BPF texts.

set(CBEE_EMBED_SCRIPT "${PROJECT_SOURCE_DIR}/cmake/embed.cmake")

# cbee_embed_program(NAME TEXT OUTDIR): OUTDIR/NAME.bpf.inc.c and .h with NAME_bpf[].
function(cbee_embed_program name text outdir)
  add_custom_command(
    OUTPUT "${outdir}/${name}.bpf.inc.c"
    BYPRODUCTS "${outdir}/${name}.bpf.inc.h"
    COMMAND "${CMAKE_COMMAND}" -DMODE=program -DNAME=${name} "-DTEXT=${text}"
            "-DROOT=${PROJECT_SOURCE_DIR}" "-DOUT=${outdir}/${name}.bpf.inc"
            -P "${CBEE_EMBED_SCRIPT}"
    DEPENDS "${text}" "${CBEE_EMBED_SCRIPT}"
    DEPFILE "${outdir}/${name}.bpf.inc.d"
    COMMENT "Embedding ${name}.bpf.c"
    VERBATIM)
endfunction()

# cbee_embed_headers(FILE HEADER...): a table of the headers that BPF texts include with <>.
function(cbee_embed_headers file)
  string(REPLACE ";" "|" headers "${ARGN}")
  add_custom_command(
    OUTPUT "${file}"
    COMMAND "${CMAKE_COMMAND}" -DMODE=headers "-DHEADERS=${headers}"
            "-DROOT=${PROJECT_SOURCE_DIR}" "-DOUT=${file}" -P "${CBEE_EMBED_SCRIPT}"
    DEPENDS ${ARGN} "${CBEE_EMBED_SCRIPT}"
    COMMENT "Embedding the headers of BPF texts"
    VERBATIM)
endfunction()
