/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares what cbee made of BPF texts with what comes of declaring all the kernel's types, as
 * libbpf writes them.
 * usage: full header >HEADER
 *        full compare HEADER TEXT.c IMAGE [FLAG...]
 * Prints "same", "differs: ..." or "full: ..." if the text does not compile so; status 0, 1, 2.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "compile/cc.h"
#include "compile/image.h"
#include "compile/source.h"
#include "headers/headers.h"
#include "kernel/tracefs.h"
#include "plain/err.h"
#include "uapi_bpf_names.h"

/* Names that BCC's own headers, or the fixed part of ours, have before these types. */
static const char *const others[] = { "true",		"false",
				      "bpf_stacktrace", "bpf_stacktrace_buildid",
				      "bpf_map_def",	"bpf_context" };

static void rename_one(const char *name)
{
	printf("#pragma push_macro(\"%s\")\n#undef %s\n#define %s full__%s\n", name, name, name,
	       name);
}

static void restore_one(const char *name)
{
	printf("#pragma pop_macro(\"%s\")\n", name);
}

static void each_name(void (*act)(const char *name))
{
	for (size_t i = 0; i < sizeof(uapi_bpf_names) / sizeof(*uapi_bpf_names); i++)
		act(uapi_bpf_names[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		act(others[i]);
}

static void print(void *ctx, const char *fmt, va_list args)
{
	(void)ctx;
	vprintf(fmt, args);
}

static int header(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct btf_dump *dump = btf ? btf_dump__new(btf, print, NULL, NULL) : NULL;
	int err = dump ? 0 : -1;

	each_name(rename_one);
	for (__u32 id = 1; !err && id < btf__type_cnt(btf); id++)
		err = btf_dump__dump_type(dump, id);
	each_name(restore_one);
	btf_dump__free(dump);
	btf__free(btf);
	return err ? 1 : 0;
}

/* One text, and the two images of it. */
struct text {
	struct cbee__compile_job job;
	struct cbee_buf bytes, types, made, with_all;
	struct cbee__source src;
	struct cbee_err err;
};

static int make_declarations(void *arg)
{
	struct text *t = arg;
	struct cbee__headers_env env = { .tracefs = cbee__tracefs(), .types = t->types.data };

	return cbee__headers_make(t->src.text.data, t->src.text.len, &env, &t->bytes, NULL,
				  &t->err);
}

static int compile(struct text *t)
{
	struct cbee__cc_answer answer = { .image = &t->with_all };
	struct cbee__cc_request request = { &t->job, &t->src, &t->bytes };
	struct cbee__cc cc = { 0 };
	int err = cbee__source_prepare(&t->src, &t->job, false, &t->err);

	cbee__buf_reset(&t->bytes); /* the text is in the source now */
	if (!err)
		err = cbee__tracefs_with(make_declarations, t);
	if (!err)
		err = cbee__cc_compile(&cc, &request, &answer, &t->err);
	cbee__buf_free(&answer.inputs);
	return err;
}

/* What the first difference is, or NULL. */
static const char *difference(const struct cbee__image *a, const struct cbee__image *b)
{
	if (a->prog_count != b->prog_count || a->map_count != b->map_count)
		return "programs or maps";
	if (a->insn_count != b->insn_count)
		return "number of instructions";
	if (memcmp(a->insns, b->insns, a->insn_count * sizeof(*a->insns)))
		return "instructions";
	for (uint32_t i = 0; i < a->map_count; i++)
		if (a->maps[i].type != b->maps[i].type ||
		    a->maps[i].key_size != b->maps[i].key_size ||
		    a->maps[i].value_size != b->maps[i].value_size)
			return "maps";
	for (uint32_t i = 0; i < a->prog_count; i++)
		if (strcmp(a->strings + a->progs[i].name, b->strings + b->progs[i].name) != 0 ||
		    a->progs[i].first != b->progs[i].first)
			return "functions";
	return NULL;
}

static int compare(int argc, char **argv)
{
	struct text t = { .job = { .name = argv[3],
				   .flags = (const char *const *)argv + 5,
				   .flag_count = (unsigned int)argc - 5 } };
	struct cbee__image made, with_all;
	const char *what;

	if (cbee__buf_read_file(&t.types, argv[2]) || cbee__buf_read_file(&t.bytes, argv[3]) ||
	    cbee__buf_read_file(&t.made, argv[4])) {
		fprintf(stderr, "cannot read %s, %s or %s\n", argv[2], argv[3], argv[4]);
		return 1;
	}
	t.job.text = t.bytes.data;
	if (compile(&t)) {
		printf("full: %s\n", t.err.text);
		return 2;
	}
	if (cbee__image_read(t.made.data, t.made.len, &made, &t.err) ||
	    cbee__image_read(t.with_all.data, t.with_all.len, &with_all, &t.err)) {
		printf("differs: %s\n", t.err.text);
		return 1;
	}
	what = difference(&made, &with_all);
	printf("%s%s\n", what ? "differs: " : "same", what ? what : "");
	return what != NULL;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "header"))
		return header();
	if (argc >= 5 && !strcmp(argv[1], "compare"))
		return compare(argc, argv);
	fprintf(stderr, "usage: full header, full compare HEADER TEXT.c IMAGE [FLAG...]\n");
	return 1;
}
