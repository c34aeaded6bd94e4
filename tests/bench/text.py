# SPDX-License-Identifier: Apache-2.0
# Prints the BPF text that one of BCC's Python tools would compile.
# usage: text.py TOOL [ARGUMENT]...
# The tool runs with a bcc module that compiles nothing. Status 1: it made no text.
import os
import sys
import types


class Caught(Exception):
    """The tool has got as far as its text."""


class Program:
    """Stands for bcc.BPF: has every event, and stops where the text is known."""

    def __init__(self, text=None, src_file=None, **others):
        raise Caught(text if text is not None else open(src_file).read())

    def __getattr__(self, name):
        return lambda *a, **k: None

    tracepoint_exists = staticmethod(lambda category, event: True)
    kernel_struct_has_field = staticmethod(lambda struct, field: True)
    get_kprobe_functions = staticmethod(lambda pattern: [pattern])
    get_syscall_prefix = staticmethod(lambda: b"__x64_sys_")
    get_syscall_fnname = staticmethod(lambda name: b"__x64_sys_" + name)
    support_kfunc = staticmethod(lambda: False)
    support_raw_tracepoint = staticmethod(lambda: True)
    ksymname = staticmethod(lambda name: 1)


class Anything(types.ModuleType):
    """A module that has whatever is asked of it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Program if name == "BPF" else type(name, (), {})


for part in ("bcc", "bcc.utils", "bcc.containers", "bcc.syscall", "bcc.libbcc", "bcc.usdt"):
    sys.modules[part] = Anything(part)
sys.modules["bcc.utils"].printb = print
sys.modules["bcc.utils"].ArgString = str
sys.modules["bcc.containers"].filter_by_containers = lambda args: (
    "static inline int container_should_be_filtered(void) { return 0; }\n")
sys.modules["bcc.syscall"].syscall_name = str
sys.modules["bcc.syscall"].syscalls = {}

sys.argv = sys.argv[1:]
stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
try:
    exec(compile(open(sys.argv[0]).read(), sys.argv[0], "exec"), {"__name__": "__main__"})
except Caught as caught:
    text = caught.args[0]
    stdout.write(text if isinstance(text, str) else text.decode())
    sys.exit(0)
except (Exception, SystemExit) as problem:
    sys.stderr.write("%s\n" % problem)
sys.exit(1)
