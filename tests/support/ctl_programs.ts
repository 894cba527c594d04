/**
 * Stand-ins for the programs that drbddctl runs, as shell scripts on files of the trial's folder:
 *
 *     units/UNIT    properties of a unit, as NAME=VALUE lines; start, stop, mask and such change them
 *     do/VERB       what systemctl does for VERB in place of that, with the units as arguments
 *     reloaded      what the daemon says after a reload
 *     journal       what the daemon has said
 *     events2       what drbdsetup prints
 */
import { RELOADED } from "../../src/app/outcome.ts";

const SYSTEMCTL = `
cd "$DIR"
mkdir -p units
verb= properties= runtime=
while [ $# -gt 0 ]; do
  case $1 in
    --property=*) properties="$properties \${1#*=}" ;;
    --runtime) runtime=" --runtime" ;;
    --) shift; break ;;
    --*) ;;
    *) if [ -z "$verb" ]; then verb=$1; else break; fi ;;
  esac
  shift
done
[ "$verb" = show ] || echo "systemctl $verb$runtime\${1:+ $*}" >> calls
property() {
  if value=$(grep -m 1 "^$2=" "units/$1" 2>/dev/null); then echo "$value"; return; fi
  case $2 in
    ActiveState) echo "$2=inactive" ;;
    LoadState) echo "$2=loaded" ;;
    FreezerState) echo "$2=running" ;;
    UnitFileState) echo "$2=disabled" ;;
    *) echo "$2=" ;;
  esac
}
put() {
  touch "units/$1"
  { grep -v "^$2=" "units/$1"; echo "$2=$3"; } > "units/$1.new"
  mv "units/$1.new" "units/$1"
}
if [ -e "do/$verb" ]; then . "do/$verb"; exit; fi
case $verb in
  show)
    first=1
    for unit; do
      [ -n "$first" ] || echo
      first=
      for name in $properties; do property "$unit" "$name"; done
    done
    ;;
  start | restart) for unit; do put "$unit" ActiveState active; done ;;
  stop) for unit; do put "$unit" ActiveState inactive; done ;;
  mask) for unit; do put "$unit" LoadState masked; put "$unit" UnitFileState masked-runtime; done ;;
  reload) cat reloaded >> journal ;;
  status) for unit; do echo "(status of $unit)"; done; exit 3 ;;
esac`;

/** Programs of a node, to be given to `CtlTrial.start`. */
export const NODE_PROGRAMS = {
  systemctl: SYSTEMCTL,
  journalctl: `cat "$DIR/journal"`,
  drbdsetup: `cat "$DIR/events2"`,
};

/** Where drbdd runs and takes every configuration. */
export const NODE_FILES = {
  "units/drbdd.service": "ActiveState=active\nStatusText=1 resource, 0 Primary here\n",
  "journal": "",
  "reloaded": `${RELOADED}\n`,
  "events2": "exists -\n",
};
