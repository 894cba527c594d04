/** The differences to drbd-reactor that concern this configuration and this node. */
import type { PromoterConfig, ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { UNIT_DIRECTORY } from "../../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import type { DaemonConfig } from "../../config/load.ts";
import { type Effects, NotFoundError } from "../../effects/effects.ts";
import type { Plan } from "./plan.ts";

export interface Difference {
  /** `behaviour`: something will work differently. `manual`: to do by hand. `name`: something has another name. */
  readonly kind: "behaviour" | "manual" | "name";
  readonly text: string;
}

const ADMINISTRATORS_UNITS = "/etc/systemd/system";
const RELOAD_PATH = "drbd-reactor-reload.path";
const NEW_RELOAD_PATH = "drbdd-reload.path";

/** Differences from the configuration alone. */
export function differencesIn(config: DaemonConfig): Difference[] {
  const resources = config.plugins.flatMap(({ plugin, config }) =>
    plugin === "promoter" ? (config as PromoterConfig).resources : []
  );
  const has = (name: string) => config.plugins.some(({ plugin }) => plugin === name);
  return [
    ...resources.flatMap(differencesOf),
    ...(resources.length === 0 ? [] : ofPromoters()),
    ...(has("umh") ? [ofUmh()] : []),
    ...(has("prometheus") ? [ofPrometheus()] : []),
    ...config.log.flatMap(({ file }) =>
      file === undefined ? [] : [behaviour(`the log is still written to ${file}, in drbdd's own format`)]
    ),
  ];
}

function behaviour(text: string): Difference {
  return { kind: "behaviour", text };
}

function differencesOf(config: ResourceConfig): Difference[] {
  const differences: Difference[] = [];
  const { name } = config;
  if (config.runner === "shell" && config.onStopFailure !== undefined) {
    differences.push(
      behaviour(
        `${name}: on-stop-failure runs after a failed stop, before each new attempt. drbd-reactor ignores it: ` +
          `check whether you still want ${JSON.stringify(config.onStopFailure)}`,
      ),
    );
  }
  if (config.stopServicesOnExit) {
    differences.push(
      behaviour(
        `${name}: stop-services-on-exit stops the services when drbdd exits, and only then; drbd-reactor also stops them when ` +
          "drbdsetup dies, and never with the shell runner",
      ),
    );
  }
  if (config.runner === "shell" && config.start.length > 0) {
    differences.push(
      behaviour(
        `${name}: a stop ends a start command that is still running; drbd-reactor waits for it`,
      ),
    );
  }
  return differences;
}

function ofPromoters(): Difference[] {
  return [
    {
      kind: "name",
      text:
        `drop-ins in ${UNIT_DIRECTORY} are called drbdd.conf and drbdd-50-*.conf, not reactor.conf and reactor-50-*.conf`,
    },
    behaviour(
      "the 20 s between two starts apply per resource, and the next attempt follows at their end",
    ),
    behaviour(
      "quorum loss stops running services at once, and only once; a lost promotion race stops nothing",
    ),
    behaviour("when drbdsetup dies, services keep running; changes are reported when it runs again"),
  ];
}

function ofUmh(): Difference {
  return behaviour(
    "umh: DRBD_VOLUME of peer devices, DRBD_OLD_OPEN, DRBD_NEW_OPEN, DRBD_OLD_CONGESTED and DRBD_NEW_CONGESTED are " +
      "set, as documented by drbd-reactor",
  );
}

function ofPrometheus(): Difference {
  return behaviour(
    "prometheus: only GET and HEAD requests for /metrics and / succeed; drbd-reactor answers every path",
  );
}

/** Differences from the state of this node. Failed checks are reported as well. */
export async function differencesOn(effects: Effects, { snippets }: Plan): Promise<Difference[]> {
  return [
    ...await reloadPath(effects, snippets),
    ...await leftDropIns(effects),
    ...await unitsWithOldName(effects),
    ...await oldContexts(effects),
  ];
}

async function reloadPath(effects: Effects, snippets: string | undefined): Promise<Difference[]> {
  const [path] = await new Systemctl(effects).show([RELOAD_PATH], ["UnitFileState", "ActiveState"]);
  const isUsed = path?.get("UnitFileState") === "enabled" || path?.get("ActiveState") === "active";
  if (!isUsed) return [];
  return [{
    kind: "manual",
    text:
      `${RELOAD_PATH} reloads drbd-reactor when ${
        snippets ?? "its snippets"
      } changes. drbdd has ${NEW_RELOAD_PATH} ` +
      `for that: systemctl disable --now ${RELOAD_PATH} && systemctl enable --now ${NEW_RELOAD_PATH}`,
  }];
}

async function leftDropIns(effects: Effects): Promise<Difference[]> {
  const left: string[] = [];
  for (const name of await listOrNothing(effects, UNIT_DIRECTORY)) {
    if (!name.endsWith(".d")) continue;
    const files = await listOrNothing(effects, `${UNIT_DIRECTORY}/${name}`);
    if (files.some((file) => /^reactor(-50-.*)?\.conf$/.test(file))) left.push(name.slice(0, -2));
  }
  if (left.length === 0) return [];
  return [{
    kind: "manual",
    text:
      `drop-ins of drbd-reactor hold until the next boot, for ${
        left.join(", ")
      }. When all runs with drbdd: ` +
      `rm -f ${UNIT_DIRECTORY}/*.d/reactor*.conf && systemctl daemon-reload`,
  }];
}

/** Units of the administrator that refer to drbd-reactor and have no effect on drbdd. */
async function unitsWithOldName(effects: Effects): Promise<Difference[]> {
  const found: string[] = [];
  for (const name of await listOrNothing(effects, ADMINISTRATORS_UNITS)) {
    const path = `${ADMINISTRATORS_UNITS}/${name}`;
    if (/^drbd-reactor.*\.d$/.test(name)) found.push(path);
    else if (await mentionsReactor(effects, path)) found.push(path);
  }
  if (found.length === 0) return [];
  return [{
    kind: "manual",
    text: `these files refer to drbd-reactor; change that to drbdd: ${found.join(", ")}`,
  }];
}

async function mentionsReactor(effects: Effects, path: string): Promise<boolean> {
  if (!/\.(service|target|timer|path|socket|mount)$/.test(path) || /\/drbd-reactor[^/]*$/.test(path)) {
    return false;
  }
  try {
    return (await effects.files.stat(path))?.isFile === true &&
      /^[^#;]*\bdrbd-reactor\b/m.test(await effects.files.readText(path));
  } catch {
    return false; // A broken link.
  }
}

async function oldContexts(effects: Effects): Promise<Difference[]> {
  const home = effects.environment("HOME");
  const config = effects.environment("XDG_CONFIG_HOME") ??
    (home === undefined ? undefined : `${home}/.config`);
  if (config === undefined) return [];
  const old = `${config}/drbd-reactorctl`;
  const contexts = await listOrNothing(effects, old);
  if (contexts.length === 0) return [];
  return [{
    kind: "manual",
    text: `drbddctl reads cluster contexts from its own directory: cp -r ${old} ${config}/drbddctl`,
  }];
}

async function listOrNothing(effects: Effects, directory: string): Promise<string[]> {
  try {
    return await effects.files.list(directory);
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}
