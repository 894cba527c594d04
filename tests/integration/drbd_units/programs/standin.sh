# shellcheck shell=sh
# What the stand-ins for DRBD's programs share. The README of the tests has the list of files that steer them.

state=/var/lib/standin
program=${0##*/}

# note PHASE WORD...: one line of $state/calls. The time is in seconds since boot.
note() {
  read -r now _ </proc/uptime
  phase=$1
  shift
  printf '%s\t%s\t%s\t%s\n' "$now" "$phase" "$program" "$*" >>"$state/calls"
}

# Whether a test has defined the resource.
is_defined() {
  [ -d "$state/$1" ]
}

# step VERB RESOURCE: does what one command to the kernel would: takes its time, is refused or not.
step() {
  if ! is_defined "$2"; then
    echo "$2: Failure: (158) Unknown resource" >&2
    return 10
  fi
  steering=$state/$2/$1
  [ ! -e "$steering.seconds" ] || sleep "$(cat "$steering.seconds")"
  for refused in "$steering" "$steering.once"; do
    [ -e "$refused" ] || continue
    refusal=$(cat "$refused")
    rm -f "$steering.once"
    echo "$2: State change failed: the test refuses \"$1\"" >&2
    return "${refusal:-11}"
  done
  case $1 in
    primary) echo Primary >"$state/$2/role" ;;
    secondary | secondary-force | down) echo Secondary >"$state/$2/role" ;;
  esac
  [ ! -e "$steering.events" ] || cat "$steering.events" >>"$state/events2"
}
