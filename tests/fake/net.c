/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for sockets, interfaces, cgroups and iterators. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "state.h"

int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);
int __real_bind(int fd, const struct sockaddr *address, socklen_t len);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len);
unsigned int __wrap_if_nametoindex(const char *name);

/* There are two, number 7 and number 8; the latter has a processor of its own. */
unsigned int __wrap_if_nametoindex(const char *name)
{
	errno = ENODEV;
	return !strcmp(name, "eth7") ? 7 : !strcmp(name, "card0") ? 8 : 0;
}

int __wrap_socket(int family, int type, int protocol)
{
	if (family != AF_PACKET)
		return __real_socket(family, type, protocol);
	return fake_step("socket protocol=%d", protocol) ? -1 : fake_new_fd("socket");
}

int bpf_attach_socket(int fd, int prog)
{
	return fake_step("attach_socket %s %s", fake_fd_name(fd), fake_fd_name(prog)) ? -1 : 0;
}

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len)
{
	const struct sockaddr_ll *to = (const void *)address;

	if (address->sa_family != AF_PACKET)
		return __real_bind(fd, address, len);
	return fake_step("bind %s interface=%d protocol=%d", fake_fd_name(fd), to->sll_ifindex,
			 ntohs(to->sll_protocol))
		       ? -1
		       : 0;
}

int bpf_prog_attach(int prog, int target, enum bpf_attach_type type, unsigned int flags)
{
	(void)target;
	return fake_step("prog_attach %s type=%u flags=%u", fake_fd_name(prog), type, flags)
		       ? -errno
		       : 0;
}

/* Cannot fail: nobody could do anything about it. */
int bpf_prog_detach2(int prog, int target, enum bpf_attach_type type)
{
	(void)target;
	fake_step("prog_detach %s type=%u", fake_fd_name(prog), type);
	return 0;
}

int bcc_iter_attach(int prog, union bpf_iter_link_info *info, uint32_t size)
{
	const uint32_t *words = (const void *)info;

	if (fake_step("iter_attach %s %u %u", fake_fd_name(prog), size, size > 4 ? words[1] : size))
		return -1;
	return fake_new_fd("iter_link");
}

/* What is read from it is the text that the test has written there. */
int bcc_iter_create(int link)
{
	int fds[2];

	if (fake_step("iter_create %s", fake_fd_name(link)))
		return -1;
	if (pipe2(fds, O_CLOEXEC) || write(fds[1], fake.iter, strlen(fake.iter)) < 0)
		return -1;
	close(fds[1]);
	return fds[0];
}

void fake_set_iter(const char *text)
{
	snprintf(fake.iter, sizeof(fake.iter), "%s", text);
}
