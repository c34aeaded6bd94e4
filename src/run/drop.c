/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up the privileges that a tracer takes no more once all is attached. */
#include "run/drop.h"

#include "kernel/privilege.h"
#include "plain/caps.h"
#include "run/run.h"

static void tell(const struct cbee_run *run, uint64_t kept)
{
	struct cbee_buf names = { 0 };

	cbee__caps_list(&names, kept, false);
	if (!names.err)
		cbee__say_line(run, "gave up all capabilities%s%s", kept ? " but " : "",
			       kept ? names.data : "");
	cbee__buf_free(&names);
}

int cbee__drop(struct cbee_run *run)
{
	uint64_t keep = cbee__privileges_to_keep(run->cbee);
	int err;

	if (run->tool->privileged)
		return 0;
	if (run->parsed.command) /* it is ended with us, whatever user it has become */
		keep |= CBEE__CAP_BIT(CBEE__CAP_KILL);
	err = cbee__caps_keep(keep);
	if (err)
		return cbee__err_os(&run->err, err, "cannot give up privileges");
	if (run->std.verbose)
		tell(run, keep & cbee__caps());
	return 0;
}
