/** Which resources to evict, and in which order. */
import type { PromoterConfig, ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { baseName, type ConfigFile, ConfigFiles, stem } from "../config/config_files.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { promoterConfigs } from "../config/instance_words.ts";
import { contentOf } from "../config/file_content.ts";

/**
 * The resources of the files that are named, or of all: those whose demotion could reboot the node last.
 * @throws {CtlError} If a named file has no promoter, or, unless `isForced`, a file has more than one resource.
 */
export async function chooseResources(
  words: readonly string[],
  isForced: boolean,
  ctl: Ctl,
): Promise<ResourceConfig[]> {
  const config = await ConfigFiles.open(ctl.effects.files, await ctl.mainFile());
  if (words.length === 0) {
    const files = [{ path: config.main, isEnabled: true }, ...await config.snippets("enabled")];
    const resources: ResourceConfig[] = [];
    for (const file of files) resources.push(...await resourcesOf(file, false, isForced, ctl));
    return inOrder(resources);
  }
  const chosen = new Map<string, ResourceConfig>();
  for (const word of words) {
    for (const resource of await namedBy(word, isForced, config, ctl)) chosen.set(resource.name, resource);
  }
  return inOrder([...chosen.values()]);
}

/** Of a file all resources. By the name of a resource it is only that one, whatever else its file has. */
async function namedBy(
  word: string,
  isForced: boolean,
  config: ConfigFiles,
  ctl: Ctl,
): Promise<ResourceConfig[]> {
  const resources: ResourceConfig[] = [];
  for (const file of await config.named([word], "enabled")) {
    if (!await config.exists(file.path)) throw await config.missing(file.path);
    const isResource = file.besides !== undefined;
    const all = await resourcesOf(file, true, isForced || isResource, ctl);
    resources.push(...(isResource ? all.filter(({ name }) => name === word) : all));
  }
  return resources;
}

async function resourcesOf({ path }: ConfigFile, isNamed: boolean, isForced: boolean, ctl: Ctl) {
  const { instances } = await contentOf(path, ctl);
  const promoters = instances.filter(({ plugin }) => plugin === "promoter");
  if (promoters.length === 0) {
    if (!isNamed) return [];
    throw new CtlError(`"${path}" has no promoter: there is nothing to be evicted`, {
      remedy: "drbddctl ls",
    });
  }
  const resources = promoters.flatMap(({ config }) => (config as PromoterConfig).resources);
  const isBeside = resources.length === 0 &&
    promoterConfigs(promoters).some(({ secondaries }) => secondaries);
  if (isBeside && isNamed) {
    throw new CtlError(`"${path}" has services of Secondaries only: there is nothing to be evicted`, {
      remedy: "drbddctl ls",
    });
  }
  if (isForced) return resources;
  const others = [...new Set(instances.map(({ plugin }) => plugin).filter((name) => name !== "promoter"))];
  const what = others.length > 0
    ? `other plugins besides its promoter (${others.join(", ")})`
    : `several resources (${resources.map(({ name }) => name).join(", ")})`;
  if (others.length > 0 || resources.length > 1) {
    throw new CtlError(`"${path}" has ${what}`, {
      remedy: `to evict all of its resources: drbddctl evict --force ${stem(baseName(path))}`,
      exitCode: EXIT.usage,
    });
  }
  return resources;
}

/** Those without a demote failure action first, otherwise as they stand in the files. */
export function inOrder(resources: readonly ResourceConfig[]): ResourceConfig[] {
  const isHarmless = (config: ResourceConfig) =>
    config.runner === "shell" || config.onDrbdDemoteFailure === "none";
  return [...resources.filter(isHarmless), ...resources.filter((config) => !isHarmless(config))];
}
