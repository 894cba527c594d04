/** Collects the state of this node: configuration, DRBD and systemd. */
import { askDrbdOptions } from "../../../plugins/promoter/checks/drbd_options.ts";
import { type Protection, protectionOf } from "../../../plugins/promoter/checks/protection.ts";
import type { PromoterConfig, ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { Slots } from "../../../plugins/promoter/control/slots.ts";
import type { Properties } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { secondaryTargetOf, targetOf } from "../../../plugins/promoter/config/unit_names.ts";
import { formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { Cluster } from "../../drbd/model/cluster.ts";
import { readStarts } from "../../daemon/kept/start_file.ts";
import { readConfigStatus } from "../../daemon/status/config_status.ts";
import { describe } from "../../effects/describe.ts";
import { ConfigFiles } from "../config/config_files.ts";
import { type Ctl, CtlError } from "../cli/ctl.ts";
import { contentOf } from "../config/file_content.ts";
import { Service } from "../files/service.ts";
import { holdOf } from "../services/read_holds.ts";
import { inTime } from "../cli/in_time.ts";
import { systemctlFailure } from "../services/systemctl_failure.ts";
import { moduleVersion } from "../drbd/module_version.ts";
import { primaryOn, stateNow } from "../drbd/primary.ts";
import { withProgress } from "../cli/progress.ts";
import { splitBrainPeers } from "../drbd/split_brain.ts";
import { observedSecondary, unitNames, unitsOf, unknownUnit } from "../services/unit_states.ts";
import type { PromoterStatus, Report, SecondaryStatus, Unit } from "./report.ts";
import { type Found, pluginStatus } from "./plugin_status.ts";

export interface Question {
  /** Named files; all if empty. */
  readonly files: readonly string[];
  /** Names of resources; all if empty. */
  readonly resources: readonly string[];
  /** Whether to test the addresses of plugins. */
  readonly isTried: boolean;
}

const QUESTIONS_AT_ONCE = 8;

export async function readNodeReport(question: Question, ctl: Ctl): Promise<Report> {
  return await withProgress(ctl, "Querying DRBD and systemd", look(question, ctl), {
    isForTerminals: true,
  });
}

async function look({ files, resources, isTried }: Question, ctl: Ctl): Promise<Report> {
  const { found, badFiles } = await readFiles(files, ctl);
  const wanted = found.flatMap(({ file, instance }) =>
    instance.plugin === "promoter"
      ? (instance.config as PromoterConfig).resources.filter(({ name }) =>
        resources.length === 0 || resources.includes(name)
      ).map((config) => ({ file, config }))
      : []
  );
  const beside = found.flatMap(({ file, instance }) =>
    instance.plugin === "promoter"
      ? ((instance.config as PromoterConfig).secondaries ?? []).filter(({ name }) =>
        resources.length === 0 || resources.includes(name)
      ).map((config) => ({ file, config }))
      : []
  );
  const missing = resources.find((name) =>
    ![...wanted, ...beside].some(({ config }) => config.name === name)
  );
  if (missing !== undefined) {
    throw new CtlError(`No promoter is configured for the resource "${missing}"`, { remedy: "drbddctl ls" });
  }
  const others = resources.length > 0 ? [] : found.filter(({ instance }) => instance.plugin !== "promoter");
  const [starts, systemd, configuration, drbd, module, protections, holds, plugins, units] = await Promise
    .all([
      readStarts(ctl.effects),
      askSystemd(wanted.map(({ config }) => config), ctl).catch((error) =>
        `Cannot read the state of services: ${systemctlFailure(error) ?? describe(error)}`
      ),
      readConfigStatus(ctl.effects),
      stateNow(ctl).then(async (cluster) => ({
        cluster,
        splitBrains: await splitBrainPeers(ctl.effects, cluster),
      })).catch((error: unknown) => describe(error)),
      moduleVersion(ctl.effects),
      protectionsOf(wanted.filter(({ file }) => file.isEnabled).map(({ config }) => config.name), ctl),
      Promise.all(wanted.map(({ config }) => holdOf(ctl.effects, config.name))),
      Promise.all(others.map((each) => pluginStatus(each, isTried, ctl))),
      // The first query reports it if systemd does not answer.
      Promise.all(beside.map(({ config }) => observedSecondary(ctl.effects, config).catch(() => undefined))),
    ]);
  const node = ctl.effects.nodeName();
  const { cluster, splitBrains } = typeof drbd === "string" ? NOTHING_OF_DRBD : drbd;
  const { service, units: states } = typeof systemd === "string" ? NOTHING_OF_SYSTEMD : systemd;
  const statusOf = ({ file, config }: typeof wanted[number], place: number): PromoterStatus => {
    const [target = unknownUnit(targetOf(config.name)), ...dependencies] = unitNames(config).map((name) =>
      states.get(name) ?? unknownUnit(name)
    );
    return {
      config,
      ...file,
      primaryOn: primaryOn(cluster, config.name, node),
      resource: cluster.get(config.name),
      splitBrainPeers: splitBrains.get(config.name) ?? [],
      protection: protections.get(config.name),
      hold: holds[place],
      start: starts.get(config.name),
      target,
      dependencies,
    };
  };
  return {
    node,
    service: {
      activeState: service.get("ActiveState") ?? "unknown",
      statusText: service.get("StatusText") ?? "",
    },
    configuration,
    drbdFailure: typeof drbd === "string" ? drbd : undefined,
    moduleVersion: module,
    systemdFailure: typeof systemd === "string" ? systemd : undefined,
    promoters: wanted.map(statusOf),
    ...(beside.length === 0 ? {} : {
      secondaries: beside.map(({ file, config }, place): SecondaryStatus => ({
        name: config.name,
        ...file,
        resource: cluster.get(config.name),
        target: units[place]?.target ?? unknownUnit(secondaryTargetOf(config.name)),
        units: units[place]?.units ?? [],
      })),
    }),
    plugins,
    badFiles: resources.length > 0 ? [] : badFiles,
  };
}

async function readFiles(words: readonly string[], ctl: Ctl) {
  const config = await ConfigFiles.open(ctl.effects.files, await ctl.mainFile());
  const named = await config.namedOrAll(words, "any");
  const files = words.length === 0 ? [{ path: config.main, isEnabled: true }, ...named] : named;
  const found: Found[] = [];
  const badFiles: Report["badFiles"][number][] = [];
  for (const file of files) {
    const { instances, diagnostics } = await contentOf(file.path, ctl);
    const error = diagnostics.find(({ severity }) => severity === "error");
    if (error !== undefined) {
      badFiles.push({ ...file, error: formatDiagnostic(error) });
    }
    found.push(...instances.map((instance) => ({ file, instance })));
  }
  return { found, badFiles };
}

interface SystemdState {
  /** Properties of drbdd's own service. */
  readonly service: Properties;
  readonly units: ReadonlyMap<string, Unit>;
}

const NOTHING_OF_DRBD = { cluster: Cluster.EMPTY, splitBrains: new Map<string, readonly number[]>() };
const NOTHING_OF_SYSTEMD: SystemdState = { service: new Map(), units: new Map() };

async function askSystemd(configs: readonly ResourceConfig[], ctl: Ctl): Promise<SystemdState> {
  const [service, units] = await Promise.all([
    inTime(ctl.effects.clock, new Service(ctl).state()),
    unitsOf(configs, ctl),
  ]);
  return { service, units };
}

/** Undefined for a resource that is not up or whose options cannot be read; other lines report why. */
async function protectionsOf(names: readonly string[], { effects }: Ctl) {
  const slots = new Slots(QUESTIONS_AT_ONCE);
  const protections = new Map<string, Protection>();
  await Promise.all(names.map(async (name) => {
    const options = await slots.use(() => inTime(effects.clock, askDrbdOptions(effects, name))).catch(() =>
      undefined
    );
    if (options !== undefined) protections.set(name, protectionOf(options, name));
  }));
  return protections;
}
