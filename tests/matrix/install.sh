# SPDX-License-Identifier: Apache-2.0
# The packages install in a fresh system with nothing but what they depend on, and work there.
# What the tests of the cells need is added then, to another copy than the one purge.sh gets.
set -eu
here=$(CDPATH='' cd -- "${0%/*}" && pwd)
cd "$CBEE_FOLDER"
in_system() {
	sh "$here/inside" "$CBEE_FOLDER/system" "$@"
}
rm -rf system purged
cp -a base system
sh "$here/files" system >files
mkdir system/srv/packages
cp packages/*.deb system/srv/packages
rm -f system/srv/packages/*-dbgsym_*
in_system sh -c 'cd /srv/packages && apt-get install -qy ./*.deb'
rm -r system/srv/packages
[ ! -e system/var/cache/cbee ] # an image gets no cache of this kernel's programs

unset CBEE_CACHE # the one it has when installed
sleep 1          # what is made from a file of this very second is not kept
in_system cbee doctor
in_system cbee-execsnoop -- /bin/true 1 2 >execs
grep -qE ' /bin/true 1 2$' execs
[ "$(stat -c '%a %u' system/var/cache/cbee)" = '700 0' ]
[ "$(in_system cbee cache list | grep -c ' fresh$')" -eq 1 ] # the purge has a cache to remove
cp -a system purged

in_system apt-get install -qy --no-install-recommends gcc jq libc6-dev make pkg-config procps python3
