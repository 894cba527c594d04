/** Changes of the configuration: checked before they are made, loaded by the daemon afterwards. */
import { type Ctl, CtlError, DAEMON_UNIT, EXIT } from "../cli/ctl.ts";
import { type Outcome, Service } from "./service.ts";
import { type Change, type ConfigPreview, previewConfig } from "./whole_config.ts";

/** @throws {CtlError} If drbdd would refuse the configuration after the change. */
export async function consider(change: Change, what: string, ctl: Ctl): Promise<ConfigPreview> {
  const preview = await previewConfig(change, ctl);
  if (preview.newErrors.length > 0) {
    for (const text of preview.newErrors) ctl.err.line(ctl.err.style.bad(text));
    throw new CtlError(
      `Not changed (${what}): because of these errors drbdd would refuse its configuration`,
      {
        remedy: "fix them with: drbddctl edit, with --disabled for a file that is disabled",
        exitCode: EXIT.usage,
      },
    );
  }
  for (const text of preview.newWarnings) ctl.err.line(`${ctl.err.style.odd("warning:")} ${text}`);
  return preview;
}

/**
 * Makes a change, reloads the daemon (even if a path unit would, with `isForced`), and prints and returns the outcome; with
 * `isQuiet` it prints only failures.
 * @throws Whatever `make` throws, or if the service cannot be reloaded.
 */
export async function apply(
  make: () => Promise<void>,
  preview: ConfigPreview,
  ctl: Ctl,
  { isForced = false, isQuiet = false } = {},
): Promise<Outcome> {
  const watch = await new Service(ctl).expectReload();
  await make();
  const outcome = await watch.finish(preview.config, isForced);
  if (!isQuiet || outcome.kind !== "taken") printOutcome(outcome, preview, ctl);
  return outcome;
}

/** Whether the daemon keeps its previous configuration. */
export function isRefused({ kind }: Outcome): boolean {
  return kind === "errors" || kind === "needsRestart";
}

function printOutcome(outcome: Outcome, { oldErrors }: ConfigPreview, { err }: Ctl): void {
  switch (outcome.kind) {
    case "taken":
      err.line("Configuration reloaded");
      return;
    case "errors":
      for (const text of oldErrors) err.line(err.style.bad(text));
      err.line(`${err.style.bad("drbdd refuses its configuration")} and keeps the previous one`);
      err.line("  Next: fix the errors (drbddctl edit), then drbddctl reload --wait");
      return;
    case "needsRestart":
      err.line(
        `${err.style.odd("drbdd has to be restarted to take this")}: it gave up what it needs for it ` +
          `(${outcome.missing})`,
      );
      err.line(`  Next: systemctl restart ${DAEMON_UNIT} (services keep running)`);
      return;
    case "notRunning":
      err.line(`${err.style.odd("drbdd is not running")}: it will read this when it is started`);
      err.line(`  Next: systemctl start ${DAEMON_UNIT}`);
      return;
    case "unknown":
      err.line(
        "Asked drbdd to reload its configuration; the result is unknown, as neither drbdd nor its journal reports it",
      );
      err.line(`  Next: systemctl status ${DAEMON_UNIT}`);
  }
}
