/** Changes of the configuration: looked at before they are made, told to the daemon afterwards. */
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { type Outcome, SERVICE, Service } from "./service.ts";
import { type Change, type Prospect, prospectOf } from "./whole_config.ts";

/** Refuses a change with which drbdd would not take its configuration. @throws {CtlError} */
export async function consider(change: Change, what: string, ctl: Ctl): Promise<Prospect> {
  const prospect = await prospectOf(change, ctl);
  if (prospect.newErrors.length > 0) {
    for (const text of prospect.newErrors) ctl.err.line(ctl.err.style.bad(text));
    throw new CtlError(`${what} was left undone: with these errors drbdd would refuse its configuration`, {
      remedy: "fix them with: drbddctl edit, with --disabled for a file that is disabled",
      exitCode: EXIT.usage,
    });
  }
  for (const text of prospect.newWarnings) ctl.err.line(`${ctl.err.style.odd("warning:")} ${text}`);
  return prospect;
}

/**
 * Makes a change, and has the daemon take it: even where a path unit would, if `isForced`. Returns what became of it, which
 * is told already; with `isQuiet` only if it is not as it should be.
 * @throws Whatever `make` throws, or if the service cannot be reloaded.
 */
export async function apply(
  make: () => Promise<void>,
  prospect: Prospect,
  ctl: Ctl,
  { isForced = false, isQuiet = false } = {},
): Promise<Outcome> {
  const watch = await new Service(ctl).expectReload();
  await make();
  const outcome = await watch.finish(prospect.config, isForced);
  if (!isQuiet || outcome.kind !== "taken") tell(outcome, prospect, ctl);
  return outcome;
}

/** Whether the daemon goes on with the configuration it had before. */
export function isRefused({ kind }: Outcome): boolean {
  return kind === "errors" || kind === "needsRestart";
}

function tell(outcome: Outcome, { oldErrors }: Prospect, { err }: Ctl): void {
  switch (outcome.kind) {
    case "taken":
      err.line("drbdd has read its configuration again");
      return;
    case "errors":
      for (const text of oldErrors) err.line(err.style.bad(text));
      err.line(`${err.style.bad("drbdd refuses its configuration")}: it goes on with the one before`);
      err.line("  Next: fix the errors (drbddctl edit), then drbddctl reload --wait");
      return;
    case "needsRestart":
      err.line(
        `${err.style.odd("drbdd has to be restarted to take this")}: it gave up what it needs for it ` +
          `(${outcome.missing})`,
      );
      err.line(`  Next: systemctl restart ${SERVICE} (services go on meanwhile)`);
      return;
    case "notRunning":
      err.line(`${err.style.odd("drbdd does not run")}: it takes this when it is started`);
      err.line(`  Next: systemctl start ${SERVICE}`);
      return;
    case "unknown":
      err.line("Asked drbdd to read its configuration again; neither it nor its journal says whether it did");
      err.line(`  Next: systemctl status ${SERVICE}`);
  }
}
