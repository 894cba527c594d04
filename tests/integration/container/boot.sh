#!/bin/sh
# The first process of a container: builds the world that its systemd sees, then becomes that systemd.
#
#   boot.sh STATE ROOT [OUTSIDE INSIDE]...
#
# Runs in new pid, mount, uts, ipc, cgroup and network namespaces. STATE is this container's own folder outside:
# STATE/files is laid over ROOT, which is only read. Each OUTSIDE (absolute) is bind-mounted on INSIDE.
# The first line on standard output names this process and its parent by their ids outside.
set -eu
umask 022

state=$1
root=$2
shift 2

# This /proc is still that of outside.
read -r self _ _ parent _ </proc/self/stat
echo "pids $self $parent"
exec 1>&2

mount --make-rprivate /
ram=$state/ram
mount -t tmpfs -o mode=0755 tmpfs "$ram"
mkdir "$ram/upper" "$ram/work" "$ram/root"
mount -t overlay -o "lowerdir=$root,upperdir=$ram/upper,workdir=$ram/work" overlay "$ram/root"
cd "$ram/root"

mount -t proc -o nosuid,nodev,noexec proc proc
# Most sysctls belong to the whole machine. systemd leaves them alone where it cannot write.
for path in proc/sys proc/sysrq-trigger; do
  [ -e "$path" ] || continue
  mount --bind "$path" "$path"
  mount -o remount,bind,ro "$path"
done
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
# Pure cgroup2, whatever the host has: a hybrid systemd cannot freeze units.
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup

mount -t tmpfs -o mode=0755,nosuid tmpfs dev
for name in null zero full random urandom tty; do
  : >"dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs run

# After the mounts, for files below run; before the binds, not to write to what is bound.
tar -C "$state/files" -c . | tar -x --keep-directory-symlink --no-overwrite-dir

while [ $# -gt 0 ]; do
  if [ -d "$1" ]; then
    mkdir -p "./$2"
  else
    mkdir -p "$(dirname "./$2")"
    : >>"./$2"
  fi
  mount --bind "$1" "./$2"
  shift 2
done

hostname "$(cat etc/hostname)"
mkdir outside
pivot_root . outside
cd /
umount -l /outside
rmdir /outside

# Without these capabilities nothing in here can set the machine's clock, load modules or reach its hardware.
exec env -i container=drbdd PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
  setpriv --bounding-set=-sys_module,-sys_rawio,-sys_time \
  /lib/systemd/systemd </dev/null
