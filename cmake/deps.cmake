# SPDX-License-Identifier: Apache-2.0
# The libraries cbee stands on, each as an imported target dep::NAME. No pkg-config: on
# Debian 12 not all of them bring a .pc file.

# cbee_dep(NAME LIBRARY HEADER PACKAGE): HEADER "" when the library is only linked.
function(cbee_dep name library header package)
  find_library(CBEE_${name}_LIBRARY NAMES ${library})
  mark_as_advanced(CBEE_${name}_LIBRARY)
  if(NOT CBEE_${name}_LIBRARY)
    message(FATAL_ERROR "no library ${library} here; on Debian it is in ${package}")
  endif()
  add_library(dep::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(dep::${name} PROPERTIES IMPORTED_LOCATION "${CBEE_${name}_LIBRARY}")
  if(header)
    find_path(CBEE_${name}_INCLUDE NAMES ${header} PATH_SUFFIXES lib${library})
    mark_as_advanced(CBEE_${name}_INCLUDE)
    if(NOT CBEE_${name}_INCLUDE)
      message(FATAL_ERROR "no header ${header} here; on Debian it is in ${package}")
    endif()
    target_include_directories(dep::${name} SYSTEM INTERFACE "${CBEE_${name}_INCLUDE}")
  endif()
endfunction()

cbee_dep(bcc bcc bcc/bcc_common.h libbpfcc-dev)
# Only its header: the library is loaded when something of it is called, see kernel/bcc.c.
cbee_dep(bcc_bpf bcc_bpf bcc/libbpf.h libbpfcc-dev)
cbee_dep(bpf bpf bpf/bpf.h libbpf-dev)
# Only its header: the library is large, and loaded when a Go program is traced.
cbee_dep(capstone capstone capstone/capstone.h libcapstone-dev)
cbee_dep(elf elf gelf.h libelf-dev)
# Only its demanglers; it is always a static library. Its headers stand in a folder of their
# own in Debian, Alpine and Arch, in Fedora beside all others.
cbee_dep(demangle iberty demangle.h libiberty-dev)
cbee_dep(jansson jansson jansson.h libjansson-dev)
cbee_dep(lzma lzma lzma.h liblzma-dev)
cbee_dep(pcre2 pcre2-8 pcre2.h libpcre2-dev)
# Only its header, which has the functions too.
cbee_dep(xxhash xxhash xxhash.h libxxhash-dev)
cbee_dep(z z zlib.h zlib1g-dev)
if(CBEE_TESTS)
  cbee_dep(cunit cunit CUnit/CUnit.h libcunit1-dev)
endif()

# What defines the names of the kernel interface that BPF texts see: libbcc carries its own copy
# of the header, and Debian's package does not install it.
set(CBEE_UAPI_BPF_H "${CBEE_bcc_LIBRARY}")
