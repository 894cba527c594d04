/** The state of the services of all promoters, read without the daemon. */
import { systemctlFailure } from "./systemctl_failure.ts";
import { describeHold } from "../../../plugins/promoter/hold/hold.ts";
import type { PromoterConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { DaemonConfig } from "../../config/load.ts";
import { readStarts } from "../../daemon/kept/start_file.ts";
import type { ObservedPromoter } from "../../health/observed.ts";
import { describe } from "../../effects/describe.ts";
import type { Effects } from "../../effects/effects.ts";
import { baseName, stem } from "../config/config_files.ts";
import { holdOf } from "./read_holds.ts";
import { unitNames, unitsOf, unknownUnit } from "./unit_states.ts";

/** By resource, read from systemd now. Never rejects. */
export async function observedServices(
  { plugins }: Pick<DaemonConfig, "plugins">,
  effects: Effects,
): Promise<ReadonlyMap<string, ObservedPromoter>> {
  const found = plugins.flatMap(({ plugin, config, origin }) =>
    plugin === "promoter"
      ? (config as PromoterConfig).resources.map((each) => ({
        file: stem(baseName(origin.file)),
        config: each,
      }))
      : []
  );
  const states = await unitsOf(
    found.flatMap(({ config }) => config.runner === "shell" ? [] : [config]),
    { effects },
  ).catch((error: unknown) =>
    `Cannot read the state of services: ${systemctlFailure(error) ?? describe(error)}`
  );
  const holds = await Promise.all(found.map(({ config }) => holdOf(effects, config.name)));
  const starts = await readStarts(effects);
  return new Map(found.map(({ file, config }, place): [string, ObservedPromoter] => {
    const hold = holds[place];
    const promoter = {
      ...{ file, isEnabled: true, onHold: hold && describeHold(hold) },
      ...starts.get(config.name),
    };
    if (config.runner === "shell") return [config.name, promoter];
    if (typeof states === "string") return [config.name, { ...promoter, unknown: states }];
    const [target = "", ...others] = unitNames(config);
    const unit = (name: string) => states.get(name) ?? unknownUnit(name);
    return [config.name, {
      ...promoter,
      units: { target: unit(target), dependencies: others.map(unit) },
    }];
  }));
}
