/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the JSON of those commands that write it without columns, for the manual. */
#include "cbee.h"

const struct cbee_json_field json_run[] = {
	{ "what bpf_trace_printk() says, as it comes", NULL, NULL, NULL },
	{ "time", "number", "seconds", "when it was said, since the machine started" },
	{ "task", "string", NULL, "the command's name" },
	{ "pid", "integer", NULL, "of the thread" },
	{ "cpu", "integer", NULL, "the CPU it ran on" },
	{ "message", "string", NULL, "what was said" },
	{ "every record of a ring or perf buffer, as it comes", NULL, NULL, NULL },
	{ "map", "string", NULL, "the buffer's name" },
	{ "cpu", "integer", NULL, "the CPU it was written on; of perf buffers only" },
	{ "record", "object or string", NULL,
	  "members as the text declares them, or where they are not known all bytes" },
	{ "every map, after each interval and at the end", NULL, NULL, NULL },
	{ "map", "string", NULL, "its name" },
	{ "type", "string", NULL, "its kind, as in BPF_MAP_TYPE_HASH" },
	{ "entries", "array", NULL, "of maps with keys; of arrays those that are not zero" },
	{ "entries[].key", "any", NULL, "as the text declares it" },
	{ "entries[].value", "any", NULL,
	  "as the text declares it; of maps with a value for each CPU the sum of plain numbers, or "
	  "an array" },
	{ "entries[].STACK", "array or null", NULL,
	  "for each member of the key that is called a stack, its frames" },
	{ "entries[].STACK[].address", "string", NULL, "in hexadecimal digits" },
	{ "entries[].STACK[].name", "string or null", NULL, "of the function" },
	{ "entries[].STACK[].offset", "integer", "bytes", "behind the start of the function" },
	{ "entries[].STACK[].module", "string or null", NULL, "the file or module it is in" },
	{ "unit", "string", NULL, "of a histogram: what its values are" },
	{ "histogram", "array", NULL, "of a histogram, instead of entries" },
	{ "histogram[].low", "integer", "unit", "the least value that belongs to it" },
	{ "histogram[].high", "integer", "unit", "the greatest value that belongs to it" },
	{ "histogram[].count", "integer", NULL, "how many there were; empty ones are left out" },
	{ "histograms", "array", NULL, "of a histogram with keys: one for each key" },
	{ "histograms[].KEY", "any", NULL, "the key, called as in the text" },
	{ "histograms[].unit", "string", NULL, "what its values are" },
	{ "histograms[].histogram", "array of objects", NULL, "as above" },
	{ "records", "integer", NULL, "of a buffer: how many records there were" },
	{ "lost", "integer or null", NULL,
	  "of a perf buffer: how many were lost; of a ring buffer only the text can know" },
	CBEE_JSON_END,
};

const struct cbee_json_field json_compile[] = {
	{ "file", "string", NULL, "the text" },
	{ "cached", "boolean", NULL, "whether it was in the cache; then most steps are missing" },
	{ "headers", "string or null", NULL,
	  "where the kernel's declarations came from: btf or kernel; null where it was cached" },
	{ "declare_ms", "number", "milliseconds", "to make the kernel's declarations" },
	{ "load_ms", "number", "milliseconds", "to load the compiler, at the same time" },
	{ "compile_ms", "number", "milliseconds", "to compile" },
	{ "image_ms", "number", "milliseconds", "to make an image of the result" },
	{ "total_ms", "number", "milliseconds", "all of it" },
	{ "declared_bytes", "integer", "bytes", "of declarations from BTF" },
	{ "image_bytes", "integer", "bytes", "size of the image" },
	{ "instructions", "integer", NULL, "in all programs" },
	{ "programs", "integer", NULL, "how many functions can be attached" },
	{ "maps", "integer", NULL, "how many maps there are" },
	CBEE_JSON_END,
};

const struct cbee_json_field json_doctor[] = {
	{ "checks", "array", NULL, "one object for each thing that was looked at" },
	{ "checks[].name", "string", NULL, "what was looked at" },
	{ "checks[].status", "string", NULL, "one of ok, warn, fail and unknown" },
	{ "checks[].value", "string", NULL, "what was found" },
	{ "checks[].advice", "string or null", NULL, "what to do about it" },
	{ "works", "boolean", NULL, "whether tracing works here" },
	CBEE_JSON_END,
};

#define FACTS                                                                                    \
	{ "id", "integer", NULL, "the kernel's number of the map" },                             \
		{ "type", "string or integer", NULL,                                             \
		  "its kind, as in BPF_MAP_TYPE_HASH, or the number of one that is not known" }, \
		{ "name", "string", NULL, "at most 15 characters" },                             \
		{ "key_size", "integer", "bytes", "of a key" },                                  \
		{ "value_size", "integer", "bytes", "of a value, for one CPU" },                 \
		{ "entries", "integer", NULL, "how many there can be" },                         \
		{ "flags", "integer", NULL, "the kernel's BPF_F_ flags" },                       \
		{ "pinned", "array of strings", NULL, "paths in BPF file systems" },             \
		{ "held", "array", NULL, "processes that have it open" },                        \
		{ "held[].pid", "integer", NULL, "process id" },                                 \
	{                                                                                        \
		"held[].comm", "string", NULL, "the command's name"                              \
	}

const struct cbee_json_field json_map_list[] = { FACTS, CBEE_JSON_END };

const struct cbee_json_field json_map_show[] = {
	FACTS,
	{ "key", "string or null", NULL, "its layout, as C declares it" },
	{ "value", "string or null", NULL, "its layout, as C declares it" },
	CBEE_JSON_END,
};

const struct cbee_json_field json_map_create[] = {
	{ "id", "integer", NULL, "the kernel's number of the new map" },
	CBEE_JSON_END,
};

const struct cbee_json_field json_map_entry[] = {
	{ "key", "any", NULL, "by its layout; without one a number, or bytes; not of queues" },
	{ "value", "any", NULL, "likewise; an array where each CPU has its own" },
	{ "sum", "integer", NULL, "of plain numbers of all CPUs, where each has its own" },
	{ "map", "integer", NULL, "instead of the value, of maps of maps: the number of the map" },
	{ "program", "integer", NULL,
	  "instead of the value, of prog arrays: the number of the program" },
	CBEE_JSON_END,
};

const struct cbee_json_field json_map_test[] = {
	{ "perhaps", "boolean", NULL, "whether the value may have been added" },
	CBEE_JSON_END,
};
