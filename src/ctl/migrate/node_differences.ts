/** The differences to drbd-reactor that concern this node: units, drop-ins and contexts that refer to it. */
import { Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { UNIT_DIRECTORY } from "../../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import { type Effects, NotFoundError } from "../../effects/effects.ts";
import type { Plan } from "./plan.ts";
import type { Difference } from "./differences.ts";

const ADMINISTRATORS_UNITS = "/etc/systemd/system";
const RELOAD_PATH = "drbd-reactor-reload.path";
const NEW_RELOAD_PATH = "drbdd-reload.path";

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
