# SPDX-License-Identifier: Apache-2.0
# The same as many.c, by BCC in Python.
# usage: many.py PATH REGULAR_EXPRESSION
import sys
import time

from bcc import BPF

b = BPF(text="int hit(struct pt_regs *ctx) { return 0; }\n")
began = time.monotonic()
b.attach_uprobe(name=sys.argv[1], sym_re=sys.argv[2], fn_name="hit")
count = b.num_open_uprobes()
b.cleanup()
print("%.1f %d" % ((time.monotonic() - began) * 1e3, count))
