# SPDX-License-Identifier: Apache-2.0
# The packages are built in a system of the suite that has what they say they are built with.
set -eu
cd -- "${0%/*}/../.."
rm -rf "$CBEE_FOLDER/packages"
[ -d "$CBEE_FOLDER/build" ] || cp -a "$CBEE_FOLDER/base" "$CBEE_FOLDER/build"
jobs=$(nproc)
export DEB_BUILD_OPTIONS="nocheck nodoc parallel=$jobs" DEB_BUILD_PROFILES='nocheck nodoc'
sh packaging/deb --root "$CBEE_FOLDER/build" "$CBEE_FOLDER/packages"
ls "$CBEE_FOLDER"/packages/*.deb
