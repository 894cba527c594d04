/** Stand-ins for the programs of a node, for drbddctl. `$DIR` is the folder of the trial. */

/**
 * drbdsetup prints `$DIR/events2`: once for `--now`, otherwise also what is appended to it, until its input ends. What it
 * shows is `$DIR/show.json`.
 */
export const DRBDSETUP = `
case "$1" in
show) cat "$DIR/show.json"; exit;;
esac
case " $* " in
*" --now "*) cat "$DIR/events2"; exit;;
esac
tail -n +1 -f "$DIR/events2" &
trap 'kill $! 2>/dev/null; exit' TERM EXIT
while read -r _; do :; done`;

/** systemctl shows for each unit what is in \`$DIR/units/UNIT\`, and of others that they are loaded and inactive. */
export const SYSTEMCTL = `
[ "$1" = --no-pager ] && shift 2
[ "$1" = show ] || { echo "systemctl $*" >> "$DIR/calls"; exit 0; }
shift
properties=
while [ "$1" != -- ]; do properties="$properties \${1#--property=}"; shift; done
shift
for unit; do
  for property in $properties; do
    value=
    case $property in LoadState) value=loaded;; ActiveState) value=inactive;; UnitFileState) value=disabled;; esac
    file="$DIR/units/$unit"
    [ -e "$file" ] && found=$(sed -n "s/^$property=//p" "$file") && [ -n "$found" ] && value=$found
    echo "$property=$value"
  done
  echo
done`;

/** A journal with nothing of drbdd's. */
export const JOURNALCTL = "exit 0";

/** Options that are fit for a promoter, as drbdsetup shows them. */
export function showJson(...names: readonly string[]): string {
  const options = {
    "auto-promote": false,
    "quorum": "majority",
    "on-no-quorum": "io-error",
    "on-no-data-accessible": "io-error",
    "on-suspended-primary-outdated": "force-secondary",
  };
  return JSON.stringify(names.map((resource) => ({ resource, options, connections: [] })));
}

export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
