/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how a precompiled object becomes maps and programs, and how it is attached. */
#include "kernel/object.h"

#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "kernel/handle.h"
#include "kernel.h"
#include "unit.h"

static const char file[] = "/proc/self/exe"; /* any that is there */
static struct cbee *c;
static int fds_before;
static char heard[256];

static void hear(void *arg, const char *line)
{
	(void)arg;
	snprintf(heard, sizeof(heard), "%s", line);
}

static void start(void)
{
	fds_before = unit_open_fds();
	fake_reset();
	heard[0] = '\0';
	UNIT_EQ(cbee_new(&c), 0);
	cbee_set_log(c, hear, NULL);
}

static void end(void)
{
	cbee_free(c);
	UNIT_EQ(fake_count("object_close"), fake_count("object_open"));
	UNIT_EQ(fake_prints(), 0);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static void fails(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
}

static void its_maps_are_the_handles(void)
{
	struct cbee_map_info info;

	start();
	UNIT_EQ(cbee_object_load(c, file), 0);
	UNIT_EQ(cbee_maps(c), 2);
	UNIT_STR(cbee_map_name(cbee_map_at(c, 1)), "events");
	UNIT_EQ(cbee_map_info(cbee_map(c, "calls"), &info), 0);
	UNIT_EQ(info.type, BPF_MAP_TYPE_HASH);
	UNIT_EQ(info.key_size, 4);
	UNIT_EQ(info.value_size, 8);
	UNIT_EQ(info.max_entries, 16);
	CU_ASSERT_PTR_NULL(cbee_map_layout(cbee_map(c, "calls"), CBEE_KEY));
	CU_ASSERT(cbee_map_fd(cbee_map(c, "calls")) > 2);
	fails(cbee_map_fd(cbee_map(c, "none")), -ENOENT, "the program has no map 'none'");
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(fake_count("map_create"), 0);
	end();
}

static void a_handle_has_one_program(void)
{
	start();
	UNIT_EQ(cbee_object_load(c, file), 0);
	fails(cbee_object_load(c, file), -EBUSY, "this handle has a program already");
	fails(cbee_compile(c, &(struct cbee_source){ .name = "t", .text = "" }), -EBUSY,
	      "this handle has compiled a program already");
	end();
	start();
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "t", .text = "" }), 0);
	fails(cbee_object_load(c, file), -EBUSY, "this handle has a program already");
	fails(cbee_object_attach(c, NULL), -EINVAL, "no object has been loaded");
	end();
}

static void failures_to_load_are_sentences(void)
{
	start();
	fails(cbee_object_load(c, "/none.o"), -ENOENT,
	      "cannot read /none.o: No such file or directory");
	fails(cbee_object_load(c, "none.o"), -ENOENT,
	      "cannot read none.o: No such file or directory");
	fake_refuse("object_load", EACCES);
	fails(cbee_object_load(c, file), -EACCES,
	      "cannot load /proc/self/exe: prog 'hello': refused");
	UNIT_STR(cbee_error(c)->log,
		 "libbpf: prog 'hello': refused\nlibbpf: failed to load object\n");
	UNIT_STR(heard, "libbpf: failed to load object");
	UNIT_EQ(cbee_maps(c), 0);
	end();

	start();
	fake_refuse("object_load", EPERM);
	fails(cbee_object_load(c, file), -EPERM,
	      "cannot load /proc/self/exe: Operation not permitted");
	UNIT_STR(cbee_error(c)->hint, FAKE_FORBIDDEN);
	end();

	start();
	fake_refuse("object_load", ENOMEM);
	fails(cbee_object_load(c, file), -ENOMEM,
	      "cannot load /proc/self/exe: Cannot allocate memory");
	CU_ASSERT_PTR_NULL(cbee_error(c)->log);
	end();

	start();
	fake_refuse("object_open", 4003); /* one of libbpf's own numbers */
	fails(cbee_object_load(c, file), -ENOEXEC, "cannot load /proc/self/exe: Exec format error");
	UNIT_EQ(cbee_object_attach(c, NULL), -EINVAL);
	cbee_free(c);
	UNIT_EQ(unit_open_fds(), fds_before);
}

/* Also those of keeping the descriptors of maps. */
static void every_call_may_fail(void)
{
	unsigned int count = 0;
	int nth = 0, err;

	do {
		start();
		fake_fail(++nth, EMFILE);
		err = cbee_object_load(c, file);
		if (!err)
			err = cbee_object_attach(c, &count);
		if (!err)
			break;
		UNIT_EQ(cbee_error(c)->code, err);
		CU_ASSERT(cbee_error(c)->text[0] != '\0');
		UNIT_EQ(c->link_count, 0);
		cbee_free(c);
		UNIT_EQ(fake_prints(), 0);
		UNIT_EQ(unit_open_fds(), fds_before);
	} while (nth < 100);
	CU_ASSERT(nth > 8);
	cbee_free(c);
}

static void programs_are_attached_by_their_sections(void)
{
	unsigned int count = 0;

	start();
	UNIT_EQ(cbee_object_load(c, file), 0);
	UNIT_EQ(cbee_object_attach(c, &count), 0);
	UNIT_EQ(count, 2);
	UNIT_EQ(fake_count("object_attach hello"), 1);
	UNIT_EQ(fake_count("object_attach enter"), 1);
	fake_set_missed(3);
	UNIT_EQ(cbee_missed(c), 6);
	cbee_detach(c);
	UNIT_STR(fake_nth("link_destroy", 0), "link_destroy enter");
	UNIT_STR(fake_nth("link_destroy", 1), "link_destroy hello");
	UNIT_EQ(cbee_object_attach(c, NULL), 0);
	end();
	UNIT_EQ(fake_count("link_destroy"), 4);
}

static void all_are_attached_or_none(void)
{
	unsigned int count = 42;

	start();
	UNIT_EQ(cbee_object_load(c, file), 0);
	fake_refuse("object_attach enter", ESRCH);
	fails(cbee_object_attach(c, &count), -ESRCH,
	      "cannot attach enter: prog 'enter': no such thing");
	UNIT_EQ(count, 42);
	UNIT_EQ(c->link_count, 0);
	UNIT_EQ(fake_count("link_destroy hello"), 1);
	end();
}

static void the_others_are_there_for_cbee_attach(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_UPROBE, .fn = "hit", .target = file, .offset = 1
	};

	start();
	UNIT_EQ(cbee_object_load(c, file), 0);
	UNIT_EQ(cbee_attach(c, &o), 0);
	CU_ASSERT(!strncmp(fake_nth("attach_uprobe", 0), "attach_uprobe ", 14));
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_nth("attach_uprobe", 0), "entry /proc/self/exe+0x1 "));
	o.fn = "none";
	fails(cbee_attach(c, &o), -ENOENT, "the object has no program 'none'");
	o.fn = "hello";
	fails(cbee_attach(c, &o), -EINVAL,
	      "the section of program 'hello' makes it one of another kind");
	fake_refuse("object_prog", EBADF);
	o.fn = "hit";
	fails(cbee_attach(c, &o), -EBADF, "cannot keep program 'hit': Bad file descriptor");
	end();
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC(e, -ENOMEM, {
		fake_reset();
		c = NULL;
		e = cbee_new(&c);
		if (!e)
			e = cbee_object_load(c, file);
		if (!e)
			e = cbee_object_attach(c, NULL);
		cbee_free(c);
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("object", { "its maps are the handle's", its_maps_are_the_handles },
	  { "a handle has one program", a_handle_has_one_program },
	  { "failures to load are sentences", failures_to_load_are_sentences },
	  { "every call may fail", every_call_may_fail },
	  { "programs are attached by their sections", programs_are_attached_by_their_sections },
	  { "all are attached or none", all_are_attached_or_none },
	  { "the others are there for cbee_attach", the_others_are_there_for_cbee_attach },
	  { "survives failing allocations", survives_failing_allocations })
