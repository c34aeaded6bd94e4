# SPDX-License-Identifier: Apache-2.0
# The tutorial's programs, built from where libcbee-dev puts them, as a reader would; then the
# tests of what each prints.
. "${0%/*}/../lib.sh"
need_program make cc pkg-config

cp -r /usr/share/doc/libcbee-dev/tutorial "$T/tutorial" || fail "there is no tutorial"
run make -C "$T/tutorial"
expect_status 0
expect_empty_err
# What clang and Go make of it, who are not here: on the machine that runs this.
cp "$TOP/made/"* "$T/tutorial"
# Kept, whatever the compiler had to mount to read the tracepoint's format.
for how in compiled found; do
	run env CBEE_CACHE="$T/kept" cbee run -v "$T/tutorial/hello.bpf.c" -- true
	expect_status 0
	expect_err "^cbee run: $how .*/hello\.bpf\.c "
done
export CBEE_TUTORIAL="$T/tutorial"
for test in tutorial tutorial-kprobes; do
	status=0
	sh "$TOP/tests/vm/$test.sh" || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || fail "$test.sh: status $status"
done
