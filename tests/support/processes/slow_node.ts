/**
 * Stand-ins for a node whose programs are slow: each takes 600 ms, and a reload of systemd 2 s, during which systemd answers
 * nobody. They keep the state of a DRBD and a systemd that know a few resources, and note when each program began and
 * ended.
 *
 * systemd's files in /run are those of a mount namespace of its own.
 */
import type { DaemonOptions } from "./daemon_process.ts";
import { dumpOf, line } from "../core/events2_text.ts";
import { showJson } from "./ctl_node.ts";

/**
 * How long a program takes, and how long systemd reads its units. Programs that drbdd starts at once have to overlap also where
 * the machine takes 100 ms and more to start each of them.
 */
const PROGRAM_S = 0.6;
const RELOAD_S = 2;

/** Hides /run of the machine, then becomes the program that follows. */
export const OWN_RUN: readonly string[] = [
  "unshare",
  "--map-root-user",
  "--mount",
  "sh",
  "-c",
  'mount -t tmpfs none /run && mkdir -p /run/systemd/system && exec "$@"',
  "sh",
];

/** Whether this machine lets a test have a mount namespace. */
export async function hasNamespaces(): Promise<boolean> {
  const [program = "", ...args] = [...OWN_RUN, "true"];
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** `WHAT NANOSECONDS PID PARENT PROGRAM ARGUMENTS` into the trace. */
const note = (what: string, program: string) =>
  `echo "${what} $(date +%s%N) $$ $PPID ${program} $*" >> "$DIR/trace"`;

/** `finish` is the moment in which the work of the program is done. */
const PROGRAM = (name: string, rest: string) =>
  `${note("begin", name)}
finish() { ${note("end", name)}; }
say() { cat "$DIR/lines/$1" >> "$DIR/events2"; cp "$DIR/dumps/$1" "$DIR/state/\${1%%.*}"; }
${rest}`;

const DRBDSETUP = PROGRAM(
  "drbdsetup",
  `
sleep ${PROGRAM_S}
case "$1" in
show) cat "$DIR/show.json"; finish "$@"; exit;;
events2) ;;
*) finish "$@"; exit;;
esac
seen=$(wc -l < "$DIR/events2")
for each in "$DIR"/state/*; do [ -e "$each" ] && cat "$each"; done
echo "exists -"
finish "$@"
case " $* " in *" --now "*) exit;; esac
tail -n +$((seen + 1)) -f "$DIR/events2" &
echo $! >> "$DIR/tails"
trap 'kill $! 2>/dev/null; exit' TERM EXIT
while read -r _; do :; done`,
);

const DRBDADM = PROGRAM(
  "drbdadm",
  `
sleep ${PROGRAM_S}
case "$1" in
sh-ll-dev) echo "/dev/drbdd-test-$2";;
adjust) [ -e "$DIR/state/$2" ] || say "$2.secondary";;
esac
finish "$@"`,
);

/** Of the backing devices, which are there. Deno asks it for what is below /dev. */
const STAT = PROGRAM("stat", `sleep ${PROGRAM_S}; echo "61b0 0 0"; finish "$@"`);

/** A unit that is not active is read from its files whenever somebody asks for it. */
const SYSTEMCTL = PROGRAM(
  "systemctl",
  `
while [ "\${1#--no-}" != "$1" ]; do shift; done
verb=$1
reload() { flock 9; sleep ${RELOAD_S}; rm -f "$DIR"/stale/*; }
exec 9>> "$DIR/pid1"
case "$verb $*" in
daemon-reload*) reload; finish "$@"; exit;;
mask*--no-reload*) ;;
mask*|unmask*) reload;;
esac
flock -s 9
sleep ${PROGRAM_S}
words="$*"
for last; do :; done
name=\${last#*@}
name=\${name%%.*}
show() {
  file="$DIR/active/$unit"
  for property in $properties; do
    value=
    case $property in
    LoadState) value=loaded; [ -e "$DIR/masked/$unit" ] && value=masked;;
    UnitFileState) value=static; [ -e "$DIR/masked/$unit" ] && value=masked-runtime;;
    ActiveState) value=inactive; [ -e "$file" ] && value=active;;
    NeedDaemonReload) value=no; [ -e "$DIR/stale/$unit" ] && value=yes;;
    FreezerState) value=running;;
    Type) value=simple;;
    ConditionResult|AssertResult) value=yes;;
    DropInPaths) value=$(echo /run/systemd/system/"$unit".d/*.conf);;
    ExecStart) [ "$unit" = drbdd.service ] && value="{ path=drbdd ; argv[]=drbdd --config $DIR/drbdd.toml ; ignore_errors=no }";;
    ExecCondition) case $unit in
      drbd-promote@*) value="{ path=$DIR/drbd-service-shim.sh ; }";; esac;;
    esac
    echo "$property=$value"
  done
  echo
}
case "$verb" in
show)
  shift
  properties=
  while [ "$1" != -- ]; do properties="$properties \${1#--property=}"; shift; done
  shift
  for unit; do show; done;;
start)
  if [ -e "$DIR/masked/$last" ]; then exit 1; fi
  for unit in "drbd-promote@$name.service" "$name.service" "drbd-services@$name.target"; do : > "$DIR/active/$unit"; done
  say "$name.primary";;
stop)
  units=$(shift; echo "$*")
  for unit in $units; do
    name=\${unit#*@}; name=\${name%%.*}
    [ -e "$DIR/active/drbd-promote@$name.service" ] || continue
    rm -f "$DIR/active/drbd-promote@$name.service" "$DIR/active/$name.service" "$DIR/active/drbd-services@$name.target"
    say "$name.$(cat "$DIR/after-stop")"
  done;;
mask) : > "$DIR/masked/$last";;
unmask) rm -f "$DIR/masked/$last";;
esac
finish $words`,
);

/** The state of a resource in DRBD; of one whose services run, systemd has not loaded the drop-ins that are there. */
export type ResourceState = "down" | "secondary" | "running" | "running without quorum";

/** Files and programs of such a node, with resources in some state. */
export function slowNode(resources: Readonly<Record<string, ResourceState>>): DaemonOptions {
  const names = Object.keys(resources);
  const files: Record<string, string> = {
    "events2": "",
    "trace": "",
    "tails": "",
    "pid1": "",
    "after-stop": "elsewhere",
    "active/README": "",
    "masked/README": "",
    "stale/README": "",
    "state/README": "",
    "show.json": showJson(...names),
    "drbd-service-shim.sh": "secondary-secondary-force",
  };
  for (const name of names) {
    const texts = {
      "secondary": dumpOf(name),
      "primary": changed(name, [
        line("exists", "resource", { name, role: "Primary", may_promote: "no" }),
      ]),
      "elsewhere": changed(name, [
        line("exists", "resource", { name, may_promote: "no" }),
        line("exists", "connection", { name, role: "Primary" }),
      ]),
      "without-quorum": changed(name, [
        line("exists", "resource", { name, role: "Primary", may_promote: "no" }),
        line("exists", "device", { name, quorum: "no" }),
      ]),
    };
    for (const [state, lines] of Object.entries(texts)) {
      files[`dumps/${name}.${state}`] = lines.map((each) => `${each}\n`).join("");
      const verb = state === "secondary" ? "create" : "change";
      files[`lines/${name}.${state}`] = lines.map((each) => `${each.replace(/^exists/, verb)}\n`).join("");
    }
    const state = resources[name] ?? "down";
    if (state !== "down") files[`state/${name}`] = files[`dumps/${name}.${DUMPS[state]}`] ?? "";
    if (!state.startsWith("running")) continue;
    for (const unit of [`drbd-promote@${name}.service`, `${name}.service`, `drbd-services@${name}.target`]) {
      files[`active/${unit}`] = files[`stale/${unit}`] = "";
    }
  }
  const programs = { drbdsetup: DRBDSETUP, drbdadm: DRBDADM, systemctl: SYSTEMCTL, stat: STAT };
  return { config: "", programs, files };
}

const DUMPS = {
  "secondary": "secondary",
  "running": "primary",
  "running without quorum": "without-quorum",
} as const;

/** The dump of a healthy resource with some objects as given. */
function changed(name: string, lines: readonly string[]): string[] {
  const kindOf = (text: string) => text.split(" ")[1];
  return dumpOf(name).map((text) => lines.find((each) => kindOf(each) === kindOf(text)) ?? text);
}

/** A run of a program, in milliseconds since 1970. One that has not ended has no end. */
export interface ProgramRun {
  /** Pid of the process that ran it. */
  readonly parent: number;
  readonly words: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** Reads a trace. */
export function programRuns(trace: string): ProgramRun[] {
  const runs = new Map<string, ProgramRun>();
  for (const text of trace.split("\n").slice(0, -1)) {
    const [what = "", nanoseconds = "", pid = "", parent = "", ...words] = text.split(" ");
    const atMs = Number(nanoseconds) / 1e6;
    if (what === "begin") {
      const run = { parent: Number(parent), words: words.join(" "), startedMs: atMs, endedMs: Infinity };
      runs.set(pid, run);
    } else {
      const run = runs.get(pid);
      if (run !== undefined) runs.set(pid, { ...run, endedMs: atMs });
    }
  }
  return [...runs.values()];
}

/** The longest row of programs of which each began when the one before had ended. */
export function longestRow(runs: readonly ProgramRun[]): string[] {
  const row: string[] = [];
  let endedMs = -Infinity;
  for (const run of runs.toSorted((a, b) => a.endedMs - b.endedMs)) {
    if (run.startedMs < endedMs || run.endedMs === Infinity) continue;
    row.push(shortened(run.words));
    endedMs = run.endedMs;
  }
  return row;
}

/** The program, what it is to do, and to what: without options. */
function shortened(words: string): string {
  return words.split(" ").filter((word) => !word.startsWith("-")).slice(0, 3).join(" ");
}
