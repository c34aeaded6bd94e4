/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the talk with cbee-cc, played by a shell script, whatever that answers. */
#include "compile/compile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/cc/wire.h"
#include "compile/cc.h"
#include "plain/err.h"
#include "headers/headers.h"
#include "unit.h"

/* Does what FAKE_CC says; the files stand in FAKE_DIR. */
static const char script[] = "#!/bin/sh\n"
			     "echo run >>\"$FAKE_DIR/runs\"\n"
			     "case \"$FAKE_CC\" in\n"
			     "answer) cat >\"$FAKE_DIR/request\"; cat \"$FAKE_DIR/said\" >&2; cat "
			     "\"$FAKE_DIR/answer\";;\n"
			     "die) echo 'cannot load libLLVM' >&2; exit 3;;\n"
			     "hangup) head -c 100 >/dev/null;;\n"
			     "kill) head -c 100 >/dev/null; kill -9 $$;;\n"
			     "sleep) exec sleep 60;;\n"
			     "esac\n";

static char dir[64], helper[PATH_MAX];
static int headers_err, headers_from_btf, fds_before;
static struct cbee_err err;
static struct cbee_buf image;
static struct cbee__compile_info info;
static struct cbee__cc cc;

int __wrap_cbee__headers_make(const char *source, size_t len, const struct cbee__headers_env *env,
			      struct cbee_buf *out, struct cbee__headers_info *ret_info,
			      struct cbee_err *e);
int __wrap_uname(struct utsname *un);
int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);

int __wrap_cbee__headers_make(const char *source, size_t len, const struct cbee__headers_env *env,
			      struct cbee_buf *out, struct cbee__headers_info *ret_info,
			      struct cbee_err *e)
{
	(void)source;
	(void)len;
	(void)env;
	*ret_info = (struct cbee__headers_info){ .from_btf = headers_from_btf };
	if (headers_err)
		return cbee__err(e, headers_err, "no BTF here");
	cbee__buf_str(out, "struct made;\n");
	return out->err ? cbee__err_os(e, out->err, "cannot make headers") : 0;
}

int __wrap_uname(struct utsname *un)
{
	memset(un, 0, sizeof(*un));
	strcpy(un->release, "9.9-test");
	return 0;
}

/* What stands in /lib/modules is taken from our folder. */
int __wrap_open(const char *path, int flags, ...)
{
	static const char modules[] = "/lib/modules/9.9-test/build/include/generated/";
	char other[256];
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	if (strncmp(path, modules, sizeof(modules) - 1))
		return __real_open(path, flags, mode);
	snprintf(other, sizeof(other), "%s/%s", dir, path + sizeof(modules) - 1);
	return __real_open(other, flags, mode);
}

static void put(const char *name, const void *data, size_t len)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fwrite(data, 1, len, f);
	fclose(f);
}

static void take(const char *name, struct cbee_buf *b)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cbee__buf_read_file(b, path);
}

/* How often the helper was started. */
static size_t runs(void)
{
	struct cbee_buf b = { 0 };
	size_t count;

	take("runs", &b);
	count = b.len / 4;
	cbee__buf_free(&b);
	return count;
}

/* In the place of the library's, which a build that is to be installed has, too. */
int cbee__cc_helper(char path[PATH_MAX])
{
	strcpy(path, helper);
	return access(path, X_OK) ? -errno : 0;
}

static void put_helper(void)
{
	int fd;

	snprintf(helper, sizeof(helper), "%s/cbee-cc", dir);
	fd = open(helper, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT(write(fd, script, sizeof(script) - 1) == sizeof(script) - 1);
	close(fd);
}

static void start(const char *behaviour)
{
	fds_before = unit_open_fds();
	snprintf(dir, sizeof(dir), "/tmp/cbee-compile-%d", (int)getpid());
	CU_ASSERT_FATAL(!mkdir(dir, 0700) || errno == EEXIST);
	put_helper();
	put("runs", "", 0);
	put("said", "", 0);
	setenv("FAKE_DIR", dir, 1);
	setenv("FAKE_CC", behaviour, 1);
	headers_err = 0;
	headers_from_btf = 1;
	cc = (struct cbee__cc){ 0 };
}

static void end(void)
{
	static const char *const names[] = { "runs",   "said",	       "request",
					     "answer", "utsrelease.h", "local.h" };
	char path[128];

	cbee__err_clear(&err);
	cbee__buf_free(&image);
	cbee__cc_stop(&cc);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	unlink(helper);
	rmdir(dir);
	UNIT_EQ(unit_open_fds(), fds_before);
	UNIT_EQ(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	UNIT_EQ(errno, ECHILD);
}

/* The answer that the helper gives. */
static void answer(int status, const char *bytes, size_t len)
{
	struct cbee__wire_answer head = { CBEE_WIRE_MAGIC, status, (uint32_t)len, 0, { 0 }, { 0 } };
	char all[256];

	memcpy(all, &head, sizeof(head));
	memcpy(all + sizeof(head), bytes, len);
	put("answer", all, sizeof(head) + len);
}

static int compile(const char *text)
{
	static const char *const flags[] = { "-DA=1", "-DB" };
	struct cbee__compile_job job = {
		.name = "c.c", .text = text, .dir = dir, .flags = flags, .flag_count = 2
	};

	return cbee__compile(&cc, &job, &image, &info, &err);
}

static void fails(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(err.code, code);
	UNIT_STR(err.text, text);
	UNIT_EQ(image.len, 0);
}

static void a_good_answer_is_the_image(void)
{
	start("answer");
	answer(0, "IMAGE", 5);
	UNIT_EQ(compile("int x;\n"), 0);
	UNIT_EQ(image.len, 5);
	UNIT_STR(image.data, "IMAGE");
	UNIT_EQ(info.from_btf, 1);
	UNIT_EQ(info.made, 13);
	CU_ASSERT(info.compile_ms > 0 && info.compile_ms < 60000);
	UNIT_EQ(runs(), 1);
	UNIT_EQ(cc.pid, 0);
	end();
}

static void the_request_holds_all(void)
{
	static const char strings[] = "-DA=1\0-DB\0pid\0uid";
	struct cbee__wire_request head;
	struct cbee_buf b = { 0 };
	const char *at;

	start("answer");
	answer(0, "I", 1);
	UNIT_EQ(cbee__cc_start(&cc, &err), 0);
	CU_ASSERT(cc.pid > 0);
	UNIT_EQ(compile("OPT(pid) OPT(uid)\nTRACEPOINT_PROBE(a, b)"), 0);
	UNIT_EQ(runs(), 1);
	take("request", &b);
	CU_ASSERT_FATAL(b.len > sizeof(head));
	memcpy(&head, b.data, sizeof(head));
	UNIT_EQ(head.magic, CBEE_WIRE_MAGIC);
	UNIT_EQ(head.kernel_headers, 0);
	UNIT_EQ(head.tracefs, 1);
	UNIT_EQ(head.no_tracepoints, 0);
	UNIT_EQ(head.flags, 2);
	UNIT_EQ(head.consts, 2);
	UNIT_EQ(head.headers_len, 14);
	UNIT_EQ(head.strings_len, sizeof(strings));
	UNIT_EQ(b.len, sizeof(head) + head.text_len + head.headers_len + head.strings_len);
	at = b.data + sizeof(head);
	UNIT_EQ(strlen(at) + 1, head.text_len);
	CU_ASSERT_PTR_NOT_NULL(strstr(at, "#line 1 \"c.c\"\nOPT(pid) OPT(uid)\n"));
	at += head.text_len;
	UNIT_STR(at, "struct made;\n");
	CU_ASSERT(!memcmp(at + head.headers_len, strings, sizeof(strings)));
	cbee__buf_free(&b);
	end();
}

/* The answer has an image or none, and texts of 3, 0 and 6 bytes. */
static void answer_texts(int status, const char *image_bytes)
{
	static const char bytes[] = "ir.source";
	uint32_t len = (uint32_t)strlen(image_bytes);
	struct cbee__wire_answer head = { CBEE_WIRE_MAGIC, status, len, 0, { 3, 0, 6 }, { 0 } };
	char all[128];

	memcpy(all, &head, sizeof(head));
	memcpy(all + sizeof(head), image_bytes, len);
	memcpy(all + sizeof(head) + len, bytes, sizeof(bytes) - 1);
	put("answer", all, sizeof(head) + len + sizeof(bytes) - 1);
}

static void texts_follow_the_image(void)
{
	struct cbee_buf texts[CBEE_WIRE_TEXTS] = { { 0 } };
	struct cbee__compile_job job = {
		.name = "c.c", .text = "x", .debug = CBEE_DEBUG_SOURCE, .texts = texts
	};
	struct cbee__wire_request head;
	struct cbee_buf request = { 0 };

	start("answer");
	answer_texts(0, "IMAGE");
	UNIT_EQ(cbee__compile(&cc, &job, &image, &info, &err), 0);
	UNIT_STR(image.data, "IMAGE");
	UNIT_STR(texts[0].data, "ir.");
	UNIT_EQ(texts[1].len, 0);
	UNIT_STR(texts[2].data, "source");
	take("request", &request);
	memcpy(&head, request.data, sizeof(head));
	UNIT_EQ(head.debug, CBEE_DEBUG_SOURCE);
	cbee__buf_reset(&image);
	answer_texts(-EINVAL, "");
	cbee__buf_reset(&texts[0]);
	fails(cbee__compile(&cc, &job, &image, &info, &err), -EINVAL,
	      "cannot compile c.c: the compiler gave no image");
	UNIT_STR(texts[0].data, "ir.");
	job.texts = NULL; /* what comes unasked is passed over */
	answer_texts(0, "IMAGE");
	UNIT_EQ(cbee__compile(&cc, &job, &image, &info, &err), 0);
	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		cbee__buf_free(&texts[i]);
	cbee__buf_free(&request);
	end();
}

static void what_was_compiled_before_is_not_compiled_again(void)
{
	static const char bytes[] = "IMAGE/bin/sh";
	struct cbee__wire_answer head = { CBEE_WIRE_MAGIC, 0, 5, 8, { 0 }, { 0 } };
	char all[256], folder[80];

	start("answer");
	snprintf(folder, sizeof(folder), "%s/cache", dir);
	setenv("CBEE_CACHE", folder, 1);
	memcpy(all, &head, sizeof(head));
	memcpy(all + sizeof(head), bytes, sizeof(bytes));
	put("answer", all, sizeof(head) + sizeof(bytes));
	UNIT_EQ(compile("int x;\n"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(info.missed, "there is no cache"));
	UNIT_STR(info.unkept, "");
	UNIT_EQ(info.cached, 0);
	cbee__buf_reset(&image);
	UNIT_EQ(compile("int x;\n"), 0);
	UNIT_EQ(info.cached, 1);
	UNIT_STR(image.data, "IMAGE");
	UNIT_EQ(runs(), 1);
	cbee__buf_reset(&image);
	UNIT_EQ(compile("int y;\n"), 0);
	UNIT_EQ(runs(), 2);
	cbee__buf_reset(&image);
	chmod(folder, 0777);
	UNIT_EQ(compile("int x;\n"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(info.missed, "others may write there"));
	UNIT_STR(image.data, "IMAGE");
	UNIT_EQ(runs(), 3);
	setenv("CBEE_CACHE", "", 1);
	snprintf(all, sizeof(all), "rm -r %s", folder);
	UNIT_EQ(system(all), 0);
	end();
}

static void compile_errors_are_quoted(void)
{
	static const char said[] = "c.c:1:1: warning: odd\n  int\nc.c:3:9: error: no such thing\n"
				   "  foo\nc.c:4:1: error: second\n";

	start("answer");
	answer(-EINVAL, "", 0);
	put("said", said, sizeof(said) - 1);
	fails(compile("x"), -EINVAL, "cannot compile c.c: c.c:3:9: error: no such thing");
	UNIT_STR(err.log, said);
	UNIT_EQ(runs(), 1);
	put("said", "", 0);
	fails(compile("x"), -EINVAL, "cannot compile c.c: the compiler gave no image");
	CU_ASSERT_PTR_NULL(err.log);
	end();
}

static void a_helper_that_dies_is_told(void)
{
	start("die");
	fails(compile("x"), -EINVAL, "cannot compile c.c: the compiler gave no image");
	UNIT_STR(err.hint, "cbee-cc ended early; run it under the same user to see why");
	UNIT_STR(err.log, "cannot load libLLVM\n");
	end();
}

/* The helper goes while a request that no pipe can hold is being written. */
static void a_helper_that_hangs_up_is_told(void)
{
	static const char *const ways[] = { "hangup", "kill", "die" };
	char *text = malloc(1 << 20);

	memset(text, ' ', 1 << 20);
	text[(1 << 20) - 1] = '\0';
	for (int i = 0; i < 3; i++) {
		start(ways[i]);
		signal(SIGPIPE, SIG_DFL);
		fails(compile(text), -EINVAL, "cannot compile c.c: the compiler gave no image");
		end();
	}
	free(text);
}

static void another_format_is_refused(void)
{
	static const char want[] = "cbee-cc answers in another format; cbee and cbee-cc are of "
				   "different versions";
	struct cbee__wire_answer head = { CBEE_WIRE_MAGIC, 0, 10, 0, { 0 }, { 0 } };
	char all[sizeof(head) + 20] = { 0 };

	start("answer");
	memset(all, 'x', sizeof(all));
	put("answer", all, sizeof(all));
	fails(compile("x"), -EPROTO, want);
	memcpy(all, &head, sizeof(head));
	put("answer", all, sizeof(head) + 9); /* short */
	fails(compile("x"), -EPROTO, want);
	put("answer", all, sizeof(head) + 11); /* long */
	fails(compile("x"), -EPROTO, want);
	put("answer", all, sizeof(head) - 1);
	fails(compile("x"), -EINVAL, "cannot compile c.c: the compiler gave no image");
	answer(5, "", 0); /* no errno is positive */
	fails(compile("x"), -EPROTO, want);
	end();
}

static void other_failures_are_passed_on(void)
{
	start("answer");
	answer(-EACCES, "", 0);
	fails(compile("x"), -EACCES, "cbee-cc failed on c.c: Permission denied");
	end();
}

static void a_missing_helper_is_told(void)
{
	start("answer");
	unlink(helper);
	if (cbee__cc_start(&cc, &err) == -ENOENT) { /* none is installed either */
		CU_ASSERT(!strncmp(err.text, "cannot run the compiler /", 25));
		UNIT_STR(err.hint, "install the whole of cbee: the library compiles with its "
				   "helper cbee-cc");
		UNIT_EQ(compile("x"), -ENOENT);
		UNIT_STR(err.hint, "install the whole of cbee: the library compiles with its "
				   "helper cbee-cc");
		UNIT_EQ(cc.pid, 0);
	}
	end();
}

static void a_helper_that_is_no_program(void)
{
	int fd;

	start("answer");
	fd = open(helper, O_WRONLY | O_TRUNC | O_CLOEXEC, 0);
	CU_ASSERT(write(fd, "#!/nonexistent/interpreter\n", 27) == 27);
	close(fd);
	UNIT_EQ(cbee__cc_start(&cc, &err), -ENOENT);
	CU_ASSERT(!strncmp(err.text, "cannot start the compiler ", 26));
	UNIT_EQ(cc.pid, 0);
	end();
}

static void a_helper_that_waits_is_ended(void)
{
	start("sleep");
	UNIT_EQ(cbee__cc_start(&cc, &err), 0);
	cbee__cc_stop(&cc);
	cbee__cc_stop(&cc);
	end();
}

static void without_btf_the_headers_are_named(void)
{
	start("answer");
	headers_err = -ENOENT;
	headers_from_btf = 0;
	fails(compile("x"), -ENOENT, "no BTF here");
	UNIT_STR(err.hint, "no headers of the running kernel 9.9-test are installed; "
			   "apt-get install linux-headers-9.9-test");
	put("utsrelease.h", "#define UTS_RELEASE \"9.8\"\n", 26);
	fails(compile("x"), -ENOENT, "no BTF here");
	UNIT_STR(err.hint, "the headers in /lib/modules/9.9-test/build are not those of the "
			   "running kernel; apt-get install linux-headers-9.9-test");
	end();
}

static void a_missing_include_is_not_about_btf(void)
{
	start("answer");
	fails(compile("#include \"gone.h\"\n"), -ENOENT,
	      "cannot include \"gone.h\": No such file or directory");
	UNIT_STR(err.hint, "");
	end();
}

static void installed_headers_are_second(void)
{
	struct cbee__wire_request head = { 0 };
	struct cbee_buf b = { 0 };

	start("answer");
	headers_err = -ENOENT;
	headers_from_btf = 0;
	put("utsrelease.h", "#define UTS_RELEASE \"9.9-test\"\n", 31);
	answer(0, "IMAGE", 5);
	UNIT_EQ(compile("#include <linux/sched.h>\n"), 0);
	UNIT_EQ(err.code, 0);
	UNIT_STR(image.data, "IMAGE");
	UNIT_EQ(info.from_btf, 0);
	take("request", &b);
	memcpy(&head, b.data, sizeof(head));
	UNIT_EQ(head.kernel_headers, 1);
	UNIT_EQ(head.headers_len, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(b.data + sizeof(head), "#include <linux/sched.h>\n"));
	cbee__buf_free(&b);
	end();
}

/* The first error is the one that stands. */
static void installed_headers_may_fail_too(void)
{
	static const char said[] = "c.c:1:1: error: nonsense\n";

	start("answer");
	put("utsrelease.h", "#define UTS_RELEASE \"9.9-test\"\n", 31);
	put("said", said, sizeof(said) - 1);
	answer(-EINVAL, "", 0);
	fails(compile("x"), -EINVAL, "cannot compile c.c: c.c:1:1: error: nonsense");
	UNIT_EQ(runs(), 2);
	UNIT_STR(err.log, said);
	end();
}

static int compile_with(enum cbee_headers headers)
{
	struct cbee__compile_job job = { .name = "c.c", .text = "x", .headers = headers };

	cbee__err_clear(&err);
	return cbee__compile(&cc, &job, &image, &info, &err);
}

static void which_headers_can_be_said(void)
{
	struct cbee__wire_request head = { 0 };
	struct cbee_buf b = { 0 };

	start("answer");
	answer(0, "IMAGE", 5);
	fails(compile_with(CBEE_HEADERS_KERNEL), -ENOENT,
	      "no headers of the running kernel 9.9-test are installed");
	UNIT_STR(err.hint, "apt-get install linux-headers-9.9-test");
	put("utsrelease.h", "#define UTS_RELEASE \"9.8\"\n", 26);
	fails(compile_with(CBEE_HEADERS_KERNEL), -ESTALE,
	      "the headers in /lib/modules/9.9-test/build are not those of the running kernel");
	UNIT_EQ(runs(), 0);
	put("utsrelease.h", "#define UTS_RELEASE \"9.9-test\"\n", 31);
	UNIT_EQ(compile_with(CBEE_HEADERS_KERNEL), 0);
	UNIT_EQ(info.from_btf, 0);
	UNIT_STR(image.data, "IMAGE");
	take("request", &b);
	memcpy(&head, b.data, sizeof(head));
	UNIT_EQ(head.kernel_headers, 1);
	cbee__buf_reset(&image);
	UNIT_EQ(compile_with(CBEE_HEADERS_BTF), 0);
	UNIT_EQ(info.from_btf, 1);
	UNIT_EQ(runs(), 2);
	cbee__buf_reset(&image);
	answer(-EINVAL, "", 0); /* and the other headers are not tried */
	fails(compile_with(CBEE_HEADERS_BTF), -EINVAL,
	      "cannot compile c.c: the compiler gave no image");
	UNIT_EQ(runs(), 3);
	cbee__buf_free(&b);
	end();
}

static void without_the_cache_nothing_is_kept(void)
{
	struct cbee__compile_job job = { .name = "c.c", .text = "x", .uncached = true };
	char folder[80];

	start("answer");
	snprintf(folder, sizeof(folder), "%s/cache", dir);
	setenv("CBEE_CACHE", folder, 1);
	answer(0, "IMAGE", 5);
	for (size_t i = 1; i < 3; i++) {
		UNIT_EQ(cbee__compile(&cc, &job, &image, &info, &err), 0);
		UNIT_EQ(runs(), i);
		UNIT_STR(info.missed, "");
		UNIT_STR(info.unkept, "");
		CU_ASSERT(access(folder, F_OK));
	}
	setenv("CBEE_CACHE", "", 1);
	end();
}

static void steps_are_timed(void)
{
	const uint64_t far = UINT64_MAX / 4;
	struct cbee__wire_answer head = { .magic = CBEE_WIRE_MAGIC,
					  .times = { far, far + 5000000, far + 6000000 } };

	start("answer");
	put("answer", &head, sizeof(head));
	UNIT_EQ(compile("x"), 0);
	CU_ASSERT(info.load_ms > 1e6);
	CU_ASSERT(info.clang_ms > 4.9 && info.clang_ms < 5.1);
	CU_ASSERT(info.image_ms > 0.9 && info.image_ms < 1.1);
	answer(0, "", 0); /* no times in there */
	UNIT_EQ(compile("x"), 0);
	CU_ASSERT(info.load_ms == 0 && info.clang_ms == 0 && info.image_ms == 0);
	end();
}

static void survives_failing_allocations(void)
{
	struct cbee_buf texts[CBEE_WIRE_TEXTS] = { { 0 } };
	struct cbee__compile_job job = { .name = "c.c", .text = "OPT(pid)\n", .texts = texts };
	int nth = 0, failed, e;

	start("answer");
	answer_texts(0, "IMAGE");
	do {
		cbee__err_clear(&err);
		cbee__buf_free(&image);
		for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
			cbee__buf_free(&texts[i]);
		unit_fail_alloc(++nth);
		e = cbee__compile(&cc, &job, &image, &info, &err);
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		if (failed && e) { /* without what the cache needs it goes on */
			UNIT_EQ(e, -ENOMEM);
			CU_ASSERT(err.code == e && err.text[0]);
		} else {
			UNIT_STR(image.data, "IMAGE");
		}
	} while (failed);
	UNIT_EQ(e, 0);
	UNIT_STR(texts[2].data, "source");
	CU_ASSERT(nth > 7);
	for (int i = 0; i < CBEE_WIRE_TEXTS; i++)
		cbee__buf_free(&texts[i]);
	end();
}

UNIT_MAIN("compile", { "a good answer is the image", a_good_answer_is_the_image },
	  { "the request holds all", the_request_holds_all },
	  { "texts follow the image", texts_follow_the_image },
	  { "what was compiled before is not compiled again",
	    what_was_compiled_before_is_not_compiled_again },
	  { "compile errors are quoted", compile_errors_are_quoted },
	  { "a helper that dies is told", a_helper_that_dies_is_told },
	  { "a helper that hangs up is told", a_helper_that_hangs_up_is_told },
	  { "another format is refused", another_format_is_refused },
	  { "other failures are passed on", other_failures_are_passed_on },
	  { "a missing helper is told", a_missing_helper_is_told },
	  { "a helper that is no program", a_helper_that_is_no_program },
	  { "a helper that waits is ended", a_helper_that_waits_is_ended },
	  { "without BTF the headers are named", without_btf_the_headers_are_named },
	  { "a missing include is not about BTF", a_missing_include_is_not_about_btf },
	  { "installed headers are second", installed_headers_are_second },
	  { "installed headers may fail too", installed_headers_may_fail_too },
	  { "which headers can be said", which_headers_can_be_said },
	  { "without the cache nothing is kept", without_the_cache_nothing_is_kept },
	  { "steps are timed", steps_are_timed },
	  { "survives failing allocations", survives_failing_allocations })
