/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is attached to Go functions, and that no return probe ever is. */
#include <elf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/handle.h"
#include "kernel.h"
#include "unit.h"

/* cmp 16(%r14),%rsp; jbe; ret; nop; ret; the rest is int3. */
static const unsigned char two[] = { 0x49, 0x3b, 0x66, 0x10, 0x76, 0, 0xc3, 0x90, 0xc3 };
/* nop; ret */
static const unsigned char one[] = { 0x90, 0xc3 };
/* mov %fs:-8,%rcx; cmp 16(%rcx),%rsp; jbe; ret */
static const unsigned char old[] = { 0x64, 0x48, 0x8b, 0x0c, 0x25, 0xf8, 0xff, 0xff,
				     0xff, 0x48, 0x3b, 0x61, 0x10, 0x76, 0,    0xc3 };

static const struct cbee_funcs_attach both = {
	.entry = "entry", .ret = "ret", .entry_go = "entry_go", .ret_go = "ret_go"
};
static const struct cbee_funcs_opts how;
static struct cbee *c;
static int fds_before;
static char path[32], heard[4096];

static void hear(void *arg, const char *line)
{
	size_t at = strlen(heard);

	(void)arg;
	snprintf(heard + at, sizeof(heard) - at, "%s\n", line);
}

/* A file for f at 0x1000, g at 0x2000, h at 0x3000; h does not return. */
static void make_file(const void *f, size_t f_size, unsigned int machine)
{
	unsigned char pad[0x20];
	Elf64_Ehdr eh = { .e_machine = (Elf64_Half)machine };
	int fd;

	strcpy(path, "/tmp/cbee-XXXXXX.go");
	fd = mkstemps(path, 3);
	memset(pad, 0xcc, sizeof(pad));
	CU_ASSERT_FATAL(fd >= 0 && pwrite(fd, &eh, sizeof(eh), 0) > 0);
	for (off_t at = 0x1000; at <= 0x3000; at += 0x1000)
		CU_ASSERT_FATAL(pwrite(fd, pad, sizeof(pad), at) > 0);
	CU_ASSERT_FATAL(pwrite(fd, f, f_size, 0x1000) > 0);
	CU_ASSERT_FATAL(pwrite(fd, one, sizeof(one), 0x2000) > 0);
	close(fd);
}

static void start_with(const void *f, size_t f_size, const char *funcs)
{
	char spec[64];

	heard[0] = '\0';
	make_file(f, f_size, EM_X86_64);
	fds_before = unit_open_fds();
	fake_reset();
	fake_add_const("cookie");
	fake_add_const("func");
	fake_add_const("in_user");
	fake_add_const("in_go");
	fake_add_const("by_fentry");
	fake_add_prog("entry");
	fake_add_prog("ret");
	fake_add_prog("entry_go");
	fake_add_prog("ret_go");
	fake_add_prog("end_go");
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "m.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	cbee_set_log(c, hear, NULL);
	snprintf(spec, sizeof(spec), "%s:%s", path, funcs);
	UNIT_EQ(cbee_funcs_add(c, spec, &how), 0);
	fake_forget();
}

static void end(void)
{
	cbee_free(c);
	unlink(path);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static void said(const char *want)
{
	if (!strstr(heard, want))
		printf("\nsaid \"%s\", not \"%s\"\n", heard, want);
	CU_ASSERT_PTR_NOT_NULL(strstr(heard, want));
}

static void link_is(unsigned int i, const char *prog, const uint64_t *offsets,
		    const uint64_t *cookies, unsigned int count)
{
	const struct fake_multi *m = fake_multi(i);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	UNIT_STR(m->prog, prog);
	UNIT_STR(m->path, path);
	UNIT_EQ(m->multi_flags, 0);
	UNIT_EQ(m->count, count);
	for (unsigned int k = 0; k < count; k++) {
		UNIT_EQ(m->offsets[k], offsets[k]);
		UNIT_EQ(m->cookies[k], cookies[k]);
	}
}

static void every_return_has_a_probe(void)
{
	static const uint64_t rets[] = { 0x1006, 0x1008, 0x2001 }, ret_cookies[] = { 0, 0, 1 },
			      entries[] = { 0x1006, 0x2000 }, cookies[] = { 0, 1 };

	start_with(two, sizeof(two), "f,g,h");
	UNIT_EQ(cbee_funcs_add(c, "/bin/x:plain", &how), 0);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	link_is(0, "ret_go", rets, ret_cookies, 3);
	link_is(1, "entry_go", entries, cookies, 2);
	UNIT_STR(fake_multi(2)->prog, "ret");
	UNIT_EQ(fake_multi(2)->count, 1);
	UNIT_EQ(fake_multi(2)->cookies[0], 3);
	UNIT_EQ(fake_imm(fake_prog("ret_go"), 4), 1);
	UNIT_EQ(fake_imm(fake_prog("ret_go"), 6), 1);
	UNIT_EQ(fake_imm(fake_prog("ret"), 4), 1);
	UNIT_EQ(fake_imm(fake_prog("ret"), 6), 0);
	said("attached to 2 Go functions by uprobe.multi, at 3 returns");
	said("Go function 'h' in /tmp/cbee-");
	said("cannot be probed: it does not return");
	UNIT_EQ(cbee_funcs_skipped(c), 1);
	end();
}

static void goroutines_end(void)
{
	struct cbee_funcs_attach opts = both;

	opts.end_go = "end_go";
	opts.entry_go = NULL;
	start_with(two, sizeof(two), "f,g");
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	UNIT_EQ(fake_count("prog_load"), 2);
	UNIT_EQ(fake_count("func_find"), 1);
	UNIT_EQ(fake_count("attach_uprobe end_go entry"), 1);
	end();
	start_with(two, sizeof(two), "f,g");
	fake_refuse("func_find", ENOENT);
	UNIT_EQ(cbee_funcs_attach(c, &opts), 0);
	said("the end of goroutines is not seen: no function");
	end();
}

static void older_kernels(void)
{
	start_with(two, sizeof(two), "f,g");
	fake_refuse("prog_load ret_go type=2 expected=48", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	said("attached to 2 Go functions by uprobes with cookies, at 3 returns");
	UNIT_EQ(fake_count("perf_event_open"), 5);
	end();
	start_with(two, sizeof(two), "f,g");
	fake_refuse("prog_load ret_go type=2 expected=48", EINVAL);
	fake_refuse("link_create", EINVAL);
	UNIT_EQ(cbee_funcs_attach(c, &both), 0);
	said("attached to 2 Go functions by uprobes, at 3 returns");
	UNIT_EQ(fake_count("attach_uprobe ret_go entry"), 3);
	UNIT_EQ(fake_count("attach_uprobe entry_go entry"), 2);
	UNIT_EQ(fake_imm(fake_prog("entry_go"), 4), 1);
	UNIT_EQ(fake_imm(fake_prog("entry_go"), 6), 1);
	end();
}

static void all_that_fail_are_told(void)
{
	char want[160];

	start_with(old, sizeof(old), "f");
	UNIT_EQ(cbee_funcs_attach(c, &both), -EXDEV);
	snprintf(want, sizeof(want),
		 "Go function 'f' in %s cannot be probed: it is of Go before 1.17, or assembly",
		 path);
	UNIT_STR(cbee_error(c)->text, want);
	end();
	start_with(two, sizeof(two), "f");
	CU_ASSERT_EQUAL(truncate(path, 0x1010), 0);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EIO);
	end();
	start_with(two, sizeof(two), "f");
	unlink(path);
	UNIT_EQ(cbee_funcs_attach(c, &both), -ENOENT);
	end();
	start_with(two, sizeof(two), "f,g");
	fake_refuse("prog_load", EPERM);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EPERM);
	UNIT_EQ(c->link_count, 0);
	end();
}

static void other_machines_are_refused(void)
{
	Elf64_Half machine = EM_386;
	FILE *f;

	start_with(two, sizeof(two), "f");
	f = fopen(path, "r+");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fseek(f, offsetof(Elf64_Ehdr, e_machine), SEEK_SET);
	fwrite(&machine, sizeof(machine), 1, f);
	fclose(f);
	UNIT_EQ(cbee_funcs_attach(c, &both), -EOPNOTSUPP);
	UNIT_STR(cbee_error(c)->text, "a Go program for a machine of ELF number 3");
	end();
}

static void survives_failing_calls(void)
{
	struct cbee_funcs_attach opts = both;
	int nth = 0, e;

	opts.end_go = "end_go";
	do {
		start_with(two, sizeof(two), "f,g");
		fake_fail(++nth, EBUSY);
		e = cbee_funcs_attach(c, &opts);
		if (e) {
			CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
			UNIT_EQ(c->link_count, 0);
		}
		end();
	} while (fake_failed());
	UNIT_EQ(e, 0);
	CU_ASSERT(nth > 4);
}

static void survives_failing_allocations(void)
{
	int e, failed, nth = 0;

	do {
		start_with(two, sizeof(two), "f,g");
		unit_fail_alloc(++nth);
		e = cbee_funcs_attach(c, &both);
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		if (e) {
			UNIT_EQ(e, -ENOMEM);
			CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
			UNIT_EQ(c->link_count, 0);
		}
		end();
	} while (failed);
	UNIT_EQ(e, 0);
	CU_ASSERT(nth > 5);
}

UNIT_MAIN("gofunc", { "every return has a probe", every_return_has_a_probe },
	  { "goroutines end", goroutines_end }, { "older kernels", older_kernels },
	  { "all that fail are told", all_that_fail_are_told },
	  { "other machines are refused", other_machines_are_refused },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
