#!/bin/sh
# Builds a root file system: build_root.sh DIRECTORY MMDEBSTRAP-ARGUMENT...
# Does nothing if DIRECTORY is there. It is complete when it has that name. The lock goes on to all that is started here, so
# not even the remains of a build whose test was killed can meet the next one.
set -eu

root=$1
shift
mkdir -p "$(dirname "$root")"
exec 9>"$(dirname "$root")/lock"
flock 9
[ ! -d "$root" ] || exit 0
rm -rf --one-file-system "$root.unfinished"
mmdebstrap "$@" "$root.unfinished"
mv "$root.unfinished" "$root"
