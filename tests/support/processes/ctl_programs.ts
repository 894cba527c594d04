/**
 * Stand-ins for the programs that drbddctl runs, as shell scripts on files of the trial's folder:
 *
 *     units/UNIT    properties of a unit, as NAME=VALUE lines; start, stop, mask and such change them
 *     do/VERB       what systemctl does for VERB instead, with the units as arguments
 *     reloaded      what the daemon says after a reload
 *     journal       what the daemon has said
 *     events2       what drbdsetup prints
 */
import { RELOADED } from "../../../src/app/outcome.ts";

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
show() {
  PROPERTIES=$properties UNITS=$* awk '
    BEGIN {
      preset["ActiveState"] = "inactive"; preset["LoadState"] = "loaded"
      preset["FreezerState"] = "running"; preset["UnitFileState"] = "disabled"
      count = split(ENVIRON["UNITS"], unit, " "); wanted = split(ENVIRON["PROPERTIES"], name, " ")
      for (i = 1; i <= count; i++) {
        if (i > 1) print ""
        split("", value)
        file = "units/" unit[i]
        while ((getline line < file) > 0) value[substr(line, 1, index(line, "=") - 1)] = substr(line, index(line, "=") + 1)
        close(file)
        for (j = 1; j <= wanted; j++) print name[j] "=" (name[j] in value ? value[name[j]] : preset[name[j]])
      }
    }'
}
put() {
  touch "units/$1"
  { grep -v "^$2=" "units/$1"; echo "$2=$3"; } > "units/$1.new"
  mv "units/$1.new" "units/$1"
}
if [ -e "do/$verb" ]; then . "do/$verb"; exit; fi
case $verb in
  show) show "$@" ;;
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
