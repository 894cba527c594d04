/**
 * Finds mistakes that otherwise show during an outage: at the start and after each reload, each with the command that fixes it.
 * `drbddctl check --system` reports the same.
 */
import type { Resource } from "../../../src/drbd/model/model.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { DrbdOptions } from "./drbd_options.ts";
import { agentPath, MAIN_FILE, targetOf, UNIT_DIRECTORY } from "../systemd/drop_ins/drop_ins.ts";
import { secondaryTargetOf } from "../config/unit_names.ts";
import { remarksOn } from "./option_remarks.ts";
import type { ResourceConfig, SystemdResourceConfig } from "../config/resource_config.ts";
import type { SecondaryConfig } from "../config/secondary_config.ts";
import type { StartEntry } from "../config/start_entry.ts";
import { isUp, type Properties, Systemctl } from "../systemd/units/systemctl.ts";
import { UnitQueries } from "../systemd/units/unit_queries.ts";

/** A problem that was found. */
export interface Finding {
  readonly resource: string;
  /** What was found and what is expected. */
  readonly problem: string;
  /** A command, or an entry of a file, that fixes it. */
  readonly remedy: string;
  /** Nothing can be started because of it. */
  readonly isFatal?: true;
}

/** Exists if the kernel has unified control groups, which freezing needs. */
const UNIFIED_CGROUPS = "/sys/fs/cgroup/cgroup.controllers";

/** The units of the start lists, and their targets. @throws If systemctl cannot be run. */
export async function checkUnits(
  effects: Effects,
  configs: readonly SystemdResourceConfig[],
): Promise<Finding[]> {
  const units = configs.flatMap((config) => unitsOf(config, targetOf));
  const [reactor = new Map(), ...states] = await UnitQueries.of(effects).query([REACTOR, ...units]);
  const found = configs.map((config) => {
    const own = unitsOf(config, targetOf);
    return checkEach(
      effects,
      config,
      own,
      states.splice(0, own.length),
      "it would start at boot without its data",
    );
  });
  return [...checkReactor(reactor, configs), ...(await Promise.all(found)).flat()];
}

/** The same for services that run where the resource is Secondary. @throws If systemctl cannot be run. */
export async function checkSecondaryUnits(
  effects: Effects,
  configs: readonly SecondaryConfig[],
): Promise<Finding[]> {
  const states = await UnitQueries.of(effects).query(
    configs.flatMap((each) => unitsOf(each, secondaryTargetOf)),
  );
  const found = configs.map((config) => {
    const own = unitsOf(config, secondaryTargetOf);
    return checkEach(
      effects,
      config,
      own,
      states.splice(0, own.length),
      "it would start at boot in any role",
    );
  });
  return (await Promise.all(found)).flat();
}

type StartList = Pick<SystemdResourceConfig, "name" | "start">;

/** `enabled` is the consequence if a unit is enabled itself. */
async function checkEach(
  effects: Effects,
  { name, start }: StartList,
  units: readonly string[],
  states: readonly Properties[],
  enabled: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [place, unit] of units.entries()) {
    const found = [
      await checkAgent(effects, start[place - 1]),
      checkUnit(unit, states[place] ?? new Map(), place > 0 ? enabled : undefined),
      await checkDropIn(effects, unit),
      await checkReactorDropIn(effects, unit),
    ];
    for (const finding of found) {
      if (finding !== undefined) findings.push({ resource: name, ...finding });
    }
  }
  return findings;
}

/** The target first. */
function unitsOf({ name, start }: StartList, target: (name: string) => string): string[] {
  return [target(name), ...start.map((entry) => entry.unit)];
}

/** Two daemons that start and stop the same services would conflict. */
function checkReactor(reactor: Properties, configs: readonly SystemdResourceConfig[]): Finding[] {
  const [first] = configs;
  if (first === undefined || !isUp(reactor)) return [];
  return [{
    resource: first.name,
    problem: `${REACTOR} runs beside drbdd: both may start and stop the same services`,
    remedy: `systemctl disable --now ${REACTOR}`,
  }];
}

/** drbd-reactor never removes its drop-ins: they stay in effect until the next boot. */
async function checkReactorDropIn(
  effects: Effects,
  unit: string,
): Promise<Omit<Finding, "resource"> | undefined> {
  const path = `${UNIT_DIRECTORY}/${unit}.d/reactor.conf`;
  if (await effects.files.stat(path) === undefined) return undefined;
  return {
    problem: `"${path}" of drbd-reactor still holds for ${unit}`,
    remedy: `rm ${path} && systemctl daemon-reload`,
  };
}

const REACTOR = "drbd-reactor.service";
/** What mounts /etc/fstab at boot. */
const FSTAB_TARGETS = /\b(local|remote)-fs\.target\b/;

/** A file in /etc overrides one of the same name in /run. */
async function checkDropIn(effects: Effects, unit: string): Promise<Omit<Finding, "resource"> | undefined> {
  const path = `/etc/systemd/system/${unit}.d/${MAIN_FILE}`;
  if (await effects.files.stat(path) === undefined) return undefined;
  return {
    problem: `"${path}" hides the drop-in of drbdd, which ties ${unit} to its resource`,
    remedy: `mv ${path} ${path.replace(MAIN_FILE, "local.conf")} && systemctl daemon-reload`,
  };
}

async function checkAgent(
  effects: Effects,
  entry: StartEntry | undefined,
): Promise<Omit<Finding, "resource"> | undefined> {
  if (entry?.kind !== "ocf" || (await effects.files.stat(agentPath(entry)))?.isFile) return undefined;
  return {
    problem: `${entry.unit} cannot be started: there is no agent "${agentPath(entry)}"`,
    remedy:
      "install the package that has it (apt-get install resource-agents), or correct its name in the start list",
    isFatal: true,
  };
}

function checkUnit(
  unit: string,
  state: Properties,
  enabled: string | undefined,
): Omit<Finding, "resource"> | undefined {
  const loadState = state.get("LoadState");
  const isFatal = true;
  if (loadState === "masked") {
    return {
      problem: `${unit} is masked: it cannot be started`,
      remedy: `systemctl unmask ${unit}`,
      isFatal,
    };
  }
  if (loadState === "not-found") {
    return {
      problem: `${unit} cannot be started: there is no such unit`,
      remedy: remedyOfMissing(unit),
      isFatal,
    };
  }
  if (loadState !== "loaded") {
    return {
      problem: `${unit} cannot be started: systemd says "${loadState}" of it`,
      remedy: `systemd-analyze verify ${unit}`,
      isFatal,
    };
  }
  if (enabled === undefined) return undefined;
  const atBoot = (remedy: string) => ({
    problem: `${unit} is enabled by itself: ${enabled}`,
    remedy,
  });
  const fileState = state.get("UnitFileState");
  if (fileState === "enabled") return atBoot(`systemctl disable ${unit}`);
  if (fileState === "enabled-runtime") return atBoot(`systemctl disable --runtime ${unit}`);
  const pulledInBy = `${state.get("WantedBy") ?? ""} ${state.get("RequiredBy") ?? ""}`;
  if (fileState === "generated" && FSTAB_TARGETS.test(pulledInBy)) {
    return atBoot("add noauto to its options in /etc/fstab, then systemctl daemon-reload");
  }
  return undefined;
}

function remedyOfMissing(unit: string): string {
  if (unit.startsWith("ocf.rs@")) {
    return "install ocf.rs@.service and ocf-rs-wrapper, which drbdd's package has, then systemctl daemon-reload";
  }
  if (unit.startsWith("drbd-services-secondary@")) {
    return "install drbd-services-secondary@.target, which drbdd's package has, then systemctl daemon-reload";
  }
  if (unit.startsWith("drbd-services@")) {
    return "install drbd-utils 9.19.1 or later, then systemctl daemon-reload";
  }
  return `install ${unit} and systemctl daemon-reload, or correct its name in the start list ` +
    `(systemctl list-unit-files shows what there is)`;
}

/** DRBD's options, as far as known. */
export function checkOptions(config: ResourceConfig, options: DrbdOptions): Finding[] {
  return remarksOn(options, config.onQuorumLoss).map(({ option, found, expected, section }) => ({
    resource: config.name,
    problem: `The DRBD option ${option} is "${found}", expected "${expected}"`,
    remedy:
      `${section} { ${option} ${expected}; } in the resource's file, then drbdadm adjust ${config.name}`,
  }));
}

/** Preferred nodes that are neither this node nor a peer. Cannot be checked without any peer. */
export function checkPreferredNodes(
  config: ResourceConfig,
  resource: Resource | undefined,
  node: string,
): Finding[] {
  const names = resource?.connections.map((connection) => connection.connName) ?? [];
  if (names.length === 0) return [];
  return config.preferredNodes.filter((name) => name !== node && !names.includes(name)).map((name) => ({
    resource: config.name,
    problem: `The preferred node "${name}" is no peer of ${config.name}: found ${
      [node, ...names].join(", ")
    }`,
    remedy: "name nodes in preferred-nodes as uname -n prints them, as in the resource's file",
  }));
}

/** Freezing needs a host whose control groups support it, and services without a watchdog. */
export async function checkFreezing(effects: Effects, config: ResourceConfig): Promise<Finding[]> {
  if (config.onQuorumLoss !== "freeze") return [];
  if (await effects.files.stat(UNIFIED_CGROUPS) !== undefined) return await checkWatchdogs(effects, config);
  return [{
    resource: config.name,
    problem: `on-quorum-loss is "freeze", but "${UNIFIED_CGROUPS}" is not there: units cannot be frozen`,
    remedy: "boot with systemd.unified_cgroup_hierarchy=1",
  }];
}

async function checkWatchdogs(effects: Effects, { name, start }: SystemdResourceConfig): Promise<Finding[]> {
  const systemctl = new Systemctl(effects);
  const findings: Finding[] = [];
  const all = await systemctl.run(["cat", "--", ...start.map(({ unit }) => unit)]);
  if (all.code === 0 && !all.stdout.includes("WatchdogSec")) return [];
  for (const { unit } of start) {
    // systemd 252 shows it for running units only.
    const { code, stdout } = await systemctl.run(["cat", "--", unit]);
    const watchdog = [...stdout.matchAll(/^WatchdogSec *= *(.*)$/gm)].at(-1)?.[1]?.trim() ?? "";
    if (code !== 0 || ["", "0", "infinity"].includes(watchdog)) continue;
    const directory = `/etc/systemd/system/${unit}.d`;
    findings.push({
      resource: name,
      problem:
        `on-quorum-loss is "freeze", but ${unit} has WatchdogSec=${watchdog}: systemd ends it while it is frozen`,
      remedy: `mkdir -p ${directory} && printf '[Service]\\nWatchdogSec=0\\n' >${directory}/frozen.conf && ` +
        "systemctl daemon-reload",
    });
  }
  return findings;
}
