/* SPDX-License-Identifier: Apache-2.0 */
/* Shows how long each step of a compile took. */
#include <string.h>

#include "cbee.h"

/* One step, as a person reads it. */
static const struct step {
	const char *name, *key;
	size_t ms; /* where struct cbee_compiled has it */
	const char *note;
} steps[] = {
	{ "declarations", "declare_ms", offsetof(struct cbee_compiled, declare_ms),
	  "while the compiler loads" },
	{ "load", "load_ms", offsetof(struct cbee_compiled, load_ms), "the compiler" },
	{ "compile", "compile_ms", offsetof(struct cbee_compiled, compile_ms), "" },
	{ "image", "image_ms", offsetof(struct cbee_compiled, image_ms), "" },
	{ "all", "total_ms", offsetof(struct cbee_compiled, total_ms), "" },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static bool from_btf(const struct cbee_compiled *made)
{
	return made->headers == CBEE_HEADERS_BTF;
}

static double ms_of(const struct cbee_compiled *made, const struct step *step)
{
	return *(const double *)(const void *)((const char *)made + step->ms);
}

static void write_json(struct cbee_buf *out, struct cbee *c, const char *file,
		       const struct cbee_compiled *made)
{
	cbee_text_fmt(out, "{\"file\":");
	cbee_text_quote(out, file, strlen(file));
	cbee_text_fmt(out, ",\"cached\":%s,\"headers\":", made->cached ? "true" : "false");
	cbee_text_fmt(out, "%s", made->cached ? "null" : from_btf(made) ? "\"btf\"" : "\"kernel\"");
	for (size_t i = made->cached ? STEPS - 1 : 0; i < STEPS; i++)
		cbee_text_fmt(out, ",\"%s\":%.3f", steps[i].key, ms_of(made, &steps[i]));
	cbee_text_fmt(out,
		      ",\"declared_bytes\":%zu,\"image_bytes\":%zu,\"instructions\":%u,"
		      "\"programs\":%u,\"maps\":%u}\n",
		      made->declared, made->image_size, made->insns, cbee_progs(c), cbee_maps(c));
}

static void write_text(struct cbee_buf *out, struct cbee *c, const char *file,
		       const struct cbee_compiled *made)
{
	for (size_t i = made->cached ? STEPS - 1 : 0; i < STEPS; i++)
		cbee_text_fmt(out, "%-12s %8.1f ms%s%s\n", steps[i].name, ms_of(made, &steps[i]),
			      *steps[i].note ? "  " : "", steps[i].note);
	if (made->cached)
		cbee_text_fmt(out, "%s was in the cache\n", file);
	else if (from_btf(made))
		cbee_text_fmt(out, "%zu bytes of declarations from BTF\n", made->declared);
	else
		cbee_text_fmt(out, "declarations from the kernel's installed headers\n");
	cbee_text_fmt(out, "%u program%s of %u instructions, %u map%s, image of %zu bytes\n",
		      cbee_progs(c), cbee_progs(c) == 1 ? "" : "s", made->insns, cbee_maps(c),
		      cbee_maps(c) == 1 ? "" : "s", made->image_size);
}

void steps_show(struct cbee_run *run, const char *file, const struct cbee_compiled *made)
{
	(cbee_run_json(run) ? write_json : write_text)(cbee_run_out(run), cbee_run_cbee(run), file,
						       made);
}
