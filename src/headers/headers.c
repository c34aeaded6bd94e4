/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel declarations that one BPF source needs, from the running kernel's BTF. */
#include "headers/headers.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "headers/btf.h"
#include "plain/buf.h"
#include "headers/decl.h"
#include "plain/err.h"
#include "headers/kconfig.h"
#include "headers/macros.h"
#include "uapi_bpf_names.h"
#include "headers/want.h"

#define VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#define FORMAT_MAX	 65536

struct maker {
	const struct cbee__headers_env *env;
	struct cbee__wants wants;
	struct cbee__btf *btf; /* NULL: there is none */
	struct cbee_buf *out;
	struct cbee__headers_info info;
	bool *rows; /* which macro rows the source asks for */
	unsigned int version;
};

/* ---- names that are not the kernel's to give ---- */

static int compare_uapi(const void *key, const void *row)
{
	const struct cbee__tok *tok = key;
	const char *name = *(const char *const *)row;
	int order = strncmp(tok->text, name, tok->len);

	return order ? order : name[tok->len] ? -1 : 0;
}

/* Tags that libbcc's helpers.h defines. */
static const char *const helper_tags[] = { "bpf_stacktrace", "bpf_stacktrace_buildid",
					   "bpf_map_def", "bpf_context" };

static bool same(const char *text, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(text, name, len);
}

/* Whether bpf.h, helpers.h or the fixed part of this text has the name. */
static bool is_taken(const char *name, size_t len)
{
	struct cbee__tok key = { .text = name, .len = len };

	if (bsearch(&key, uapi_bpf_names, sizeof(uapi_bpf_names) / sizeof(*uapi_bpf_names),
		    sizeof(*uapi_bpf_names), compare_uapi))
		return true;
	for (size_t i = 0; i < sizeof(helper_tags) / sizeof(*helper_tags); i++)
		if (same(name, len, helper_tags[i]))
			return true;
	for (size_t i = 0; i < cbee__typedef_count; i++)
		if (cbee__typedefs[i].always && same(name, len, cbee__typedefs[i].name))
			return true;
	return false;
}

/* Whether the entry is a struct or union that only the kernel can describe. */
static bool is_kernel_record(const struct cbee__want *w)
{
	static const char tracepoint[] = "tracepoint__";

	if (!(w->flags & (CBEE__WANT_STRUCT | CBEE__WANT_UNION)) ||
	    w->flags & (CBEE__WANT_TAG_OWN | CBEE__WANT_WEAK_TAG))
		return false;
	return !same(w->name, w->len, "pt_regs") && !is_taken(w->name, w->len) &&
	       (w->len < strlen(tracepoint) || memcmp(w->name, tracepoint, strlen(tracepoint)));
}

/* ---- what the source wants ---- */

/* "field:TYPE NAME;" of a tracepoint's format: libbcc builds a struct out of them. */
static void scan_format(struct cbee__wants *w, const char *text)
{
	const char *at = text;

	while ((at = strstr(at, "field:")) != NULL) {
		const char *end = strchr(at += strlen("field:"), ';');

		if (!end)
			return;
		cbee__wants_scan(w, at, (size_t)(end - at), true);
		at = end;
	}
}

/* Names that could lead out of the folder are not tracepoints. */
static bool is_plain(const char *text, size_t len)
{
	return len && len < NAME_MAX && *text != '.' && !memchr(text, '/', len);
}

/* A tracepoint without a format is left to libbcc, which says so. */
static void scan_events(struct maker *m)
{
	for (size_t i = 0; i < m->wants.events.len / sizeof(struct cbee__want_event); i++) {
		const struct cbee__want_event *e =
			(const struct cbee__want_event *)(void *)m->wants.events.data + i;
		struct cbee_buf text = { 0 };
		char path[PATH_MAX];
		const char *kept;
		int len;

		if (!m->env->tracefs || !is_plain(e->category, e->category_len) ||
		    !is_plain(e->name, e->name_len))
			continue;
		len = snprintf(path, sizeof(path), "%s/events/%.*s/%.*s/format", m->env->tracefs,
			       (int)e->category_len, e->category, (int)e->name_len, e->name);
		if (len >= (int)sizeof(path) || cbee__buf_read_file(&text, path) || !text.len ||
		    text.len > FORMAT_MAX) {
			m->wants.err = text.err == -ENOMEM ? -ENOMEM : m->wants.err;
			cbee__buf_free(&text);
			continue;
		}
		kept = cbee__wants_own(&m->wants, cbee__buf_take(&text));
		if (kept)
			scan_format(&m->wants, kept);
	}
}

/* Whether the source uses the name as the row means it. */
static bool row_asked(const struct cbee__want *w, const struct cbee__macro *row)
{
	if (!w || w->flags & CBEE__WANT_OWN)
		return false;
	if (row->member)
		return w->flags & (CBEE__WANT_ACCESSED | CBEE__WANT_ARGUMENT) &&
		       !(w->flags & CBEE__WANT_DECLARED);
	return w->flags & CBEE__WANT_PLAIN;
}

/* What a macro says the source says; and so on for the macros it uses. */
static void scan_rows(struct maker *m)
{
	bool again = true;

	while (again && !m->wants.err) {
		again = false;
		for (size_t i = 0; i < cbee__macro_count && !m->wants.err; i++) {
			const struct cbee__macro *row = &cbee__macros[i];

			if (m->rows[i] || !row_asked(cbee__wants_name(&m->wants, row->name), row))
				continue;
			m->rows[i] = again = true;
			cbee__wants_scan(&m->wants, row->body, strlen(row->body),
					 row->needs != NULL);
		}
	}
}

/* What the fixed part of the text defines is not looked for anywhere else. */
static void own_base(struct cbee__wants *w)
{
	struct cbee__tok tok, before = { .text = "" };
	struct cbee__lex lex;

	cbee__lex_init(&lex, cbee__macro_base, strlen(cbee__macro_base));
	for (; cbee__lex_next(&lex, &tok); before = tok)
		if (cbee__tok_opens(&before, "define") && cbee__wants_find(w, tok.text, tok.len))
			cbee__wants_add(w, tok.text, tok.len, CBEE__WANT_OWN);
}

static int scan_all(struct maker *m, const char *source, size_t len)
{
	cbee__wants_add(&m->wants, "pt_regs", 7, CBEE__WANT_STRUCT | CBEE__WANT_TAG_VALUE);
#ifdef __riscv
	cbee__wants_add(&m->wants, "user_regs_struct", 16,
			CBEE__WANT_STRUCT | CBEE__WANT_TAG_VALUE | CBEE__WANT_WEAK_TAG);
#endif
	cbee__wants_scan(&m->wants, source, len, false);
	scan_events(m);
	scan_rows(m);
	own_base(&m->wants);
	for (size_t i = 0; i < cbee__wants_count(&m->wants); i++)
		m->info.reads_structs |= is_kernel_record(cbee__wants_at(&m->wants, i));
	return m->wants.err;
}

/* ---- BTF ---- */

static void take_found(void *ctx, enum cbee__btf_kind kind, uint32_t id, int nth, const char *name)
{
	struct cbee__want *w = cbee__wants_name(ctx, name);
	uint32_t *place;

	if (!w)
		return;
	if (nth >= 0) {
		if (!w->ids.enumerator_of) {
			w->ids.enumerator_of = id;
			w->ids.enumerator = nth;
		}
		return;
	}
	switch (kind) {
	case CBEE__BTF_STRUCT:
		place = &w->ids.struct_id;
		break;
	case CBEE__BTF_UNION:
		place = &w->ids.union_id;
		break;
	case CBEE__BTF_ENUM:
	case CBEE__BTF_ENUM64:
		place = &w->ids.enum_id;
		break;
	case CBEE__BTF_TYPEDEF:
		place = &w->ids.typedef_id;
		break;
	default:
		return;
	}
	if (!*place)
		*place = id;
}

/* Whether a tag of the source is still unknown: it may be a module's. */
static bool lacks_tag(const struct maker *m)
{
	for (size_t i = 0; i < cbee__wants_count(&m->wants); i++) {
		const struct cbee__want *w = cbee__wants_at(&m->wants, i);

		if (is_kernel_record(w) && !w->ids.struct_id && !w->ids.union_id)
			return true;
	}
	return false;
}

static int is_module(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux") != 0;
}

/* Looks through the modules' BTF, in the order of their names, while a tag is unknown. */
static int find_in_modules(struct maker *m, const char *dir)
{
	struct dirent **entries = NULL;
	int err = 0, count = scandir(dir, &entries, is_module, alphasort);

	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];
		uint32_t first = cbee__btf_end(m->btf);

		if (err != -ENOMEM && lacks_tag(m) &&
		    snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name) <
			    (int)sizeof(path)) {
			/* A module may go away, or be built against another kernel. */
			err = cbee__btf_add(m->btf, path);
			if (!err) {
				cbee__btf_find(m->btf, first, &m->wants.filter, take_found,
					       &m->wants);
				cbee__buf_add(&m->info.modules, entries[i]->d_name,
					      strlen(entries[i]->d_name) + 1);
			}
		}
		free(entries[i]);
	}
	free(entries);
	return err == -ENOMEM ? err : 0;
}

static int open_btf(struct maker *m, struct cbee_err *err)
{
	const char *dir = m->env->btf_dir ? m->env->btf_dir : "/sys/kernel/btf";
	char path[PATH_MAX];
	int code = -ENAMETOOLONG;

	if (snprintf(path, sizeof(path), "%s/vmlinux", dir) < (int)sizeof(path))
		code = cbee__btf_open(&m->btf, path);
	if (!code) {
		m->info.from_btf = true;
		cbee__btf_find(m->btf, 1, &m->wants.filter, take_found, &m->wants);
		return lacks_tag(m) ? find_in_modules(m, dir) : 0;
	}
	if (code == -ENOMEM || code == -EINVAL)
		return cbee__err(err, code, "cannot use the kernel's type information in '%s': %s",
				 path, code == -EINVAL ? "it is damaged" : "out of memory");
	return 0;
}

/* Without BTF only a source that names no kernel type can go on. */
static int check_btf(const struct maker *m, struct cbee_err *err)
{
	for (size_t i = 0; !m->btf && i < cbee__wants_count(&m->wants); i++) {
		const struct cbee__want *w = cbee__wants_at(&m->wants, i);

		if (!is_kernel_record(w))
			continue;
		cbee__err(err, -ENOENT,
			  "the program uses 'struct %.*s', but this kernel does not describe its "
			  "types: no '%s/vmlinux'",
			  w->len > 60 ? 60 : (int)w->len, w->name,
			  m->env->btf_dir ? m->env->btf_dir : "/sys/kernel/btf");
		cbee__err_hint(err, "use a kernel built with CONFIG_DEBUG_INFO_BTF, or install "
				    "the headers of this very kernel");
		return -ENOENT;
	}
	return 0;
}

/* ---- the text ---- */

/* Since when the arguments of a system call are behind a second struct pt_regs. */
static bool wraps_syscalls(unsigned int version)
{
#if defined(__x86_64__) || defined(__s390x__)
	return version >= VERSION(4, 17, 0);
#elif defined(__aarch64__)
	return version >= VERSION(4, 19, 0);
#elif defined(__riscv)
	return version >= VERSION(6, 6, 0);
#elif defined(__powerpc64__)
	return version >= VERSION(6, 2, 0);
#else
	return false && version;
#endif
}

static void write_version(struct maker *m)
{
	unsigned int a = 0, b = 0, c = 0, shift = 0;
	long page = sysconf(_SC_PAGESIZE);
	struct utsname uts;

	if (!uname(&uts))
		(void)sscanf(uts.release, "%u.%u.%u", &a, &b, &c);
	m->version = VERSION(a, b, c);
	cbee__buf_fmt(m->out, "#define LINUX_VERSION_CODE %u\n", m->version);
	while (page > 1L << shift)
		shift++;
	cbee__buf_fmt(m->out, "#define PAGE_SHIFT %u\n", shift);
	cbee__buf_str(m->out, cbee__macro_base);
}

static void write_typedefs(struct maker *m)
{
	for (size_t i = 0; i < cbee__typedef_count; i++) {
		const struct cbee__typedef *t = &cbee__typedefs[i];
		const struct cbee__want *w = cbee__wants_name(&m->wants, t->name);

		if (t->always || (w && w->flags & CBEE__WANT_PLAIN &&
				  !(w->flags & CBEE__WANT_OWN) && !w->ids.typedef_id))
			cbee__buf_str(m->out, t->text);
	}
}

/* y and m become macros as the kernel's own build has them. */
static void write_option(struct maker *m, const struct cbee__kconfig *o)
{
	static const char wrapper[] = "CONFIG_ARCH_HAS_SYSCALL_WRAPPER";
	bool module = !strcmp(o->value, "m");

	if (!*o->value || !strcmp(o->value, "n") || same(o->name, o->len, wrapper) ||
	    same(o->name, o->len, "CONFIG_BPF_SYSCALL"))
		return;
	cbee__buf_fmt(m->out, "#define %.*s%s %s\n", (int)o->len, o->name, module ? "_MODULE" : "",
		      module || !strcmp(o->value, "y") ? "1" : o->value);
}

static int write_config(struct maker *m)
{
	static const char prefix[] = "CONFIG_";
	struct cbee_buf options = { 0 };
	struct cbee__kconfig *o;
	size_t count;
	int err = 0;

	if (wraps_syscalls(m->version))
		cbee__buf_str(m->out, "#define CONFIG_ARCH_HAS_SYSCALL_WRAPPER 1\n");
	for (size_t i = 0; i < cbee__wants_count(&m->wants); i++) {
		const struct cbee__want *w = cbee__wants_at(&m->wants, i);
		struct cbee__kconfig one = { .name = w->name, .len = w->len };

		if (w->len > strlen(prefix) && !memcmp(w->name, prefix, strlen(prefix)) &&
		    !(w->flags & CBEE__WANT_OWN))
			cbee__buf_add(&options, &one, sizeof(one));
	}
	o = (struct cbee__kconfig *)(void *)options.data;
	count = options.len / sizeof(*o);
	if (count)
		err = cbee__kconfig_read(o, count, m->env->proc_config, m->env->boot_dir);
	m->info.lacks_config = err != 0;
	for (size_t i = 0; i < count; i++)
		write_option(m, &o[i]);
	err = options.err == -ENOMEM || err == -ENOMEM ? -ENOMEM : 0;
	cbee__buf_free(&options);
	return err;
}

/* Tags that stay unknown: so that a pointer to one is the same type everywhere. */
static void write_forwards(struct maker *m)
{
	for (size_t i = 0; i < cbee__wants_count(&m->wants); i++) {
		const struct cbee__want *w = cbee__wants_at(&m->wants, i);
		bool is_struct = w->flags & CBEE__WANT_STRUCT;

		if (is_kernel_record(w) && !(is_struct ? w->ids.struct_id : w->ids.union_id))
			cbee__buf_fmt(m->out, "%s %.*s;\n", is_struct ? "struct" : "union",
				      (int)w->len, w->name);
	}
}

/* Whether the kernel has what the row is derived from. */
static bool row_holds(const struct maker *m, const struct cbee__macro *row)
{
	const char *dot = row->needs ? strchr(row->needs, '.') : NULL;
	const struct cbee__want *w, *tag;

	w = cbee__wants_name(&m->wants, row->name);
	if (w && w->ids.enumerator_of)
		return false;
	if (!row->needs)
		return true;
	tag = cbee__wants_find(&m->wants, row->needs, (size_t)(dot - row->needs));
	return m->btf && tag && tag->ids.struct_id &&
	       cbee__decl_has(m->btf, tag->ids.struct_id, dot + 1, strlen(dot + 1));
}

static void write_rows(struct maker *m)
{
	for (size_t i = 0; i < cbee__macro_count; i++) {
		const struct cbee__macro *row = &cbee__macros[i];

		if (m->rows[i] && row_holds(m, row))
			cbee__buf_fmt(m->out, "#ifndef %s\n#define %s%s %s\n#endif\n", row->name,
				      row->name, row->params, row->body);
	}
}

static bool btf_has(const struct maker *m, const char *tag)
{
	const struct cbee__want *w = cbee__wants_name(&m->wants, tag);

	return w && w->ids.struct_id;
}

static int write_all(struct maker *m, struct cbee_err *err)
{
	struct cbee__decl_env decl = { .btf = m->btf, .wants = &m->wants, .taken = is_taken };
	int code;

	write_version(m);
	code = write_config(m);
	write_typedefs(m);
	if (!btf_has(m, "pt_regs"))
		cbee__buf_str(m->out, cbee__macro_pt_regs);
	if (m->env->types) {
		cbee__buf_str(m->out, m->env->types);
	} else {
		write_forwards(m);
		if (!code && m->btf)
			code = cbee__decl_write(&decl, m->out);
	}
	write_rows(m);
	if (!code)
		code = m->out->err;
	if (code == -EINVAL)
		return cbee__err(err, code,
				 "cannot use the kernel's type information in '%s/vmlinux': it "
				 "contradicts itself",
				 m->env->btf_dir ? m->env->btf_dir : "/sys/kernel/btf");
	return code ? cbee__err_os(err, code, "cannot write the kernel declarations") : 0;
}

static int make(struct maker *m, const char *source, size_t len, struct cbee_err *err)
{
	int code = scan_all(m, source, len);

	if (code)
		return cbee__err_os(err, code, "cannot read the names in the program");
	code = open_btf(m, err);
	if (!code)
		code = check_btf(m, err);
	return code ? code : write_all(m, err);
}

int cbee__headers_make(const char *source, size_t len, const struct cbee__headers_env *env,
		       struct cbee_buf *out, struct cbee__headers_info *ret_info,
		       struct cbee_err *err)
{
	static const struct cbee__headers_env usual = { 0 };
	struct maker m = { .env = env ? env : &usual, .out = out };
	int code = -ENOMEM;

	m.rows = calloc(cbee__macro_count, sizeof(*m.rows));
	if (m.rows)
		code = make(&m, source, len, err);
	else
		cbee__err_os(err, code, "cannot write the kernel declarations");
	if (!code && ret_info)
		*ret_info = m.info;
	else
		cbee__buf_free(&m.info.modules);
	cbee__btf_free(m.btf);
	cbee__wants_free(&m.wants);
	free(m.rows);
	return code;
}
