/** `drbddctl start-until` */
import { DropInFiles } from "../../../plugins/promoter/systemd/drop_ins/drop_in_files.ts";
import { dropInsOf } from "../../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import { inspectHost } from "../../../plugins/promoter/systemd/drop_ins/host.ts";
import type {
  ResourceConfig,
  ShellResourceConfig,
  SystemdResourceConfig,
} from "../../../plugins/promoter/config/resource_config.ts";
import { complaintOf, Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { promoteUnitOf, targetOf } from "../../../plugins/promoter/config/unit_names.ts";
import { alternatives } from "../../config/toml/wording.ts";
import { baseName, ConfigFiles, ENABLED, stem } from "../config/config_files.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { startWords } from "../config/instance_words.ts";
import { primaryOn, stateNow } from "../drbd/primary.ts";
import { withProgress } from "../cli/progress.ts";
import { resourcesIn } from "../services/managed.ts";
import { runCommand } from "../services/run_command.ts";
import { entriesUntil } from "./choose_entries.ts";

const SO_FAR = "To stop what was started so far:";

/** Returns the exit code. @throws {CtlError} If it is refused or fails. */
export async function startUntil(until: string, word: string, ctl: Ctl): Promise<number> {
  const path = await disabledFile(word, ctl);
  const config = await onlyResource(path, ctl);
  const count = entriesUntil(config, until);
  if (count === undefined) {
    const known = alternatives(startWords(config));
    throw new CtlError(`"${until}" is not in the start list of ${config.name}`, {
      remedy: `name one of ${known}, or a number of units: 0 to ${config.start.length}`,
      exitCode: EXIT.usage,
    });
  }
  await refuseElsewhere(config.name, ctl);
  const file = stem(baseName(path));
  if (config.runner === "shell") await startCommands(config, count, ctl);
  else await startUnits(config, count, ctl);
  printUndo(config, file, ctl);
  return EXIT.ok;
}

/** Refuses enabled files, whose services the daemon starts and stops. */
async function disabledFile(word: string, ctl: Ctl): Promise<string> {
  const config = await ConfigFiles.open(ctl.effects.files, await ctl.mainFile());
  const [file] = await config.named([word], "disabled");
  if (file === undefined) throw new Error("One word named no file");
  if (await config.exists(file.path)) return file.path;
  const enabled = stem(file.path) + ENABLED;
  if (!await config.exists(enabled)) throw await config.missing(file.path);
  throw new CtlError(`"${enabled}" is enabled: drbdd would start and stop its services as well`, {
    remedy: `on all nodes: drbddctl disable ${
      stem(baseName(enabled))
    } (with --now to stop its services first)`,
  });
}

async function onlyResource(path: string, ctl: Ctl): Promise<ResourceConfig> {
  const [first, ...others] = await resourcesIn([path], ctl);
  if (first !== undefined && others.length === 0) return first;
  const found = first === undefined ? "no usable promoter" : `${others.length + 1} resources`;
  throw new CtlError(`"${path}" has ${found}, expected one resource`, {
    remedy: `drbddctl edit --disabled ${stem(baseName(path))}`,
    exitCode: EXIT.usage,
  });
}

async function refuseElsewhere(name: string, ctl: Ctl): Promise<void> {
  const node = ctl.effects.nodeName();
  const primary = primaryOn(await stateNow(ctl, name), name, node);
  if (primary === undefined || primary === node) return;
  throw new CtlError(`${name} is Primary on ${primary}: it cannot be promoted here`, {
    remedy: `on ${primary}: drbddctl disable --now`,
  });
}

async function startUnits(config: SystemdResourceConfig, count: number, ctl: Ctl): Promise<void> {
  const { effects, err } = ctl;
  const { host, problems } = await inspectHost(effects);
  for (const problem of problems) err.line(`${err.style.odd("warning:")} ${problem}`);
  await DropInFiles.of(effects).add(dropInsOf(config, host));
  const promote = promoteUnitOf(config.name);
  await start(promote, `drbdadm primary ${config.name} says why`, config, ctl);
  for (const { unit } of config.start.slice(0, count)) {
    await start(unit, `systemctl status '${unit}'`, config, ctl);
  }
}

async function start(unit: string, remedy: string, config: ResourceConfig, ctl: Ctl): Promise<void> {
  const { effects, err, out } = ctl;
  const systemctl = new Systemctl(effects);
  const args = ["start", unit];
  const result = await withProgress(ctl, `Starting ${unit}`, systemctl.run(args));
  // systemctl succeeds although the promotion is refused.
  const [state] = await systemctl.show([unit], ["ActiveState"]);
  const isActive = result.code === 0 && state?.get("ActiveState") === "active";
  if (isActive) {
    out.line(`${out.style.good(out.style.symbol("full"))} ${unit}`);
    return;
  }
  out.line(`${out.style.bad(out.style.symbol("cross"))} ${unit}`);
  const problem = result.code === 0
    ? `${unit} is ${state?.get("ActiveState")} after its start`
    : complaintOf(args, result);
  await out.flush();
  printStopCommands(SO_FAR, config, err);
  throw new CtlError(problem, { remedy });
}

async function startCommands(config: ShellResourceConfig, count: number, ctl: Ctl): Promise<void> {
  for (const command of config.start.slice(0, count)) {
    if (await runCommand(config.name, "start", command, ctl)) continue;
    printStopCommands(SO_FAR, config, ctl.err);
    throw new CtlError(`A start command of ${config.name} failed`, {
      remedy: "fix the error that it reported",
    });
  }
}

function printStopCommands(heading: string, config: ResourceConfig, to: Ctl["err"]): void {
  const stop = config.runner === "systemd"
    ? [`systemctl stop '${promoteUnitOf(config.name)}'`]
    : config.stop.map((command) =>
      `DRBD_RESOURCE=${config.name} sh -c '${command.replaceAll("'", `'\\''`)}'`
    );
  to.line(heading);
  for (const line of stop) to.line(`  ${line}`);
}

function printUndo(config: ResourceConfig, file: string, { out }: Ctl): void {
  out.line();
  out.line("To go back to normal operation:");
  if (config.runner === "systemd") out.line(`  systemctl start '${targetOf(config.name)}'   # on this node`);
  out.line(`  drbddctl enable ${file}   # on all nodes`);
  printStopCommands("To stop it again:", config, out);
}
