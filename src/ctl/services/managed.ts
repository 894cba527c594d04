/** The resources that promoters of configuration files manage. */
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { SecondaryConfig } from "../../../plugins/promoter/config/secondary_config.ts";
import { contentOf } from "../config/file_content.ts";
import type { Ctl } from "../cli/ctl.ts";
import { promoterConfigs } from "../config/instance_words.ts";
import { primaryOn, stateNow } from "../drbd/primary.ts";

/** The resources in these files, in order. @throws {FileError} If a file cannot be read. */
export async function resourcesIn(paths: readonly string[], ctl: Ctl): Promise<ResourceConfig[]> {
  const resources: ResourceConfig[] = [];
  for (const path of paths) {
    const { instances } = await contentOf(path, ctl);
    resources.push(...promoterConfigs(instances).flatMap((config) => config.resources));
  }
  return resources;
}

/** Resources of these files whose services run where they are Secondary. @throws {FileError} If a file cannot be read. */
export async function secondariesIn(paths: readonly string[], ctl: Ctl): Promise<SecondaryConfig[]> {
  const secondaries: SecondaryConfig[] = [];
  for (const path of paths) {
    const { instances } = await contentOf(path, ctl);
    secondaries.push(...promoterConfigs(instances).flatMap((config) => config.secondaries ?? []));
  }
  return secondaries;
}

/** Warns of resources that are Primary here but no longer managed. Prints nothing if DRBD does not answer. */
export async function warnOfPrimary(resources: readonly ResourceConfig[], ctl: Ctl): Promise<void> {
  if (resources.length === 0) return;
  const { effects, err } = ctl;
  const cluster = await stateNow(ctl).catch(() => undefined);
  if (cluster === undefined) return;
  const node = effects.nodeName();
  for (const { name } of resources) {
    if (primaryOn(cluster, name, node) !== node) continue;
    err.line(
      `${
        err.style.odd("warning:")
      } ${name} is Primary here: its services go on, but drbdd does not manage them; ` +
        "they will not be stopped if quorum is lost",
    );
  }
}
