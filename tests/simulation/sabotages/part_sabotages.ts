/** Wrong parts around the decision: order of starts and stops, drop-ins, escaping, freezing, reload, shell, watching. */
import type { ResourceConfig } from "../../../plugins/promoter/config.ts";
import type { Defect } from "../cluster/node/defect.ts";
import type { Sabotage } from "./sabotage.ts";

/** Of a run of systemctl: its verb and the units it names. */
function verbOf(argv: readonly string[]): { readonly verb: string; readonly units: readonly string[] } {
  const [program, ...args] = argv;
  const [verb = "", ...units] = program === "systemctl" ? args.filter((arg) => !arg.startsWith("-")) : [];
  return { verb, units };
}

/** Runs of systemctl with this verb do nothing. */
function without(verb: string): () => Defect {
  return () => ({ program: (argv) => verbOf(argv).verb === verb ? undefined : argv });
}

/** Runs of systemctl with this verb are for other units. */
function withUnits(verb: string, change: (units: readonly string[]) => readonly string[]): () => Defect {
  return () => ({
    program: (argv) => {
      const { verb: found, units } = verbOf(argv);
      if (found !== verb) return argv;
      const others = change(units);
      return others.length === 0 ? undefined : ["systemctl", verb, ...others];
    },
  });
}

/** Of the texts of drop-ins, some lines are missing. */
function withoutLines(pattern: RegExp): () => Defect {
  return () => ({ file: (_path, text) => text.split("\n").filter((line) => !pattern.test(line)).join("\n") });
}

function shell(
  change: (config: ResourceConfig & { readonly runner: "shell" }) => ResourceConfig,
): () => Defect {
  return () => ({ config: (config) => config.runner === "shell" ? change(config) : config });
}

/** Every so many lines one is lost. */
function losing(every: number): () => Defect {
  return () => {
    let count = 0;
    return { line: (line) => ++count % every === 0 && line.startsWith("change") ? undefined : line };
  };
}

/** Lines of volumes but the first say something else. */
function otherVolumes(pattern: RegExp, replacement: string): () => Defect {
  return () => ({
    line: (line) => / device .* volume:[1-9]/.test(line) ? line.replace(pattern, replacement) : line,
  });
}

export const PART_SABOTAGES: readonly Sabotage[] = [
  {
    name: "starts-first-only",
    what: "only the first unit of a start list is started",
    make: withUnits(
      "start",
      (units) => units.map((unit) => unit.replace(/^drbd-services@(.*)\.target$/, "drbd-promote@$1.service")),
    ),
  },
  {
    name: "stops-target-only",
    what: "a stop is for the target, and not for what it leaves",
    make: withUnits("stop", (units) => units.slice(0, 1)),
  },
  {
    name: "stops-no-promotion",
    what: "a stop leaves target and promotion",
    make: withUnits("stop", (units) => units.slice(2)),
  },
  { name: "stop-does-nothing", what: "systemctl stop is not run", make: without("stop") },
  { name: "freeze-does-nothing", what: "systemctl freeze is not run", make: without("freeze") },
  {
    name: "freezes-one",
    what: "only the first service is frozen",
    make: withUnits("freeze", (units) => units.filter((unit) => unit.includes("-0."))),
  },
  { name: "thaw-does-nothing", what: "systemctl thaw is not run", make: without("thaw") },
  { name: "no-daemon-reload", what: "systemd is not asked to read drop-ins", make: without("daemon-reload") },
  {
    name: "no-reset-failed",
    what: "the start limit is never reset",
    profile: "restarts by systemd",
    make: without("reset-failed"),
  },
  {
    name: "no-adjust",
    what: "drbdadm adjust is not run",
    make: () => ({ program: (argv) => argv.includes("adjust") ? undefined : argv }),
  },
  {
    name: "promotes-by-force",
    what: "the shell runner promotes by force",
    make: shell((config) => ({
      ...config,
      start: config.start.map((command) => command.replace("drbdadm primary", "drbdadm primary --force")),
    })),
  },
  {
    name: "shell-stops-nothing",
    what: "the shell runner runs no stop command",
    make: shell((config) => ({ ...config, stop: ["true"] })),
  },
  {
    name: "shell-only-demotes",
    what: "the shell runner only demotes",
    make: shell((config) => ({ ...config, stop: config.stop.slice(-1) })),
  },
  {
    name: "shell-demotes-first",
    what: "the shell runner demotes before it stops",
    profile: "services",
    make: shell((config) => ({ ...config, stop: config.stop.toReversed() })),
  },
  {
    name: "shell-promotes-last",
    what: "the shell runner starts services before it promotes",
    make: shell((config) => ({ ...config, start: config.start.toReversed() })),
  },
  {
    name: "shell-starts-half",
    what: "the shell runner leaves the last start command out",
    make: shell((config) => ({ ...config, start: config.start.slice(0, -1) })),
  },
  {
    name: "no-monitor",
    what: "the monitor is not run",
    make: shell((config) => ({ ...config, monitor: undefined })),
  },
  {
    name: "monitor-always-well",
    what: "the answer of a monitor does not count",
    make: shell((config) => ({ ...config, monitor: config.monitor && "true" })),
  },
  {
    name: "no-signals",
    what: "a start that was given up goes on",
    profile: "outages",
    make: () => ({ ignoresSignals: true }),
  },
  {
    name: "blind-watch",
    what: "units that failed look active",
    make: () => ({
      output: (argv, text) =>
        argv.includes("--property=Type")
          ? text.replaceAll(/ActiveState=(failed|inactive)/g, "ActiveState=active")
          : text,
    }),
  },
  {
    name: "all-looks-active",
    what: "all units look active",
    make: () => ({
      output: (argv, text) =>
        argv.includes("show") ? text.replaceAll(/ActiveState=\w+/g, "ActiveState=active") : text,
    }),
  },
  {
    name: "all-looks-inactive",
    what: "all units look inactive",
    make: () => ({
      output: (argv, text) =>
        argv.includes("show") ? text.replaceAll(/ActiveState=\w+/g, "ActiveState=inactive") : text,
    }),
  },
  {
    name: "no-drop-ins",
    what: "drop-ins are not written",
    make: () => ({ file: (path, text) => path.startsWith("/run/systemd") ? undefined : text }),
  },
  { name: "no-binding", what: "units are not bound to the promotion", make: withoutLines(/^BindsTo/) },
  { name: "no-part-of", what: "units are no part of the target", make: withoutLines(/^PartOf/) },
  { name: "no-order", what: "units are not ordered", make: withoutLines(/^After/) },
  {
    name: "empty-target",
    what: "the target names no units",
    make: () => ({ file: (path, text) => path.includes(".target.d/") ? "[Unit]\n" : text }),
  },
  {
    name: "no-forced-demotion",
    what: "nobody is demoted by force",
    profile: "busy mounts",
    make: withoutLines(/^ExecStop/),
  },
  {
    name: "no-escaping",
    what: "names of units are not escaped",
    make: () => ({
      file: (path, text) => path.includes("drbd-services@") ? undefined : text.replaceAll("\\x2d", "-"),
    }),
  },
  {
    name: "wrong-instance",
    what: "units are bound to the promotion of an unescaped name",
    make: () => ({ file: (_path, text) => text.replaceAll("\\x2d", "-") }),
  },
  {
    name: "drop-ins-stay",
    what: "drop-ins of what is configured no more stay",
    profile: "reloads",
    make: () => ({ keepsFiles: true }),
  },
  {
    name: "no-reload",
    what: "the configuration is not read again",
    profile: "reloads",
    make: () => ({ ignoresReload: true }),
  },
  { name: "late-timers", what: "timers are 3 s late", make: () => ({ timersLateMs: 3_000 }) },
  { name: "loses-lines", what: "one in thirty lines is lost", make: losing(30) },
  {
    name: "no-destroy",
    what: "a resource that is taken down is not seen to go",
    profile: "taken down",
    make: () => ({ line: (line) => line.startsWith("destroy") ? undefined : line }),
  },
  {
    name: "first-volume-quorum",
    what: "the quorum of one volume counts for all",
    profile: "outages",
    make: otherVolumes(/quorum:no/, "quorum:yes"),
  },
  {
    name: "first-volume-disk",
    what: "the disk of one volume counts for all",
    profile: "outages",
    make: otherVolumes(/disk:\w+/, "disk:UpToDate"),
  },
  {
    name: "any-number-protects",
    what: "any number of nodes counts as protection",
    profile: "options",
    make: () => ({
      output: (argv, text) =>
        argv.includes("show") ? text.replaceAll(/"quorum": "\d+"/g, '"quorum": "majority"') : text,
    }),
  },
  {
    name: "two-primaries-protect",
    what: "two Primaries that are allowed are not noticed",
    profile: "options",
    make: () => ({
      output: (argv, text) =>
        argv.includes("show")
          ? text.replaceAll('"allow-two-primaries": true', '"allow-two-primaries": false')
          : text,
    }),
  },
];
