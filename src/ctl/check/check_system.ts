/** Checks whether this node fulfils its configuration: the promoter's preflight, and the daemon's unit. */
import { askDrbdOptions, type DrbdOptions } from "../../../plugins/promoter/checks/drbd_options.ts";
import { inspectHost } from "../../../plugins/promoter/systemd/drop_ins/host.ts";
import {
  checkFreezing,
  checkOptions,
  checkPreferredNodes,
  checkSecondaryUnits,
  checkUnits,
} from "../../../plugins/promoter/checks/preflight.ts";
import { protectionOf } from "../../../plugins/promoter/checks/protection.ts";
import {
  isSystemd,
  type PromoterConfig,
  type ResourceConfig,
} from "../../../plugins/promoter/config/resource_config.ts";
import { Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import type { DaemonConfig } from "../../config/load.ts";
import { likeliest } from "../../config/toml/report.ts";
import type { Cluster } from "../../drbd/model/cluster.ts";
import { describe } from "../../effects/describe.ts";
import { type Effects, ProgramError } from "../../effects/effects.ts";
import { isTooOld, tooOld } from "../../health/assess.ts";
import { drbdNow } from "../drbd/drbd_now.ts";
import { systemctlFailure } from "../services/systemctl_failure.ts";
import { moduleVersion } from "../drbd/module_version.ts";
import { inTime } from "../cli/in_time.ts";
import { DAEMON_UNIT } from "../cli/ctl.ts";

/** A problem of this node. */
export interface SystemFinding {
  readonly severity: "error" | "warning";
  /** What it is about: a resource, or the node as a whole. */
  readonly about: string;
  readonly problem: string;
  /** How to fix it, if known. */
  readonly remedy: string | undefined;
}

/** Checks this node. Never rejects: a failed check is a finding. */
export async function checkSystem(effects: Effects, config: DaemonConfig): Promise<SystemFinding[]> {
  const resources = config.plugins.flatMap(({ plugin, config }) =>
    plugin === "promoter" ? (config as PromoterConfig).resources : []
  );
  const secondaries = config.plugins.flatMap(({ plugin, config }) =>
    plugin === "promoter" ? (config as PromoterConfig).secondaries ?? [] : []
  );
  const isManaged = (name: string) => resources.some((resource) => resource.name === name);
  const findings: SystemFinding[] = [];
  const node = effects.nodeName();
  /** What systemd did not answer, reported once. */
  const unasked: { what: string; reason: string }[] = [];
  const attempt = async (about: string, what: string, look: () => Promise<void>) => {
    try {
      await inTime(effects.clock, look());
    } catch (error) {
      const reason = systemctlFailure(error);
      if (reason !== undefined) unasked.push({ what, reason });
      else findings.push(unchecked(about, what, describe(error), error));
    }
  };
  let cluster: Cluster | undefined;
  await attempt(node, "the kernel module of DRBD", async () => {
    const version = await moduleVersion(effects);
    if (!isTooOld(version)) return;
    const { what, next } = tooOld(version);
    findings.push({ severity: "error", about: node, problem: what, remedy: next });
  });
  await attempt(node, "the state of DRBD", async () => {
    cluster = await drbdNow(effects);
  });
  await attempt(node, DAEMON_UNIT, async () => {
    findings.push(...await checkDaemon(effects, node));
  });
  const systemd = resources.filter(isSystemd);
  if (systemd.length > 0) {
    await attempt(node, "drbd-promote@.service", async () => {
      const { problems } = await inspectHost(effects);
      findings.push(...problems.map((problem) => warning(node, problem)));
    });
    await attempt(node, "the units of the start lists", async () => {
      findings.push(...(await checkUnits(effects, systemd)).map(fromPreflight));
    });
  }
  if (secondaries.length > 0) {
    await attempt(node, "the units of services for Secondaries", async () => {
      findings.push(...(await checkSecondaryUnits(effects, secondaries)).map(fromPreflight));
    });
  }
  for (const resource of resources) {
    const { name } = resource;
    // Without an answer nothing is known of any resource; that is reported once.
    if (cluster === undefined) continue;
    if (cluster.get(name) === undefined) {
      const close = likeliest(name, Array.from(cluster, (each) => each.name).filter((up) => !isManaged(up)));
      const meant = close === undefined ? "" : ` (did you mean "${close}"?)`;
      findings.push(warning(name, `not up in DRBD on this node${meant}`, `drbdadm up ${name}`));
      continue;
    }
    await attempt(name, "DRBD's options", async () => {
      findings.push(...optionFindings(resource, await askDrbdOptions(effects, name)));
    });
    findings.push(...checkPreferredNodes(resource, cluster.get(name), node).map(fromPreflight));
    await attempt(name, "whether units can be frozen", async () => {
      findings.push(...(await checkFreezing(effects, resource)).map(fromPreflight));
    });
  }
  const [first] = unasked;
  if (first !== undefined) {
    findings.push({
      severity: "error",
      about: node,
      problem: `Cannot check ${unasked.map(({ what }) => what).join(", ")}: ${first.reason}`,
      remedy: "systemctl is-system-running, as root, on a node that systemd has booted",
    });
  }
  return findings;
}

function unchecked(about: string, what: string, reason: string, error: unknown): SystemFinding {
  const isAbsent = error instanceof ProgramError && error.program.startsWith("drbd");
  const remedy = isAbsent ? "install drbd-utils, or run this on a node with DRBD" : undefined;
  return { severity: "error", about, problem: `Cannot check ${what}: ${reason}`, remedy };
}

async function checkDaemon(effects: Effects, node: string): Promise<SystemFinding[]> {
  const [unit] = await new Systemctl(effects).show([DAEMON_UNIT], [
    "LoadState",
    "UnitFileState",
    "ActiveState",
  ]);
  if (unit?.get("LoadState") !== "loaded") {
    return [
      warning(
        node,
        `${DAEMON_UNIT} is not installed: services are not managed`,
        "install drbdd's package",
      ),
    ];
  }
  const findings: SystemFinding[] = [];
  if (unit.get("UnitFileState") !== "enabled") {
    const problem = `${DAEMON_UNIT} is not enabled: it will not start after a reboot`;
    findings.push(warning(node, problem, `systemctl enable ${DAEMON_UNIT}`));
  }
  if (!/^(active|reloading)$/.test(unit.get("ActiveState") ?? "")) {
    findings.push(
      warning(
        node,
        `${DAEMON_UNIT} is not running: services are not managed`,
        `systemctl start ${DAEMON_UNIT}`,
      ),
    );
  }
  return findings;
}

function optionFindings(config: ResourceConfig, options: DrbdOptions): SystemFinding[] {
  const { name } = config;
  const protection = protectionOf(options, name);
  if (protection.by !== "none") return checkOptions(config, options).map(fromPreflight);
  return [
    {
      severity: "error",
      about: name,
      problem: `drbdd does not manage it: ${protection.lack}`,
      remedy: protection.remedy,
    },
    ...checkOptions(config, options).filter(({ problem }) => !/ option quorum /.test(problem)).map(
      fromPreflight,
    ),
  ];
}

function fromPreflight(
  { resource, problem, remedy, isFatal }: Awaited<ReturnType<typeof checkUnits>>[number],
): SystemFinding {
  return { severity: isFatal === true ? "error" : "warning", about: resource, problem, remedy };
}

function warning(about: string, problem: string, remedy?: string): SystemFinding {
  return { severity: "warning", about, problem, remedy };
}
