/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the names of TCP's states and flags. */
#include <cbee/names.h>

#include "unit.h"

static void states(void)
{
	CU_ASSERT_PTR_NULL(cbee_tcp_state(0));
	UNIT_STR(cbee_tcp_state(1), "ESTABLISHED");
	UNIT_STR(cbee_tcp_state(2), "SYN_SENT");
	UNIT_STR(cbee_tcp_state(7), "CLOSE");
	UNIT_STR(cbee_tcp_state(10), "LISTEN");
	UNIT_STR(cbee_tcp_state(12), "NEW_SYN_RECV");
	UNIT_STR(cbee_tcp_state(13), "BOUND_INACTIVE");
	CU_ASSERT_PTR_NULL(cbee_tcp_state(14));
	CU_ASSERT_PTR_NULL(cbee_tcp_state(~0u));
	for (unsigned int i = 1; i < 14; i++)
		CU_ASSERT_PTR_NOT_NULL(cbee_tcp_state(i));
}

static void flags(void)
{
	char text[CBEE_TCP_FLAGS_SIZE];

	UNIT_STR(cbee_tcp_flags(0, text, sizeof(text)), "");
	UNIT_STR(cbee_tcp_flags(0x02, text, sizeof(text)), "SYN");
	UNIT_STR(cbee_tcp_flags(0x12, text, sizeof(text)), "SYN|ACK");
	UNIT_STR(cbee_tcp_flags(0xff, text, sizeof(text)), "FIN|SYN|RST|PSH|ACK|URG|ECE|CWR");
	UNIT_STR(cbee_tcp_flags(0x110, text, sizeof(text)), "ACK|0x100");
	UNIT_STR(cbee_tcp_flags(0x300, text, sizeof(text)), "0x300");
	UNIT_STR(cbee_tcp_flags(~0u, text, sizeof(text)),
		 "FIN|SYN|RST|PSH|ACK|URG|ECE|CWR|0xffffff00");
}

static void too_little_room(void)
{
	char text[8] = "unused.";

	UNIT_STR(cbee_tcp_flags(0x13, text, 6), "FIN|S");
	UNIT_STR(cbee_tcp_flags(0x113, text, 1), "");
	CU_ASSERT(cbee_tcp_flags(0x13, text, 0) == text);
	UNIT_STR(cbee_tcp_flags(0x3, text, sizeof(text)), "FIN|SYN");
}

UNIT_MAIN("tcp", { "states", states }, { "flags", flags }, { "too little room", too_little_room })
