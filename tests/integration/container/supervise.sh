#!/bin/sh
# Boots one container and removes every trace of it when it has ended, whatever happens to the test that wanted it.
#
#   supervise.sh STATE CGROUP ROOT [OUTSIDE INSIDE]...
#
# Standard input is the lifeline. A line "poweroff PID TENTHS" asks that first process of the container to power off; it
# is killed if it takes longer (tenths of a second). The end of input without such a line means that the test is gone:
# the container is killed.
# CGROUP (a path on a cgroup2 mount) is created, STATE (see boot.sh) is there; both are removed at the end.
# Standard output: the line of boot.sh, and when all is over "ended STATUS" with the status of unshare: 130 after a
# power-off, 129 after a reboot (signals INT and HUP are what the kernel makes of them), anything else when it died.
set -u

state=$1
cgroup=$2
shift 2
here=$(dirname "$0")
removal_limit=50 # Tenths of a second.

exec 3<&0 </dev/null
if ! mkdir "$state/ram" "$cgroup"; then
  rm -rf "$state"
  exit 1
fi

# cgroup.kill is there since Linux 5.14. Without it the end of unshare takes the container along.
kill_container() {
  echo 1 2>/dev/null >"$cgroup/cgroup.kill" || kill -KILL "$unshare" 2>/dev/null
}

(
  echo 0 >"$cgroup/cgroup.procs" || exit 1
  exec unshare --pid --mount --uts --ipc --net --cgroup --fork --kill-child \
    sh "$here/boot.sh" "$state" "$@" 3<&-
) &
unshare=$!

trap kill_container HUP INT TERM

(
  read -r word pid tenths <&3
  if [ "$word" = poweroff ]; then
    kill -38 "$pid" # RTMIN+4
    while [ "$tenths" -gt 0 ]; do
      sleep 0.1
      tenths=$((tenths - 1))
    done
  fi
  kill_container
) >/dev/null 2>&1 &
reader=$!
exec 3<&-

# With the test gone nobody reads what is written here, and the work must go on.
trap '' PIPE
# A trapped signal interrupts the wait.
while :; do
  wait "$unshare"
  status=$?
  kill -0 "$unshare" 2>/dev/null || break
done
kill "$reader" 2>/dev/null

# The kernel takes a moment to let go of the last process.
tries=0
until find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && [ ! -d "$cgroup" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt "$removal_limit" ]; then
    echo "Cannot remove the cgroup $cgroup" >&2
    break
  fi
  sleep 0.1
done
rm -rf --one-file-system "$state"
echo "ended $status"
[ "$tries" -le "$removal_limit" ]
