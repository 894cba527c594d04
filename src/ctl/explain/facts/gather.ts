/** Gathers the facts about a resource on this node. Changes nothing. */
import { askDrbdOptions } from "../../../../plugins/promoter/checks/drbd_options.ts";
import { missingUnits } from "../../../../plugins/promoter/systemd/units/missing_units.ts";
import { markPathOf } from "../../../../plugins/promoter/control/start/promotion_mark.ts";
import type { PromoterConfig } from "../../../../plugins/promoter/config/resource_config.ts";
import { notStarted, ResourceUnits } from "../../../../plugins/promoter/systemd/units/resource_units.ts";
import { type Properties, Systemctl } from "../../../../plugins/promoter/systemd/units/systemctl.ts";
import type { DaemonConfig } from "../../../config/load.ts";
import type { Resource } from "../../../drbd/model/model.ts";
import { checkUnits, type Finding } from "../../../../plugins/promoter/checks/preflight.ts";
import { readStarts } from "../../../daemon/kept/start_file.ts";
import { runLimited } from "../../../effects/limited_run.ts";
import type { Effects } from "../../../effects/effects.ts";
import { drbdNow } from "../../drbd/drbd_now.ts";
import { holdOf } from "../../services/read_holds.ts";
import { moduleVersion } from "../../drbd/module_version.ts";
import { quietLogger } from "../../cli/quiet_logger.ts";
import { splitBrainPeers } from "../../drbd/split_brain.ts";
import { observedSecondary } from "../../services/unit_states.ts";
import type { Configured, Facts, Known, SecondaryConfigured, Unit, Units } from "./facts.ts";
import { askDaemon } from "./daemon_facts.ts";
import { ANSWER_WITHIN_MS, known } from "./known.ts";
import { trusted } from "./trusted.ts";

/** What is asked about, and what the configuration says. */
export interface Question {
  readonly name: string;
  readonly config: DaemonConfig;
  /** Why it is not that of the files, if it is not. */
  readonly heldBecause: string | undefined;
  /** A disabled snippet that has the resource. */
  readonly disabledFile: string | undefined;
}

/** The facts, and the names of all resources that are up, for the message about one that is not. */
export async function gather(
  effects: Effects,
  { name, config, heldBecause, disabledFile }: Question,
): Promise<Facts & { readonly all: readonly string[] }> {
  const promoter = configuredIn(config, name);
  const [drbd, module, options, units, unitFindings, decided, secondary] = await Promise.all([
    known(effects, () => drbdNow(effects)),
    moduleVersion(effects),
    known(effects, () => askDrbdOptions(effects, name)),
    known(effects, () => unitsOf(effects, promoter)),
    known(effects, () => findingsOf(effects, promoter)),
    askDaemon(effects, config, name),
    secondaryOf(effects, config, name),
  ]);
  const resource: Known<Resource | undefined> = "value" in drbd ? { value: drbd.value.get(name) } : drbd;
  const found = "value" in resource ? resource.value : undefined;
  const splitBrains = await splitBrainPeers(effects, found === undefined ? [] : [found]);
  return trusted({
    name,
    node: effects.nodeName(),
    wallMs: effects.clock.wallMs(),
    promoter,
    disabledFile: promoter === undefined ? disabledFile : undefined,
    resource,
    splitBrainPeers: splitBrains.get(name) ?? [],
    moduleVersion: module,
    options,
    units,
    unitFindings,
    missingDevices: await missingDevices(effects, name, found),
    heldBecause,
    isMarked: await effects.files.stat(markPathOf(name)).catch(() => undefined) !== undefined,
    beside: "value" in drbd
      ? (promoter?.config.notWith ?? []).filter((each) => drbd.value.get(each)?.role === "Primary")
      : [],
    hold: await holdOf(effects, name),
    start: (await readStarts(effects)).get(name) ?? {},
    ...secondary,
    ...decided,
    all: "value" in drbd ? Array.from(drbd.value, (each) => each.name) : [],
  });
}

/** Names of all resources that promoters have. */
export function configuredNames({ plugins }: Pick<DaemonConfig, "plugins">): string[] {
  return plugins.flatMap(({ plugin, config }) =>
    plugin === "promoter"
      ? [...(config as PromoterConfig).resources, ...(config as PromoterConfig).secondaries ?? []]
        .map(({ name }) => name)
      : []
  );
}

function secondaryIn({ plugins }: DaemonConfig, name: string): SecondaryConfigured | undefined {
  for (const { plugin, config, origin } of plugins) {
    if (plugin !== "promoter") continue;
    const found = (config as PromoterConfig).secondaries?.find((each) => each.name === name);
    if (found !== undefined) return { file: origin.file, config: found };
  }
  return undefined;
}

/** The services that run where it is Secondary; nothing if there are none. */
async function secondaryOf(
  effects: Effects,
  config: DaemonConfig,
  name: string,
): Promise<Pick<Facts, "secondary">> {
  const configured = secondaryIn(config, name);
  if (configured === undefined) return {};
  const units = known(effects, () => observedSecondary(effects, configured.config));
  return { secondary: { file: configured.file, units: await units } };
}

function configuredIn({ plugins }: DaemonConfig, name: string): Configured | undefined {
  for (const { plugin, config, origin } of plugins) {
    if (plugin !== "promoter") continue;
    const found = (config as PromoterConfig).resources.find((resource) => resource.name === name);
    if (found !== undefined) return { file: origin.file, config: found };
  }
  return undefined;
}

async function findingsOf(effects: Effects, promoter: Configured | undefined): Promise<readonly Finding[]> {
  return promoter?.config.runner === "systemd" ? await checkUnits(effects, [promoter.config]) : [];
}

/** As DRBD's configuration names them; of a resource that is up, what the kernel has. Never rejects. */
async function missingDevices(
  effects: Effects,
  name: string,
  resource: Resource | undefined,
): Promise<string[]> {
  const paths = resource?.devices.flatMap(({ backingDev }) => backingDev ?? []) ??
    await configuredDevices(effects, name);
  const isMissing = await Promise.all(
    paths.map((path) => effects.files.stat(path).then((info) => info === undefined, () => false)),
  );
  return paths.filter((_path, place) => isMissing[place] === true);
}

async function configuredDevices(effects: Effects, name: string): Promise<string[]> {
  const result = await runLimited(effects, ["drbdadm", "sh-ll-dev", name], { limitMs: ANSWER_WITHIN_MS })
    .catch(() => undefined);
  if (result?.code !== 0) return [];
  return result.stdout.split("\n").filter((line) => line.startsWith("/"));
}

async function unitsOf(effects: Effects, promoter: Configured | undefined): Promise<Units> {
  if (promoter?.config.runner !== "systemd") throw new Error("no units are configured");
  const { config } = promoter;
  const units = new ResourceUnits(effects, quietLogger, config);
  const states = await units.query();
  const isUp = states.target.get("ActiveState") === "active";
  return {
    target: unitOf(units.target, states.target),
    promotion: unitOf(units.promote, states.promote),
    services: Array.from(states.units, ([unit, state]) => unitOf(unit, state)),
    missing: isUp ? await missingUnits(new Systemctl(effects), notStarted(states)) : [],
  };
}

function unitOf(name: string, properties: Properties): Unit {
  return {
    name,
    loadState: properties.get("LoadState") ?? "",
    activeState: properties.get("ActiveState") ?? "",
    isFrozen: /^(frozen|freezing)/.test(properties.get("FreezerState") ?? ""),
  };
}
