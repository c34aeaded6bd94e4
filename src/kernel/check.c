/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what tracing needs of a machine, and what to do where it lacks it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include <cbee/cbee.h>

#include "cache/store.h"
#include "compile/trial.h"
#include "kernel/ability.h"
#include "kernel/handle.h"
#include "kernel/privilege.h"
#include "kernel/tracefs.h"
#include "plain/buf.h"
#include "plain/line.h"
#include "plain/release.h"

#define AS_ROOT "run it as root"

struct row {
	const char *name;
	enum cbee_check_weight weight;
	unsigned int needs; /* enum cbee__need: without, a refusal says nothing of the kernel */
	/* describes what it finds in k->value; 0 or the negative errno it got */
	int (*look)(struct cbee_check *k);
	const char *advice; /* when it is not as it should be */
};

static void say(struct cbee_check *k, enum cbee_check_status status, const char *value)
{
	k->status = status;
	snprintf(k->value, sizeof(k->value), "%.511s", value);
}

/* ---- the kernel and what describes it --------------------------------- */

static int look_kernel(struct cbee_check *k)
{
	char release[CBEE__RELEASE_SIZE];
	unsigned int v = cbee__release(release);

	say(k, v >= CBEE__RELEASE(4, 17) ? CBEE_CHECK_OK : CBEE_CHECK_FAIL, release);
	return 0;
}

static int look_btf(struct cbee_check *k)
{
	struct stat st;

	if (stat("/sys/kernel/btf/vmlinux", &st)) {
		say(k, CBEE_CHECK_WARN, "none");
		return 0;
	}
	snprintf(k->value, sizeof(k->value), "%lld KB", (long long)st.st_size / 1024);
	return 0;
}

static int look_headers(struct cbee_check *k)
{
	char path[160], release[CBEE__RELEASE_SIZE], line[128];

	cbee__release(release);
	snprintf(path, sizeof(path), "/lib/modules/%s/build", release);
	if (euidaccess(path, F_OK)) {
		say(k,
		    euidaccess("/sys/kernel/btf/vmlinux", F_OK) ? CBEE_CHECK_WARN : CBEE_CHECK_OK,
		    "not installed");
		if (!k->status)
			say(k, CBEE_CHECK_OK, "not installed, and not needed: there is BTF");
		return 0;
	}
	snprintf(path, sizeof(path), "/lib/modules/%s/build/include/generated/utsrelease.h",
		 release);
	if (cbee__line_read(path, line, sizeof(line)) || !strstr(line, release))
		say(k, CBEE_CHECK_WARN, "installed, but of another kernel");
	else
		say(k, CBEE_CHECK_OK, "installed, of this kernel");
	return 0;
}

/* ---- permissions and limits ------------------------------------------- */

static int look_lockdown(struct cbee_check *k)
{
	char line[128], *mode, *end;

	if (cbee__line_read("/sys/kernel/security/lockdown", line, sizeof(line))) {
		say(k, CBEE_CHECK_OK, "none that can be seen");
		return 0;
	}
	mode = strchr(line, '[');
	end = mode ? strchr(mode, ']') : NULL;
	if (!end)
		return -EINVAL;
	*end = '\0';
	say(k, !strcmp(mode + 1, "confidentiality") ? CBEE_CHECK_FAIL : CBEE_CHECK_OK, mode + 1);
	return 0;
}

/* Without the first nothing works, without the others something. */
static int look_capabilities(struct cbee_check *k)
{
	unsigned int missing = cbee__needs_missing(CBEE__NEED_ANY | CBEE__NEED_TRACEFS |
						   CBEE__NEED_PROCESS | CBEE__NEED_KSYMS);
	struct cbee_buf text = { 0 };

	if (!missing) {
		say(k, CBEE_CHECK_OK, "all that is needed");
		return 0;
	}
	cbee__buf_str(&text, missing & CBEE__NEED_ANY ? "too few, without " : "without ");
	cbee__needs_list(&text, missing);
	if (!text.err)
		say(k, missing & CBEE__NEED_ANY ? CBEE_CHECK_FAIL : CBEE_CHECK_WARN, text.data);
	cbee__buf_free(&text);
	return text.err;
}

static int look_memlock(struct cbee_check *k)
{
	struct rlimit limit;

	if (cbee__release(NULL) >= CBEE__RELEASE(5, 11)) {
		say(k, CBEE_CHECK_OK, "does not count on this kernel");
		return 0;
	}
	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return -errno;
	if (limit.rlim_cur == RLIM_INFINITY) {
		say(k, CBEE_CHECK_OK, "no limit");
		return 0;
	}
	snprintf(k->value, sizeof(k->value), "%llu KB", (unsigned long long)limit.rlim_cur / 1024);
	k->status = limit.rlim_cur < 64 << 20 ? CBEE_CHECK_WARN : CBEE_CHECK_OK;
	return 0;
}

static int sees_tracefs(void *arg)
{
	(void)arg;
	return cbee__tracefs() ? 0 : -EACCES;
}

static int look_tracefs(struct cbee_check *k)
{
	if (cbee__tracefs()) {
		say(k, CBEE_CHECK_OK, cbee__tracefs());
		return 0;
	}
	if (cbee__tracefs_with(sees_tracefs, NULL))
		say(k, CBEE_CHECK_WARN, "not mounted");
	else
		say(k, CBEE_CHECK_OK, "not mounted, and not needed: cbee mounts it for itself");
	return 0;
}

static int look_bpffs(struct cbee_check *k)
{
	struct statfs fs;
	bool mounted = !statfs("/sys/fs/bpf", &fs) && (unsigned long)fs.f_type == BPF_FS_MAGIC;

	say(k, mounted ? CBEE_CHECK_OK : CBEE_CHECK_WARN, mounted ? "/sys/fs/bpf" : "not mounted");
	return 0;
}

static int look_kptr_restrict(struct cbee_check *k)
{
	char line[16];
	int err = cbee__line_read("/proc/sys/kernel/kptr_restrict", line, sizeof(line));
	bool syslog = !cbee__needs_missing(CBEE__NEED_KSYMS);

	if (err)
		return err;
	say(k, line[0] == '0' || (line[0] == '1' && syslog) ? CBEE_CHECK_OK : CBEE_CHECK_WARN,
	    line);
	return 0;
}

/* ---- the compiler ----------------------------------------------------- */

static int look_compiler(struct cbee_check *k)
{
	double ms;
	int err = cbee__trial_compile(&ms, k->value, sizeof(k->value));

	if (err)
		k->status = CBEE_CHECK_FAIL;
	else
		snprintf(k->value, sizeof(k->value), "compiles a small program in %.0f ms", ms);
	return 0;
}

static int look_libraries(struct cbee_check *k)
{
	unsigned int llvms = 0;
	int err = cbee__trial_libraries(&llvms, k->value, sizeof(k->value));

	if (llvms > 1)
		k->status = CBEE_CHECK_WARN;
	return err;
}

/* A folder that is not there yet will be made where that can be. */
static bool can_be_made(char *path)
{
	char *slash = strrchr(path, '/');
	bool can;

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	can = !euidaccess(path, W_OK);
	*slash = '/';
	return can;
}

static int look_cache(struct cbee_check *k)
{
	struct cbee_buf path = { 0 };
	struct cbee_err err = { 0 };
	int dir = cbee__store_path(&path, &err);
	bool named = !dir;

	if (named)
		dir = cbee__store_open(path.data, false, &err);
	if (dir >= 0)
		close(dir);
	if (dir >= 0 || (dir == -ENOENT && named && can_be_made(path.data)))
		snprintf(k->value, sizeof(k->value), "%.500s", path.data);
	else
		say(k, CBEE_CHECK_WARN, err.text);
	cbee__buf_free(&path);
	cbee__err_clear(&err);
	return 0;
}

/* ---- the table -------------------------------------------------------- */

static const struct row rows[] = {
	{ "kernel", CBEE_CHECK_NEEDED, 0, look_kernel, "cbee needs Linux 4.17" },
	{ "btf", CBEE_CHECK_USEFUL, 0, look_btf,
	  "without BTF (CONFIG_DEBUG_INFO_BTF) the headers of this kernel have to be installed" },
	{ "headers", CBEE_CHECK_USEFUL, 0, look_headers,
	  "install those of the running kernel, or use one with BTF" },
	{ "bpf", CBEE_CHECK_NEEDED, CBEE__NEED_ANY, cbee__ability_bpf,
	  "the kernel needs CONFIG_BPF_SYSCALL and CONFIG_BPF_EVENTS" },
	{ "jit", CBEE_CHECK_USEFUL, CBEE__NEED_ANY, cbee__ability_jit,
	  "probes are several times slower: sysctl net.core.bpf_jit_enable=1" },
	{ "kprobes", CBEE_CHECK_PROBE, CBEE__NEED_EVENTS, cbee__ability_kprobe,
	  "kernel functions need a kernel with CONFIG_KPROBE_EVENTS, or fentry" },
	{ "kprobe.multi", CBEE_CHECK_PROBE, CBEE__NEED_ANY, cbee__ability_kprobe_multi,
	  "Linux 5.18 with CONFIG_FPROBE attaches to many kernel functions at once" },
	{ "fentry", CBEE_CHECK_PROBE, CBEE__NEED_ANY, cbee__ability_fentry,
	  "needs Linux 5.5, BTF and CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS" },
	{ "fmod_ret", CBEE_CHECK_USEFUL, CBEE__NEED_ANY, cbee__ability_fmod_ret,
	  "replacing what a function returns needs Linux 5.7 and what fentry needs" },
	{ "lsm", CBEE_CHECK_USEFUL, CBEE__NEED_ANY, cbee__ability_lsm,
	  "needs Linux 5.7, CONFIG_BPF_LSM, what fentry needs, and lsm=...,bpf at boot" },
	{ "uprobes", CBEE_CHECK_PROBE, CBEE__NEED_UPROBES, cbee__ability_uprobe,
	  "functions of programs need a kernel with CONFIG_UPROBE_EVENTS" },
	{ "uprobe.multi", CBEE_CHECK_PROBE, CBEE__NEED_ANY, cbee__ability_uprobe_multi,
	  "Linux 6.6 attaches to many functions of a program at once" },
	{ "tracepoints", CBEE_CHECK_PROBE, CBEE__NEED_ANY, cbee__ability_tracepoint,
	  "the kernel needs CONFIG_TRACEPOINTS" },
	{ "module events", CBEE_CHECK_USEFUL, CBEE__NEED_KSYMS, cbee__ability_module_tracepoint,
	  "raw tracepoints of modules need Linux 5.0 and CONFIG_MODULES" },
	{ "ring buffer", CBEE_CHECK_USEFUL, CBEE__NEED_BPF, cbee__ability_ringbuf,
	  "before Linux 5.8 use BPF_PERF_OUTPUT" },
	{ "lockdown", CBEE_CHECK_USEFUL, 0, look_lockdown,
	  "the kernel keeps its memory secret: boot with lockdown=integrity or none" },
	{ "capabilities", CBEE_CHECK_USEFUL, 0, look_capabilities,
	  "run it as root, or give the programs what is missing: see cbee help privileges" },
	{ "memlock", CBEE_CHECK_USEFUL, 0, look_memlock,
	  "maps count against it before Linux 5.11: ulimit -l unlimited" },
	{ "tracefs", CBEE_CHECK_USEFUL, 0, look_tracefs,
	  AS_ROOT ", or: mount -t tracefs tracefs /sys/kernel/tracing" },
	{ "bpffs", CBEE_CHECK_USEFUL, 0, look_bpffs,
	  "only pinning needs it: mount -t bpf bpf /sys/fs/bpf" },
	{ "kptr_restrict", CBEE_CHECK_USEFUL, 0, look_kptr_restrict,
	  "kernel addresses have no names: sysctl kernel.kptr_restrict=1, as root" },
	{ "compiler", CBEE_CHECK_NEEDED, 0, look_compiler,
	  "install the whole of cbee, and libbcc with it" },
	{ "libraries", CBEE_CHECK_USEFUL, 0, look_libraries,
	  "one LLVM only: two of them register the same options and end the compiler" },
	{ "cache", CBEE_CHECK_USEFUL, 0, look_cache,
	  "every start compiles: a folder of your own with mode 0700, named by CBEE_CACHE, will "
	  "do" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void say_refusal(struct cbee_check *k, int err, unsigned int missing)
{
	struct cbee_buf text = { 0 };

	cbee__buf_fmt(&text, "no: %s, without ", strerror(-err));
	cbee__needs_list(&text, missing);
	snprintf(k->value, sizeof(k->value), "%.511s", text.err ? strerror(-err) : text.data);
	cbee__buf_free(&text);
}

static void make(const struct row *row, struct cbee_check *ret)
{
	unsigned int missing = 0;
	int err;

	*ret = (struct cbee_check){ .name = row->name, .weight = row->weight };
	err = row->look(ret);
	/* who has what it takes is refused because the kernel cannot */
	if (err == -EPERM || err == -EACCES)
		missing = cbee__needs_missing(row->needs);
	if (err)
		ret->status = missing ? CBEE_CHECK_UNKNOWN : CBEE_CHECK_FAIL;
	if (missing && !ret->value[0])
		say_refusal(ret, err, missing);
	else if (err && !ret->value[0])
		snprintf(ret->value, sizeof(ret->value), "no: %s", strerror(-err));
	if (!err && !ret->value[0])
		snprintf(ret->value, sizeof(ret->value), "yes");
	if (ret->status == CBEE_CHECK_UNKNOWN)
		ret->advice = AS_ROOT " to find out";
	else if (ret->status != CBEE_CHECK_OK)
		ret->advice = row->advice;
}

bool cbee_check(unsigned int i, struct cbee_check *ret)
{
	if (i < ROWS)
		make(&rows[i], ret);
	return i < ROWS;
}

/* ---- single features -------------------------------------------------- */

/* The rows that tell, by name. */
static const char *const features[] = {
	[CBEE_FEATURE_BTF] = "btf",
	[CBEE_FEATURE_KPROBE] = "kprobes",
	[CBEE_FEATURE_KPROBE_MULTI] = "kprobe.multi",
	[CBEE_FEATURE_FENTRY] = "fentry",
	[CBEE_FEATURE_FMOD_RET] = "fmod_ret",
	[CBEE_FEATURE_LSM] = "lsm",
	[CBEE_FEATURE_RAW_TRACEPOINT] = "tracepoints",
	[CBEE_FEATURE_RAW_TRACEPOINT_MODULE] = "module events",
	[CBEE_FEATURE_UPROBE] = "uprobes",
	[CBEE_FEATURE_UPROBE_MULTI] = "uprobe.multi",
	[CBEE_FEATURE_RINGBUF] = "ring buffer",
};

int cbee_supports(struct cbee *c, enum cbee_feature feature)
{
	const char *name = (size_t)feature < sizeof(features) / sizeof(features[0])
				   ? features[feature]
				   : "";
	struct cbee_check check;
	size_t i = 0;

	while (i < ROWS && strcmp(rows[i].name, name) != 0)
		i++;
	if (i == ROWS)
		return cbee__err(cbee__err_of(c), -EINVAL, "no feature has number %d", feature);
	make(&rows[i], &check);
	if (check.status == CBEE_CHECK_OK)
		return 1;
	cbee__err(cbee__err_of(c), check.status == CBEE_CHECK_UNKNOWN ? -EPERM : 0, "%s: %s", name,
		  check.value);
	cbee__err_hint(cbee__err_of(c), "%s", check.advice);
	return check.status == CBEE_CHECK_UNKNOWN ? -EPERM : 0;
}
