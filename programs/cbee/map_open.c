/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the map that an argument names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

#define NAME_LEN  15 /* what the kernel keeps of a name */
#define MOST_SAID 8  /* ids of maps that share a name */

static void say(void *arg, const char *line)
{
	cbee_run_warn(arg, "%s", line);
}

int map_usage(struct cbee_run *run, size_t count, const char *want)
{
	size_t got = cbee_run_args(run)->count;

	if (cbee_run_has_command(run))
		return cbee_run_fail(run, -EINVAL, NULL, "there is nothing to run a command for");
	if (got == count)
		return 0;
	return cbee_run_fail(run, -EINVAL, NULL, "it takes %s, and %zu argument%s given", want, got,
			     got == 1 ? " was" : "s were");
}

int map_new(struct cbee_run *run, struct cbee_map **ret_m)
{
	int err = cbee_map_new(ret_m);

	if (!err && cbee_run_given(run, "verbose"))
		cbee_map_set_log(*ret_m, say, run);
	return err;
}

int map_fail(struct cbee_run *run, struct cbee_map *m, int err)
{
	const struct cbee_error *e = err ? cbee_map_error(m) : NULL;

	if (e && e->code == err)
		cbee_run_fail(run, err, e->hint, "%s", e->text);
	return err;
}

/* A number of a map, alone or behind "id:". */
static bool is_id(const char *text, uint32_t *ret_id)
{
	unsigned long value;
	char *end;

	if (!strncmp(text, "id:", 3))
		text += 3;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	*ret_id = (uint32_t)value;
	return !errno && !*end && value <= UINT32_MAX;
}

static bool is_called(uint32_t id, const char *name)
{
	struct cbee_map *m = NULL;
	bool is = !cbee_map_new(&m) && !cbee_map_open_id(m, id) &&
		  !strncmp(cbee_map_name(m), name, NAME_LEN);

	cbee_map_free(m);
	return is;
}

/* The only map of that name. */
static int find(struct cbee_run *run, const char *name, uint32_t *ret_id)
{
	char ids[MOST_SAID * 16] = "";
	uint32_t id = 0;
	int err, found = 0;

	while (!(err = cbee_map_id_next(id, &id))) {
		if (!is_called(id, name))
			continue;
		*ret_id = id;
		if (found++ < MOST_SAID)
			snprintf(ids + strlen(ids), sizeof(ids) - strlen(ids), "%sid:%u",
				 found > 1 ? ", " : "", id);
	}
	if (err != -ENOENT)
		return cbee_run_fail(run, err, "names take root, or CAP_SYS_ADMIN; a path may do",
				     "cannot look for map '%.60s': %s", name, strerror(-err));
	if (!found)
		return cbee_run_fail(run, -ENOENT,
				     "cbee map list shows all; a path has a slash, as ./x",
				     "no map is called '%.60s'", name);
	if (found > 1)
		return cbee_run_fail(run, -ENOTUNIQ, "name one by its number",
				     "%d maps are called '%.60s': %s%s", found, name, ids,
				     found > MOST_SAID ? ", ..." : "");
	return 0;
}

int map_open(struct cbee_run *run, const char *text, struct cbee_map **ret_m)
{
	struct cbee_map *m = NULL;
	uint32_t id = 0;
	int err = map_new(run, &m);

	if (!err && strchr(text, '/')) {
		err = map_fail(run, m, cbee_map_open(m, text));
	} else if (!err) {
		if (!is_id(text, &id))
			err = find(run, text, &id);
		if (!err)
			err = map_fail(run, m, cbee_map_open_id(m, id));
	}
	if (err)
		cbee_map_free(m);
	else
		*ret_m = m;
	return err;
}
