/** Restarts drbdd, or the plugins of some files by disabling these files for a moment. */
import { complaintOf } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { ConfigFiles } from "../config/config_files.ts";
import { type Ctl, CtlError, DAEMON_UNIT, EXIT } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";
import { resourcesIn, secondariesIn } from "../services/managed.ts";
import { stopServices } from "../services/stop_services.ts";
import { apply, consider, isRefused } from "./change.ts";
import { type Renaming, renamings } from "./named_files.ts";
import { isRunning, Service } from "./service.ts";
import { previewConfig } from "./whole_config.ts";

export interface Restart {
  readonly files: readonly string[];
  /** Stop services, too. */
  readonly withTargets: boolean;
}

/** Returns the exit code. */
export async function restart({ files, withTargets }: Restart, ctl: Ctl): Promise<number> {
  if (files.length > 0) return await restartFiles(files, withTargets, ctl);
  if (withTargets) {
    throw new CtlError("--with-targets needs a FILE", {
      remedy: "drbddctl ls lists the files",
      exitCode: EXIT.usage,
    });
  }
  return await restartService(ctl);
}

async function restartService(ctl: Ctl): Promise<number> {
  const args = ["restart", DAEMON_UNIT];
  const result = await withProgress(ctl, "Restarting drbdd", new Service(ctl).systemctl.run(args));
  if (result.code !== 0) {
    throw new CtlError(complaintOf(args, result), {
      remedy: `systemctl status ${DAEMON_UNIT}, drbddctl check`,
    });
  }
  ctl.err.line("Restarted drbdd");
  return EXIT.ok;
}

async function restartFiles(words: readonly string[], withTargets: boolean, ctl: Ctl): Promise<number> {
  const { effects: { files }, err } = ctl;
  const config = await ConfigFiles.open(files, await ctl.mainFile());
  const all = await renamings(words, "disabled", config, ctl);
  if (all.length === 0) {
    throw new CtlError("Disabled files cannot be restarted", {
      remedy: `drbddctl enable ${words.join(" ")}`,
    });
  }
  if (!isRunning(await new Service(ctl).state())) {
    throw new CtlError("drbdd is not running: there is nothing to restart", {
      remedy: `systemctl start ${DAEMON_UNIT}`,
    });
  }
  const paths = withTargets ? all.map(({ from }) => from) : [];
  const resources = await resourcesIn(paths, ctl);
  const secondaries = await secondariesIn(paths, ctl);
  const now = await previewConfig(new Map(), ctl);
  const away = await consider(new Map(all.map(({ from }) => [from, undefined])), "The restart", ctl);
  // Ctrl-C must not leave the files disabled.
  using interrupts = ctl.terminal.interrupts();
  let isGood = false;
  try {
    const outcome = await apply(() => rename(all, ctl), away, ctl, { isForced: true, isQuiet: true });
    isGood = !isRefused(outcome) &&
      (interrupts.signal.aborted || await stopServices(resources, secondaries, ctl));
  } finally {
    const back = all.map(({ from, to }) => ({ from: to, to: from }));
    const outcome = await apply(() => rename(back, ctl), now, ctl, { isForced: true, isQuiet: true });
    isGood &&= !isRefused(outcome);
  }
  if (interrupts.signal.aborted) return EXIT.interrupted;
  if (isGood) err.line(`Restarted ${all.map(({ from }) => from).join(", ")}`);
  return isGood ? EXIT.ok : EXIT.failure;
}

async function rename(all: readonly Renaming[], { effects: { files } }: Ctl): Promise<void> {
  for (const { from, to } of all) await files.rename(from, to);
}
