/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what BPF iterators ask the kernel for, and that what they write comes back whole. */
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "rig.h"

static void start(void)
{
	rig_begin();
	fake_add_prog("bpf_iter__task");
	fake_add_prog("fn");
	fake_add_map("table", BPF_MAP_TYPE_HASH, 4, 8, 16);
	fake_set_iter("what it writes");
	rig_load();
}

static void not_opened(struct cbee_iter_opts o, int code, const char *text)
{
	int fd = 99;

	UNIT_EQ(cbee_iter_open(c, &o, &fd), code);
	UNIT_STR(cbee_error(c)->text, text);
	UNIT_EQ(fd, 99);
}

static void names_say_the_target(void)
{
	char *text = NULL;
	size_t size = 0;

	start();
	UNIT_EQ(cbee_iter_read(c, &(struct cbee_iter_opts){ .fn = "bpf_iter__task" }, &text, &size),
		0);
	UNIT_STR(text, "what it writes");
	UNIT_EQ(size, 14);
	free(text);
	UNIT_STR(fake_nth("find_btf_id", 0), "find_btf_id bpf_iter_task");
	UNIT_STR(fake_nth("prog_load", 0), "prog_load bpf_iter__task type=26 expected=28 btf=4711 "
					   "log=0");
	UNIT_STR(fake_nth("iter_attach", 0), "iter_attach bpf_iter__task 0 0");
	end();
}

static void some_objects_only(void)
{
	int fd = -1;

	start();
	UNIT_EQ(cbee_iter_open(
			c, &(struct cbee_iter_opts){ .fn = "fn", .target = "task", .pid = 7 }, &fd),
		0);
	close(fd);
	UNIT_STR(fake_nth("iter_attach", 0), "iter_attach fn 12 7");
	UNIT_EQ(cbee_iter_open(c,
			       &(struct cbee_iter_opts){
				       .fn = "fn", .target = "bpf_map_elem", .map = "table" },
			       &fd),
		0);
	close(fd);
	UNIT_STR(fake_nth("iter_attach", 1), "iter_attach fn 4 4");
	end();
}

static void bad_requests_are_refused(void)
{
	start();
	not_opened((struct cbee_iter_opts){ .fn = "fn" }, -EINVAL,
		   "an iterator needs a function, and a target unless that is called "
		   "bpf_iter__TARGET");
	not_opened((struct cbee_iter_opts){ .target = "task" }, -EINVAL,
		   "an iterator needs a function, and a target unless that is called "
		   "bpf_iter__TARGET");
	not_opened((struct cbee_iter_opts){ .fn = "none", .target = "task" }, -ENOENT,
		   "the program has no function 'none'");
	not_opened((struct cbee_iter_opts){ .fn = "fn", .target = "task", .map = "no" }, -ENOENT,
		   "the program has no map 'no'");
	fake_refuse("find_btf_id bpf_iter_x", ESRCH);
	not_opened((struct cbee_iter_opts){ .fn = "fn", .target = "x" }, -ENOENT,
		   "this kernel has no iterator over 'x'");
	fake_refuse("find_btf_id bpf_iter_y", EIO);
	not_opened((struct cbee_iter_opts){ .fn = "fn", .target = "y" }, -EIO,
		   "cannot read the kernel's BTF: Input/output error");
	end();
}

static int read_one(void)
{
	char *text = NULL;
	int e = cbee_iter_read(c, &(struct cbee_iter_opts){ .fn = "bpf_iter__task" }, &text, NULL);

	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0] && !text);
	free(text);
	return e;
}

static void survives_failing_calls(void)
{
	CU_ASSERT(rig_each_call(start, read_one) > 4);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC_AFTER(start(), e, -ENOMEM, {
		e = read_one();
		end();
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("iter", { "names say the target", names_say_the_target },
	  { "some objects only", some_objects_only },
	  { "bad requests are refused", bad_requests_are_refused },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
