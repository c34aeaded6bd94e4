/* SPDX-License-Identifier: Apache-2.0 */
/* Has the BPF text see a command and its descendants. */
#include "run/follow.h"

#include <errno.h>

#include <cbee/cbee.h>

#include "declared/opt.h"
#include "plain/err.h"
#include "plain/pidns.h"
#include "run/run.h"

bool cbee__follow_known(struct cbee *c)
{
	return cbee_map(c, CBEE__FOLLOWED) != NULL;
}

static bool names_process(const struct cbee_run *run)
{
	const struct cbee_opt *opt = run->tool->opts;

	for (; opt && opt->name; opt++)
		if (opt->value == CBEE_VALUE_PROCESS && cbee__opt_given(&run->parsed, opt->name))
			return true;
	return run->parsed.command != NULL;
}

int cbee__follow_check(struct cbee_run *run)
{
	if (run->tool->source || !names_process(run) || !cbee__pidns_is_own())
		return 0;
	cbee__err(&run->err, -EOPNOTSUPP,
		  "cannot tell processes apart: here they have other numbers than in the kernel");
	cbee__err_hint(&run->err, "run it outside of this PID namespace, or start the container "
				  "with the host's (docker run --pid=host)");
	return -EOPNOTSUPP;
}

int cbee__follow_attach(struct cbee *c)
{
	static const char *const events[][2] = {
		{ "cbee_follow_exec", "sched_process_exec" },
		{ "cbee_follow_fork", "sched_process_fork" },
		{ "cbee_follow_exit", "sched_process_exit" },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(events) / sizeof(events[0]); i++)
		err = cbee_attach(c, &(struct cbee_probe_opts){
					     .kind = CBEE_RAW_TRACEPOINT,
					     .fn = events[i][0],
					     .target = events[i][1],
				     });
	return err;
}

int cbee__follow_process(struct cbee *c, int pid)
{
	uint32_t key = (uint32_t)pid;
	uint8_t armed = 0; /* the exec makes it 1 */

	return cbee_map_set(cbee_map(c, CBEE__FOLLOWED), &key, sizeof(key), &armed, sizeof(armed),
			    0);
}
