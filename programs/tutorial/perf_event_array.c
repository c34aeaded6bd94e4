/* SPDX-License-Identifier: Apache-2.0 */
/* Shows a record for every program that is started, until Ctrl-C: a perf event array. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/cbee.h>

static bool show(void *arg, const struct cbee_record *record)
{
	char *text;

	if (cbee_stream_text(arg, record->map, record->data, record->size, &text))
		return false;
	printf("%s %s\n", record->map, text);
	free(text);
	return true;
}

int main(void)
{
	struct cbee_stream_opts events = { .map = "events", .each = show };
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	events.arg = c;
	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "perf_event_array.bpf.c" });
	if (!err)
		err = cbee_stream_open(c, &events);
	if (!err)
		fprintf(stderr, "perf_event_array: tracing, Ctrl-C ends\n");
	setlinebuf(stdout);
	while (err >= 0)
		err = cbee_poll(c, -1);
	fprintf(stderr, "perf_event_array: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return 1;
}
