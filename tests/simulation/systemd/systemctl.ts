/** systemctl, as far as the promoter uses it, asked by argument lists. */
import type { Manager } from "./manager.ts";
import { Service } from "./service.ts";
import { Refusal } from "./transaction.ts";
import { type JobResult, Missing, Target, type Unit } from "./unit.ts";

/** One run of systemctl. */
export interface SystemctlRun {
  /** Without options that change nothing here. */
  readonly args: readonly string[];
  exit(code: number, stdout: string, stderr: string): void;
}

/** Runs systemctl; what it has to say to systemd is said at once. */
export function systemctl(manager: Manager, { args, exit }: SystemctlRun): void {
  const [verb = "", ...words] = args.filter((arg) => !/^--(no-pager|no-ask-password|plain)$/.test(arg));
  const names = words.filter((word) => !word.startsWith("--"));
  switch (verb) {
    case "show":
      return exit(0, show(manager, names, words), "");
    case "start":
    case "stop":
      return runJobs(manager, verb, names, exit, words.includes("--job-mode=ignore-dependencies"));
    case "daemon-reload":
      manager.reload();
      return exit(0, "", "");
    case "status":
      return exit(3, names.map((name) => statusOf(manager.unit(name))).join("\n"), "");
    case "reset-failed":
      for (const name of names) manager.unit(name).resetFailed();
      return exit(0, "", "");
    case "freeze":
    case "thaw":
      return freeze(manager, verb, names, exit);
    case "kill":
      // The simulated services have no ExecStop=: nothing but SIGKILL is sent to them.
      for (const unit of names.map((name) => manager.unit(name))) if (unit instanceof Service) unit.kill();
      return exit(0, "", "");
    case "list-dependencies":
      return exit(0, listDependencies(manager.unit(names[0] ?? "")), "");
    default:
      return exit(1, "", `Unknown command verb ${verb}.\n`);
  }
}

function runJobs(
  manager: Manager,
  type: "start" | "stop",
  names: readonly string[],
  exit: SystemctlRun["exit"],
  isAlone: boolean,
): void {
  const complaints: string[] = [];
  let open = 1;
  const end = () => {
    if (--open === 0) exit(complaints.length === 0 ? 0 : 1, "", complaints.join(""));
  };
  for (const name of names) {
    const unit = manager.unit(name);
    // What does not exist need not be stopped.
    if (type === "stop" && unit instanceof Missing) {
      complaints.push(`Failed to stop ${name}: Unit ${name} not loaded.\n`);
      continue;
    }
    open++;
    try {
      manager.enqueue(
        type,
        unit,
        (result) => {
          if (result !== "done") complaints.push(complaintOf(name, result));
          end();
        },
        false,
        isAlone,
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      complaints.push(`Failed to ${type} ${name}: ${error.message}\n`);
      end();
    }
  }
  end();
}

function complaintOf(unit: string, result: Exclude<JobResult, "done">): string {
  switch (result) {
    case "failed":
      return `Job for ${unit} failed.\n`;
    case "dependency":
      return `A dependency job for ${unit} failed. See 'journalctl -xe' for details.\n`;
    case "canceled":
      return `Job for ${unit} canceled.\n`;
  }
}

function freeze(
  manager: Manager,
  verb: "freeze" | "thaw",
  names: readonly string[],
  exit: SystemctlRun["exit"],
): void {
  const failed = names.filter((name) => !manager.unit(name).freeze(verb === "freeze"));
  const complaints = failed.map((name) =>
    `Failed to ${verb} unit ${name}: Unit '${name}' is not loaded or has no cgroup.\n`
  );
  exit(failed.length === 0 ? 0 : 1, "", complaints.join(""));
}

/** One block a unit, parted by empty lines; what has no value is left out, as systemctl does with jobs. */
function show(manager: Manager, names: readonly string[], words: readonly string[]): string {
  const wanted = words.flatMap((word) => /^--property=(.*)$/.exec(word)?.[1] ?? []);
  return names.map((name) => {
    const unit = manager.unit(name);
    return wanted.map((property) => {
      const value = property === "NeedDaemonReload"
        ? (manager.host.isOutOfDate?.(unit) ? "yes" : "no")
        : propertyOf(unit, property);
      return value === undefined ? "" : `${property}=${value}\n`;
    }).join("");
  }).join("\n");
}

/** As much of it as drbdd reads. */
function statusOf({ name, conditionMs, wasConditionMet }: Unit): string {
  const isUnmet = conditionMs !== undefined && !wasConditionMet;
  return `${name}\n${
    isUnmet ? `  Condition: start condition failed\n  └─ ConditionPathExists=/srv/${name} was not met\n` : ""
  }`;
}

function propertyOf(unit: Unit, property: string): string | undefined {
  switch (property) {
    case "LoadState":
      return unit.loadState;
    case "ActiveState":
      return unit.state;
    case "FreezerState":
      return unit.freezerState;
    case "CanFreeze":
      return unit instanceof Service ? "yes" : "no";
    case "ControlGroup":
      return unit instanceof Service && unit.hasProcesses ? `/system.slice/${unit.name}` : "";
    case "DropInPaths":
      return unit.file.dropIns.join(" ");
    case "UnitFileState":
      return unit instanceof Missing ? "" : "static";
    case "Type":
      return unit.type;
    case "Job":
      return unit.job === undefined ? undefined : "1";
    case "ActiveEnterTimestampMonotonic":
      return microseconds(unit.activeEnterMs);
    case "ActiveExitTimestampMonotonic":
      return microseconds(unit.activeExitMs);
    case "InactiveExitTimestampMonotonic":
      return microseconds(unit.inactiveExitMs);
    case "ConditionResult":
      return unit.wasConditionMet ? "yes" : "no";
    case "ConditionTimestampMonotonic":
      return microseconds(unit.conditionMs);
    case "StateChangeTimestampMonotonic":
      return microseconds(unit.stateChangeMs);
    case "ExecCondition":
    case "ExecStart": {
      const command = unit instanceof Service ? unit.file.last(`Service.${property}`) : undefined;
      if (command === undefined) return undefined;
      return `{ path=${command.split(" ")[0]} ; argv[]=${command} ; ignore_errors=no }`;
    }
    default:
      return "";
  }
}

function microseconds(ms: number | undefined): string {
  return String(ms === undefined ? 0 : Math.max(1, Math.round(ms * 1000)));
}

/** Targets are expanded, other units are not. */
function listDependencies(root: Unit): string {
  const lines: string[] = [];
  const seen = new Set<Unit>();
  const visit = (unit: Unit, depth: number) => {
    lines.push(`${"  ".repeat(depth)}${unit.name}\n`);
    if (seen.has(unit) || (depth > 0 && !(unit instanceof Target))) return;
    seen.add(unit);
    const { requires, requisite, wants, consistsOf, bindsTo } = unit.ties;
    for (const other of new Set([...requires, ...requisite, ...wants, ...consistsOf, ...bindsTo])) {
      visit(other, depth + 1);
    }
  };
  visit(root, 0);
  return lines.join("");
}
