/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs that test maps share; each includes it once. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cbee/cbee.h>

static int bad;

#define EXPECT(what, is, want)                                              \
	do {                                                                \
		long long is_ = (long long)(is), want_ = (long long)(want); \
		if (is_ != want_) {                                         \
			printf("%s: %lld, not %lld\n", what, is_, want_);   \
			bad = 1;                                            \
		}                                                           \
	} while (0)

static struct cbee *open_text(const char *text)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_compile(c, &(struct cbee_source){ .name = "test.bpf.c", .text = text });
	if (!err)
		err = cbee_load(c);
	if (err)
		printf("%s\n%s\n", cbee_error(c)->text,
		       cbee_error(c)->log ? cbee_error(c)->log : "");
	EXPECT("compile and load", err, 0);
	cbee_const_set(c, "pid", (uint64_t)getpid());
	return c;
}

/* A call that must succeed; the sentence if it does not. */
__attribute__((unused)) static void fine(struct cbee_map *m, const char *what, int err)
{
	if (err) {
		printf("%s: %d, %s\n", what, err, cbee_map_error(m)->text);
		bad = 1;
	}
}

__attribute__((unused)) static struct cbee_map *create(uint32_t type, uint32_t key, uint32_t value,
						       uint32_t entries, uint32_t flags)
{
	struct cbee_map *m = NULL;

	EXPECT("new", cbee_map_new(&m), 0);
	fine(m, "create",
	     cbee_map_create(m, "cbee_test",
			     &(struct cbee_map_info){ type, key, value, entries, flags }, NULL));
	return m;
}

#define FILTER                                                 \
	"{\n"                                                  \
	"	if (bpf_get_current_pid_tgid() >> 32 != OPT(pid))\n" \
	"		return 0;\n"
