/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the states and flags of TCP. */
#include <netinet/tcp.h>
#include <stdio.h>

#include <cbee/names.h>

/* The kernel has more than the C library: <net/tcp_states.h>. */
enum { NEW_SYN_RECV = TCP_CLOSING + 1, BOUND_INACTIVE };

static const char *const states[] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RECV",
	[TCP_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSE",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
	[NEW_SYN_RECV] = "NEW_SYN_RECV",
	[BOUND_INACTIVE] = "BOUND_INACTIVE",
};

/* By bit, from the lowest. */
static const char *const flag_names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR" };

#define FLAGS (sizeof(flag_names) / sizeof(flag_names[0]))

const char *cbee_tcp_state(unsigned int state)
{
	return state < sizeof(states) / sizeof(states[0]) ? states[state] : NULL;
}

const char *cbee_tcp_flags(unsigned int flags, char *text, size_t size)
{
	unsigned int rest = flags >> FLAGS << FLAGS;
	size_t at = 0;

	if (size)
		text[0] = '\0';
	for (size_t i = 0; i < FLAGS; i++)
		if (flags >> i & 1 && at < size)
			at += (size_t)snprintf(text + at, size - at, "%s%s", at ? "|" : "",
					       flag_names[i]);
	if (rest && at < size)
		snprintf(text + at, size - at, "%s0x%x", at ? "|" : "", rest);
	return text;
}
