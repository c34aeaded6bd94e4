/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what the library finds, a line each, for find.sh to compare. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include <cbee/cbee.h>

static bool show_func(void *arg, const struct cbee_func *f)
{
	(void)arg;
	if (f->path)
		printf("%016llx %llx %s\n", (unsigned long long)f->address,
		       (unsigned long long)f->size, f->symbol);
	else
		printf("%016llx %s%s%s\n", (unsigned long long)f->address, f->name,
		       *f->module ? " " : "", f->module);
	return true;
}

static bool show_tracepoint(void *arg, const struct cbee_tracepoint *tp)
{
	(void)arg;
	printf("%s:%s\n", tp->category, tp->event);
	return true;
}

static bool show_field(void *arg, const struct cbee_tracepoint_field *f)
{
	(void)arg;
	printf("%s %u %u %d %s\n", f->name, f->offset, f->size, f->is_signed, f->type);
	return true;
}

static int show_text(int err, char **text)
{
	if (!err)
		printf("%s\n", *text);
	if (!err)
		free(*text);
	return err;
}

static int show_cpus(struct cbee *c, enum cbee_cpu_set set)
{
	unsigned int count;
	int *cpus, err = cbee_cpu_list(c, set, &cpus, &count);

	for (unsigned int i = 0; !err && i < count; i++)
		printf("%d\n", cpus[i]);
	if (!err)
		free(cpus);
	return err;
}

static int show_language(struct cbee *c, const char *pid)
{
	const char *language;
	int err = cbee_language(c, atoi(pid), &language);

	if (!err)
		printf("%s\n", language);
	return err;
}

/* Context switches of this thread while it sleeps seven times: a software event has them. */
static int count_sleeps(struct cbee *c)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.config = PERF_COUNT_SW_CONTEXT_SWITCHES };
	unsigned long long count = 0;
	int fd = cbee_perf_event_open(c, &attr, 0, -1, -1);

	if (fd < 0)
		return fd;
	for (int i = 0; i < 7; i++)
		usleep(1000);
	if (read(fd, &count, sizeof(count)) != sizeof(count))
		return -errno;
	printf("%d\n", count >= 7 && count < 1000);
	close(fd);
	return 0;
}

/* What a BPF program reads as the time lies between two readings of the clock. */
static int compare_clocks(struct cbee *c)
{
	static const char text[] = "BPF_ARRAY(times, u64, 2);\n"
				   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n"
				   "{\n"
				   "	u64 mono = bpf_ktime_get_ns(), boot = 0;\n"
				   "	int at = 0;\n"
				   "	if (bpf_get_current_pid_tgid() >> 32 == OPT(pid))\n"
				   "		times.update(&at, &mono);\n"
				   "	return 0;\n"
				   "}\n";
	uint64_t before, after, time = 0;
	uint32_t key = 0;
	int err = cbee_compile(c, &(struct cbee_source){ .name = "clock", .text = text });

	if (!err)
		err = cbee_const_set(c, "pid", (uint64_t)getpid());
	if (!err)
		err = cbee_load(c);
	if (!err)
		err = cbee_attach_auto(c, NULL);
	if (err)
		return err;
	before = cbee_monotonic_ns();
	getpgid(0);
	after = cbee_monotonic_ns();
	err = cbee_map_get(cbee_map(c, "times"), &key, sizeof(key), &time, sizeof(time));
	printf("%d\n", before <= time && time <= after && after - before < 1000000000);
	return err;
}

static int ask(struct cbee *c, const char *what, const char *a, const char *b)
{
	char *text = NULL;

	if (!strcmp(what, "funcs"))
		return cbee_funcs_each(c, a, NULL, show_func, NULL);
	if (!strcmp(what, "tracepoints"))
		return cbee_tracepoints_each(c, a, false, show_tracepoint, NULL);
	if (!strcmp(what, "exists"))
		return cbee_tracepoint_exists(c, a, b);
	if (!strcmp(what, "fields"))
		return cbee_tracepoint_fields(c, a, b, show_field, NULL);
	if (!strcmp(what, "syscall"))
		return show_text(cbee_syscall_func(c, a, &text), &text);
	if (!strcmp(what, "program"))
		return show_text(cbee_program_path(c, a, &text), &text);
	if (!strcmp(what, "library"))
		return show_text(cbee_library_path(c, a, atoi(b), &text), &text);
	if (!strcmp(what, "language"))
		return show_language(c, a);
	if (!strcmp(what, "online"))
		return show_cpus(c, CBEE_CPUS_ONLINE);
	if (!strcmp(what, "possible"))
		return show_cpus(c, CBEE_CPUS_POSSIBLE);
	if (!strcmp(what, "perf"))
		return count_sleeps(c);
	if (!strcmp(what, "clock"))
		return compare_clocks(c);
	if (!strcmp(what, "supports"))
		return cbee_supports(c, (enum cbee_feature)atoi(a));
	if (!strcmp(what, "syscalls"))
		for (unsigned int i = 0; i < cbee_syscall_end(); i++)
			if (cbee_syscall_name(i))
				printf("%s %u\n", cbee_syscall_name(i), i);
	return 0;
}

/* find WHAT [A [B]]: prints it; the answer is the exit status, 99 a failure. */
int main(int argc, char **argv)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = ask(c, argv[1], argc > 2 ? argv[2] : "", argc > 3 ? argv[3] : "");
	if (err < 0)
		fprintf(stderr, "%d %s\n", err, c ? cbee_error(c)->text : "");
	cbee_free(c);
	return err < 0 ? 99 : err;
}
