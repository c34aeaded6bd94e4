/* SPDX-License-Identifier: Apache-2.0 */
/* Turns BPF C text into an image: from the cache, with BTF, or with installed headers. */
#include "compile/compile.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cache/cache.h"
#include "compile/source.h"
#include "headers/headers.h"
#include "kernel/tracefs.h"
#include "plain/clock.h"
#include "plain/err.h"

/* 0 if the installed headers are exactly the running kernel's. */
static int check_installed(struct cbee_err *err)
{
	struct cbee_buf release = { 0 };
	char path[PATH_MAX], want[160];
	struct utsname un;
	int e;

	uname(&un);
	snprintf(path, sizeof(path), "/lib/modules/%s/build/include/generated/utsrelease.h",
		 un.release);
	snprintf(want, sizeof(want), "\"%s\"", un.release);
	e = cbee__buf_read_file(&release, path);
	if (e)
		cbee__err(err, e, "no headers of the running kernel %s are installed", un.release);
	else if (!strstr(release.data, want))
		e = cbee__err(err, -ESTALE,
			      "the headers in /lib/modules/%s/build are not those of "
			      "the running kernel",
			      un.release);
	cbee__buf_free(&release);
	if (e)
		cbee__err_hint(err, "apt-get install linux-headers-%s", un.release);
	return e;
}

static void note_times(struct cbee__compile_info *info, const struct cbee__cc_answer *answer)
{
	info->load_ms = answer->load_ms;
	info->clang_ms = answer->compile_ms;
	info->image_ms = answer->image_ms;
}

static int with_installed(struct cbee__cc *cc, const struct cbee__compile_job *job,
			  struct cbee_buf *image, struct cbee__compile_info *info,
			  struct cbee_err *err)
{
	struct cbee__cc_answer answer = { .image = image };
	struct cbee__source src;
	int e = cbee__source_prepare(&src, job, true, err);

	if (e)
		return e;
	info->from_btf = false;
	e = cbee__cc_compile(cc, &(struct cbee__cc_request){ job, &src, NULL }, &answer, err);
	note_times(info, &answer);
	cbee__buf_free(&answer.inputs);
	cbee__source_free(&src);
	return e;
}

/* One compile with declarations from BTF, or instead of it what the cache has. */
struct compiling {
	const struct cbee__compile_job *job;
	struct cbee__compile_info *info;
	struct cbee_err *err;
	struct cbee__source src;
	struct cbee__cache cache;
	bool cached; /* the cache is asked */
	struct cbee_buf headers;
	struct cbee__headers_info hinfo;
	struct cbee__cc_answer answer;
};

/* Calls @step with tracefs mounted where the text names tracepoints. */
static int see_tracefs(struct compiling *p, int (*step)(void *p))
{
	return p->src.tracefs ? cbee__tracefs_with(step, p) : step(p);
}

static int look_up(void *arg)
{
	struct compiling *p = arg;
	struct cbee_err why = { 0 };
	int e;

	p->cache.tracefs = cbee__tracefs();
	e = cbee__cache_get(&p->cache, p->answer.image, &why);
	snprintf(p->info->missed, sizeof(p->info->missed), "%s", why.text);
	cbee__err_clear(&why);
	p->info->cached = !e;
	return e;
}

static int make_headers(void *arg)
{
	struct compiling *p = arg;
	struct cbee__headers_env env = { .tracefs = cbee__tracefs() };

	return cbee__headers_make(p->src.text.data, p->src.text.len, &env, &p->headers, &p->hinfo,
				  p->err);
}

#define MOST_INPUTS 256

/* Adds each of the strings in @names to the list; false when there are too many. */
static bool add_inputs(struct cbee__cache_input *list, unsigned int *count,
		       const struct cbee_buf *names, enum cbee__input_kind other)
{
	const char *end = names->data + names->len;

	for (const char *at = names->data; at < end; at += strlen(at) + 1) {
		if (*count == MOST_INPUTS)
			return false;
		list[(*count)++] = (struct cbee__cache_input){ *at == '/' ? CBEE_INPUT_FILE : other,
							       at };
	}
	return !names->err;
}

static int keep(void *arg)
{
	struct cbee__cache_input list[MOST_INPUTS] = { { CBEE_INPUT_KERNEL, "" } };
	struct compiling *p = arg;
	struct cbee_buf own = { 0 };
	struct cbee_err why = { 0 };
	unsigned int count = 1;

	p->cache.tracefs = cbee__tracefs();
	cbee__cc_library(&own);
	if (add_inputs(list, &count, &own, CBEE_INPUT_FILE) &&
	    add_inputs(list, &count, &p->answer.inputs, CBEE_INPUT_TRACEPOINT) &&
	    add_inputs(list, &count, &p->hinfo.modules, CBEE_INPUT_MODULE))
		cbee__cache_put(&p->cache, p->job->name, p->answer.image, list, count, &why);
	snprintf(p->info->unkept, sizeof(p->info->unkept), "%s", why.text);
	cbee__buf_free(&own);
	cbee__err_clear(&why);
	return 0;
}

static int compile_with_btf(struct cbee__cc *cc, struct compiling *p)
{
	double start = cbee__clock_ms();
	int e;

	if (!cc->pid) /* loads while declarations are made; a failure is told below */
		cbee__cc_start(cc, NULL);
	e = see_tracefs(p, make_headers);
	p->info->headers_ms = cbee__clock_ms() - start;
	p->info->from_btf = p->hinfo.from_btf;
	p->info->made = (unsigned int)p->headers.len;
	if (!e)
		e = cbee__cc_compile(cc, &(struct cbee__cc_request){ p->job, &p->src, &p->headers },
				     &p->answer, p->err);
	note_times(p->info, &p->answer);
	if (!e && p->cached)
		see_tracefs(p, keep);
	cbee__buf_free(&p->answer.inputs);
	cbee__buf_free(&p->hinfo.modules);
	cbee__buf_free(&p->headers);
	return e;
}

static int with_btf(struct cbee__cc *cc, const struct cbee__compile_job *job,
		    struct cbee_buf *image, struct cbee__compile_info *info, struct cbee_err *err)
{
	struct compiling p = { .job = job, .info = info, .err = err, .answer = { .image = image } };
	int e = cbee__source_prepare(&p.src, job, false, err);

	if (e)
		return e;
	p.cached = !job->debug && !job->uncached &&
		   cbee__cache_init(&p.cache, &p.src, job->flags, job->flag_count);
	if (!p.cached || see_tracefs(&p, look_up))
		e = compile_with_btf(cc, &p);
	cbee__source_free(&p.src);
	return e;
}

/* What BTF cannot give (inline functions, macros) the kernel's own headers can. */
static int with_either(struct cbee__cc *cc, const struct cbee__compile_job *job,
		       struct cbee_buf *image, struct cbee__compile_info *info,
		       struct cbee_err *err)
{
	int e = with_btf(cc, job, image, info, err);
	struct cbee_err second = { 0 };

	if (job->headers == CBEE_HEADERS_BTF || (e != -EINVAL && e != -ENOENT))
		return e;
	if (!check_installed(&second)) {
		struct cbee_buf other = { 0 };

		if (!with_installed(cc, job, &other, info, &second)) {
			cbee__err_clear(err);
			cbee__buf_add(image, other.data, other.len);
			e = image->err;
		}
		cbee__buf_free(&other);
	} else if (e == -ENOENT && err && info->headers_ms > 0 && !info->from_btf) {
		/* it was BTF that is missing, not a file or the compiler */
		cbee__err_hint(err, "%s; %s", second.text, second.hint);
	}
	cbee__err_clear(&second);
	return e;
}

int cbee__compile(struct cbee__cc *cc, const struct cbee__compile_job *job, struct cbee_buf *image,
		  struct cbee__compile_info *ret_info, struct cbee_err *err)
{
	struct cbee__compile_info info = { 0 };
	double start = cbee__clock_ms();
	int e = job->headers == CBEE_HEADERS_KERNEL ? check_installed(err) : 0;

	if (job->headers != CBEE_HEADERS_KERNEL)
		e = with_either(cc, job, image, &info, err);
	else if (!e)
		e = with_installed(cc, job, image, &info, err);
	cbee__cc_stop(cc);
	info.compile_ms = cbee__clock_ms() - start;
	*ret_info = info;
	return e;
}
