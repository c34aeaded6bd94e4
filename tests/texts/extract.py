# SPDX-License-Identifier: Apache-2.0
"""Writes the BPF texts of bcc's Python tools into a folder, by running the tools with the
compile call replaced.

usage: extract.py FOLDER [TOOLS]     TOOLS: where NAME-bpfcc are, /usr/sbin

Each text becomes NAME.N.c; flags that the tool compiles it with, one a line, NAME.N.flags.
Equal texts of a tool are written once. On stdout: a line for each tool that gave none, unless
it ended of its own will: it is not for this kernel.
"""
import builtins
import curses
import io
import os
import re
import runpy
import shlex
import sys
from unittest import mock

import bcc
from bcc import BPF

# Arguments that make tools give a text, or another one; a tool without a row gets none.
ARGUMENTS = {
    "argdist": ["-C 'p::do_sys_open(int d, char *f):char*:f'", "-H 'r::__vfs_read():u64:$latency'",
                "-C 'p::tcp_sendmsg(struct sock *s, void *m, size_t n):size_t:n'",
                "-H 'p::__kmalloc(size_t size):size_t:size'",
                "-C 't:sched:sched_switch():u32:args->prev_pid'", "-C 'r:c:gets():char*:$retval'"],
    "bashreadline": ["-s /bin/bash"],
    "bindsnoop": ["", "-P 80 -U -u 0 --count", "-w -t"],
    "biolatency": ["", "-D", "-Q -F", "-d vda", "-F -j -e"],
    "biolatpcts": ["254:0"],
    "biosnoop": ["", "-Q -P", "-d vda"],
    "biotop": ["", "-p 1"],
    "btrfsslower": ["", "-p 1", "0"],
    "capable": ["", "-K -U -p 1", "-x --unique"],
    "compactsnoop": ["", "-p 1 -K", "-e"],
    "cpudist": ["", "-O", "-P -I", "-L -p 1", "-e"],
    "dbslower": ["mysql -p 1", "postgres -p 1", "mysql -x /bin/sh"],
    "dbstat": ["mysql -p 1", "postgres -p 1"],
    "deadlock": ["1 --binary /lib/x86_64-linux-gnu/libc.so.6"],
    "dirtop": ["-d /", "-d / -p 1"],
    "drsnoop": ["", "-p 1", "-t 1 -n sh"],
    "execsnoop": ["", "-x -u 0", "-P 1", "--max-args 5 -q"],
    "exitsnoop": ["", "-x -p 1", "--per-thread"],
    "ext4dist": ["", "-p 1 -m"],
    "ext4slower": ["", "0 -p 1"],
    "filegone": ["", "-p 1"],
    "filelife": ["", "-p 1"],
    "fileslower": ["", "-p 1 0", "-a"],
    "filetop": ["", "-a -p 1"],
    "funccount": ["vfs_*", "t:sched:sched_switch", "c:malloc", "-p 1 c:malloc"],
    "funcinterval": ["do_nanosleep", "t:vmscan:mm_vmscan_direct_reclaim_begin", "c:read -p 1"],
    "funclatency": ["vfs_read", "-F vfs_*", "-p 1 -u vfs_read", "-m c:read"],
    "funcslower": ["vfs_read", "-U -K vfs_read", "-a 3 -p 1 vfs_read", "c:open"],
    "gethostlatency": ["", "-p 1"],
    "hardirqs": ["", "-C", "-d"],
    "inject": ["kmalloc -v 'vfs_mkdir()'", "bio 'blk_mq_submit_bio(struct bio *b)'",
               "-P 0.5 kmalloc '__alloc_skb() => sock_alloc_send_pskb()'"],
    "killsnoop": ["", "-x -p 1", "-T 1 -s 9"],
    "klockstat": ["", "-p 1 -c lock", "-t 1"],
    "kvmexit": ["1", "-p 1 1", "-p 1 -a 1", "-v 1"],
    "llcstat": ["", "-t"],
    "memleak": ["", "-p 1", "-p 1 -z 1 -Z 9", "--percpu", "-s 3 --wa-missing-free",
                "--combined-only -p 1"],
    "mysqld_qslower": ["1"],
    "netqtop": ["-n lo", "-n lo -t"],
    "nfsslower": ["", "-p 1"],
    "offcputime": ["1", "-p 1 1", "-k -U 1", "-u 1", "-K 1", "--state 2 1", "-t 1 -d -f 1"],
    "offwaketime": ["1", "-p 1 -d 1", "-U 1", "-K 1"],
    "opensnoop": ["", "-x -T -U", "-p 1 -n sh", "-u 0 -e -f O_WRONLY", "-F", "-t 1 -b 16"],
    "ppchcalls": ["", "-L", "-p 1 -x"],
    "profile": ["1", "-p 1 -U 1", "-K -C 0 1", "-I 1", "-L 1 1"],
    "readahead": ["", "-d 1"],
    "runqlat": ["", "-P", "-L", "--pidnss", "-p 1"],
    "runqlen": ["", "-C", "-O"],
    "runqslower": ["", "-p 1 -P 1", "-t 1"],
    "shmsnoop": ["", "-p 1", "-t 1"],
    "sofdsnoop": ["", "-p 1", "-t 1 -n sh"],
    "softirqs": ["", "-d", "-C"],
    "solisten": ["", "-p 1 -n 4026531840"],
    "sslsniff": ["", "-p 1 -u 0", "-x --max-buffer-size 64", "--extra-lib openssl:/bin/sh"],
    "stackcount": ["vfs_read", "-p 1 -P vfs_read", "t:sched:sched_switch", "-U c:malloc", "-K -P ip_output"],
    "statsnoop": ["", "-x -p 1"],
    "syscount": ["", "-L -P", "-x", "-p 1 -i 1", "-e ENOENT -L"],
    "tcpaccept": ["", "-p 1", "-P 80 -4", "-6"],
    "tcpcong": ["", "-L 1-99 -R 1-99", "-d"],
    "tcpconnect": ["", "-d", "-c", "-P 80 -u 0 -p 1", "-4 -L", "-6"],
    "tcpconnlat": ["", "1 -p 1", "-4 -L", "-6"],
    "tcpdrop": ["", "-4", "-6"],
    "tcplife": ["", "-D 80 -L 81", "-p 1 -4", "-6"],
    "tcpretrans": ["", "-l", "-c", "-s -4", "-6"],
    "tcprtt": ["", "-p 80 -P 81", "-a 1.2.3.4 -b -m", "-e -A 1.2.3.4 -B", "-4"],
    "tcpstates": ["", "-L 80 -D 81", "-4", "-6 -w"],
    "tcpsubnet": ["", "-f K 10.0.0.0/8"],
    "tcptop": ["", "-p 1 -4", "-6"],
    "tcptracer": ["", "-p 1 -4", "-N 1 -6 -v"],
    "trace": ["do_sys_open", "'p::do_sys_open(int d, char *f) \"%s\", f'",
              "'r::vfs_read (retval > 0) \"%d\", retval'",
              "'t:block:block_rq_complete \"%d\", args->nr_sector'", "'c:malloc \"%d\", arg1'",
              "-K -U 'p::__kmalloc(size_t s) \"%d\", s'",
              "-I linux/fs.h 'p::vfs_open(struct path *p) \"%llx\", p->dentry'",
              "-p 1 'u:pthread:pthread_create \"%llx\", arg1'", "-t -u -C -L 1 vfs_read"],
    "ttysnoop": ["/dev/null", "/dev/null -c 64"],
    "vfsstat": ["", "-p 1"],
    "virtiostat": ["", "-d virtio0"],
    "wakeuptime": ["1", "-p 1 1", "-u 1"],
    "xfsslower": ["", "-p 1"],
    "zfsslower": ["", "-p 1"],
}
REAL_OPEN, REAL_EXISTS = open, os.path.exists
with open("/proc/kallsyms", "rb") as symbols:
    FUNCTIONS = {line.split()[2] for line in symbols if line.split()[1] in b"tT"}


class Usdt:
    """Probes of a program, none of which has to be there."""

    def __init__(self, pid=None, path=None):
        self.pid, self.path, self.functions = pid, path, []

    def enable_probe(self, probe, fn_name):
        self.functions.append(fn_name if isinstance(fn_name, str) else fn_name.decode())

    enable_probe_or_bail = enable_probe

    def enumerate_probes(self):
        return []

    def get_context(self):
        return 0

    def get_probe_arg_ctype(self, probe, number):
        return "unsigned long"

    get_probe_arg_ctype_ignore = get_probe_arg_ctype

    def readers(self):
        """What libbcc makes of the arguments' notes."""
        return "".join(
            "static __always_inline int _bpf_readarg_%s_%d(struct pt_regs *ctx, void *to, "
            "size_t len)\n{\n\tif (len != sizeof(u64))\n\t\treturn -1;\n"
            "\t*(u64 *)to = ctx->di;\n\treturn 0;\n}\n" % (fn, n)
            for fn in dict.fromkeys(self.functions) for n in range(1, 7))


class Recorder:
    def __init__(self, folder, tool, seen):
        self.folder, self.tool, self.seen, self.usdt = folder, tool, seen, b""

    def genargs(self, contexts, count):
        return self.usdt

    def compile(self, text, debug, flags, count, *rest):
        if not text.strip():
            return 1  # only to ask the library something
        flags = b"\n".join(flags[i] for i in range(count))
        key = (text, flags)
        if key not in self.seen:
            path = "%s/%s.%d" % (self.folder, self.tool, len(self.seen) + 1)
            with open(path + ".c", "wb") as f:
                f.write(text)
            if flags:
                with open(path + ".flags", "wb") as f:
                    f.write(flags + b"\n")
        raise SystemExit(0)


def kernel_functions(event_re):
    """Those of the symbols; a kernel without kprobes has no list of its own."""
    event_re = event_re if isinstance(event_re, bytes) else event_re.encode()
    return sorted({n for n in FUNCTIONS if re.fullmatch(event_re, n)})[:64]


def open_file(path, *args, **keys):
    """Tools want the address of what this kernel may lack, or does not tell."""
    if path != "/proc/kallsyms":
        return REAL_OPEN(path, *args, **keys)
    return io.StringIO("".join("ffffffff81%06x D %s\n" % (i * 64, n) for i, n in enumerate(
        ("btrfs_file_operations", "ext4_file_operations", "f2fs_file_operations",
          "vm_stat", "vm_zone_stat"))))


def run(path, words, kfunc, recorder):
    """In a process of its own."""
    real = BPF.__init__
    # bashreadline of 0.31 looks into a file with it; what it finds does not matter here
    for name in ("elftools", "elftools.elf", "elftools.elf.elffile"):
        sys.modules[name] = mock.MagicMock()

    def init(self, *args, **keys):
        recorder.usdt = "".join(
            u.readers() for u in keys.get("usdt_contexts", [])).encode()
        real(self, *args, **keys)

    BPF.__init__ = init
    BPF._trace_autoload = lambda self: None
    BPF.cleanup = lambda self: None
    BPF.support_kfunc = staticmethod(lambda: kfunc)
    BPF.get_kprobe_functions = staticmethod(kernel_functions)
    bcc.lib.bpf_module_create_c_from_string = recorder.compile
    bcc.lib.bcc_usdt_genargs = recorder.genargs
    bcc.USDT = Usdt
    builtins.open = open_file
    os.path.exists = lambda path: b"preemptirq" in os.fsencode(path) or REAL_EXISTS(path)
    curses.wrapper = lambda main, *args: main(mock.MagicMock(), *args)
    curses.nocbreak = lambda: None
    out = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1) if os.environ.get("EXTRACT_LOUD") else (0, 1, 2):
        os.dup2(out, fd)
    os.chdir("/usr/share/bpfcc-tools" if os.path.isdir("/usr/share/bpfcc-tools") else "/")
    sys.argv = [path] + words
    runpy.run_path(path, run_name="__main__")


def texts_of(folder, tool):
    found = set()
    for name in sorted(os.listdir(folder)):
        if name.startswith(tool + ".") and name.endswith(".c"):
            with open("%s/%s" % (folder, name), "rb") as f:
                text = f.read()
            flags = "%s/%sflags" % (folder, name[:-1])
            data = b""
            if os.path.exists(flags):
                with open(flags, "rb") as f:
                    data = f.read().rstrip(b"\n")
            found.add((text, data))
    return found


def child(path, words, kfunc, recorder):
    """Runs the tool to its compile call; bcc's state goes with the process. Whether it declined."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] != 0
    declined = False
    try:
        run(path, words, kfunc, recorder)
    except BaseException as why:
        declined = isinstance(why, SystemExit) and why.code is None
        if os.environ.get("EXTRACT_LOUD"):
            print(recorder.tool, words, repr(why), file=sys.stderr)
    os._exit(declined)


def main():
    folder, tools = sys.argv[1], (sys.argv + ["/usr/sbin"])[2]
    for name in sorted(os.listdir(tools)):
        path, tool = "%s/%s" % (tools, name), name[:-len("-bpfcc")]
        if not name.endswith("-bpfcc"):
            continue
        with open(path, "rb") as f:
            source = f.read()
        if b"BPF(" not in source:
            continue  # a tool without a text, or a script that starts another
        declined = False
        for words in ARGUMENTS.get(tool, [""]):
            for kfunc in (False, True) if b"support_kfunc" in source else (False,):
                declined |= child(path, shlex.split(words), kfunc,
                                  Recorder(folder, tool, texts_of(folder, tool)))
        if not declined and not texts_of(folder, tool):
            print(tool)


main()
