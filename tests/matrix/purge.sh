# SPDX-License-Identifier: Apache-2.0
# Purged, with what came along, the packages leave no file behind, even after they were used.
set -eu
here=$(CDPATH='' cd -- "${0%/*}" && pwd)
cd "$CBEE_FOLDER"
sh "$here/inside" "$CBEE_FOLDER/purged" apt-get purge -qy --autoremove cbee libcbee0 libcbee-dev
sh "$here/files" purged >left
rm -rf purged
diff files left
