/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what single features are told by, what is tried for them, and that it is taken back. */
#include <errno.h>
#include <sys/stat.h>

#include <linux/bpf.h>

#include <cbee/machine.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

static struct cbee c;

static int ask(enum cbee_feature feature)
{
	int before = unit_open_fds(), got = cbee_supports(&c, feature);

	UNIT_EQ(unit_open_fds(), before);
	return got;
}

static void all_are_there(void)
{
	struct stat st;

	/* what is not behind the fake is as this machine has it */
	for (int f = CBEE_FEATURE_KPROBE; f <= CBEE_FEATURE_RINGBUF; f++) {
		fake_reset();
		if (f != CBEE_FEATURE_RAW_TRACEPOINT_MODULE)
			UNIT_EQ(ask((enum cbee_feature)f), 1);
	}
	/* the check asks stat(), which is real */
	UNIT_EQ(ask(CBEE_FEATURE_BTF), !stat("/sys/kernel/btf/vmlinux", &st));
	UNIT_EQ(ask((enum cbee_feature)(CBEE_FEATURE_RINGBUF + 1)), -EINVAL);
	UNIT_STR(c.err.text, "no feature has number 11");
	UNIT_EQ(cbee_supports(NULL, (enum cbee_feature) - 1), -EINVAL);
}

static void what_is_tried(void)
{
	fake_reset();
	UNIT_EQ(ask(CBEE_FEATURE_FMOD_RET), 1);
	UNIT_STR(fake_call(0), "find_btf_id security_file_ioctl");
	UNIT_EQ(fake_count("prog_load (null) type=26 expected=26 btf=4711"), 1);
	UNIT_EQ(fake_count("raw_tracepoint_open -"), 1);
	fake_reset();
	UNIT_EQ(ask(CBEE_FEATURE_LSM), 1);
	UNIT_STR(fake_call(0), "find_btf_id bpf_lsm_bpf");
	UNIT_EQ(fake_count("prog_load (null) type=29 expected=27 btf=4711"), 1);
	UNIT_EQ(fake_count("raw_tracepoint_open -"), 1);
	UNIT_EQ(fake_count("lsm_list_modules"), 1);
	fake_reset();
	UNIT_EQ(ask(CBEE_FEATURE_FENTRY), 1);
	UNIT_EQ(fake_count("prog_load (null) type=26 expected=24 btf=4711"), 1);
	fake_reset();
	UNIT_EQ(ask(CBEE_FEATURE_RAW_TRACEPOINT), 1);
	UNIT_EQ(fake_count("attach_raw_tracepoint"), 1);
}

static void each_step_may_be_refused(void)
{
	static const enum cbee_feature tried[] = { CBEE_FEATURE_FENTRY, CBEE_FEATURE_FMOD_RET,
						   CBEE_FEATURE_LSM, CBEE_FEATURE_RAW_TRACEPOINT,
						   CBEE_FEATURE_RINGBUF };
	unsigned int steps;

	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		fake_reset();
		ask(tried[i]);
		steps = fake_calls() - (tried[i] == CBEE_FEATURE_LSM);
		for (unsigned int nth = 1; nth <= steps; nth++) {
			fake_reset();
			fake_fail((int)nth, EINVAL);
			UNIT_EQ(ask(tried[i]), 0);
			CU_ASSERT(strstr(c.err.text, ": no: Invalid argument") != NULL);
			CU_ASSERT(c.err.hint[0]);
		}
	}
}

static void reasons(void)
{
	fake_reset();
	fake_refuse("lsm_list_modules", ENOSYS);
	fake_file("/sys/kernel/security/lsm", "capability,yama\n");
	UNIT_EQ(ask(CBEE_FEATURE_LSM), 0);
	UNIT_STR(c.err.text, "lsm: not active; these are: capability,yama");
	UNIT_STR(c.err.hint,
		 "needs Linux 5.7, CONFIG_BPF_LSM, what fentry needs, and lsm=...,bpf at boot");
	fake_reset();
	fake_refuse("find_btf_id", ENOENT);
	UNIT_EQ(ask(CBEE_FEATURE_FMOD_RET), 0);
	UNIT_STR(c.err.text, "fmod_ret: not without the kernel's BTF");
	fake_reset();
	fake_refuse("find_btf_id security_file_ioctl", ESRCH);
	UNIT_EQ(ask(CBEE_FEATURE_FMOD_RET), 1);
	UNIT_STR(fake_call(1), "find_btf_id bpf_modify_return_test");
	fake_reset();
	fake_refuse("raw_tracepoint_open", EPERM);
	/* who may everything is refused because the kernel cannot */
	UNIT_EQ(ask(CBEE_FEATURE_FENTRY), 0);
	UNIT_STR(c.err.text, "fentry: no: Operation not permitted");
}

static void who_may_little_finds_out_little(void)
{
	fake_reset();
	fake_set_caps(1ull << 39);
	fake_refuse("raw_tracepoint_open", EPERM);
	UNIT_EQ(ask(CBEE_FEATURE_FENTRY), -EPERM);
	UNIT_STR(c.err.text, "fentry: no: Operation not permitted, without CAP_PERFMON (to trace)");
	UNIT_STR(c.err.hint, "run it as root to find out");
	fake_reset();
	fake_set_caps(1ull << 39 | 1ull << 38);
	fake_refuse("perf_event_open", EACCES);
	UNIT_EQ(ask(CBEE_FEATURE_UPROBE), 1);
	UNIT_EQ(ask(CBEE_FEATURE_KPROBE), 0);
	fake_refuse("link_create", EINVAL);
	UNIT_EQ(ask(CBEE_FEATURE_UPROBE), -EPERM);
	UNIT_STR(c.err.text, "uprobes: no: Permission denied, without CAP_SYS_ADMIN (for uprobes "
			     "without uprobe.multi, Linux 6.6)");
}

UNIT_MAIN("ability", { "all are there", all_are_there }, { "what is tried", what_is_tried },
	  { "each step may be refused", each_step_may_be_refused }, { "reasons", reasons },
	  { "who may little finds out little", who_may_little_finds_out_little })
