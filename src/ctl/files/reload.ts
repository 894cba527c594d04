/** Having the daemon read its configuration again, whatever drbddctl itself thinks of that. */
import { complaintOf } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { type ConfigStatus, readConfigStatus } from "../../daemon/status/config_status.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";
import { isRunning, SERVICE, Service } from "./service.ts";

/** Below the time that systemd gives an ExecReload=. */
const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 20;

export interface Reload {
  /** Until the daemon has read it. */
  readonly isWaiting: boolean;
}

/** Returns the exit code. */
export async function reload({ isWaiting }: Reload, ctl: Ctl): Promise<number> {
  const service = new Service(ctl);
  if (!isRunning(await service.state())) {
    throw new CtlError("drbdd does not run: there is nothing to be reloaded", {
      remedy: `systemctl start ${SERVICE}`,
    });
  }
  const fromMs = ctl.effects.clock.wallMs();
  // Not "systemctl reload": the unit does that by this command.
  const args = ["kill", "--kill-who=main", "--signal=HUP", SERVICE];
  const result = await service.systemctl.run(args);
  if (result.code !== 0) {
    throw new CtlError(`Cannot signal drbdd: ${complaintOf(args, result)}`, {
      remedy: `systemctl status ${SERVICE}`,
    });
  }
  if (!isWaiting) {
    ctl.err.line("Asked drbdd to read its configuration again");
    return EXIT.ok;
  }
  const status = await withProgress(
    ctl,
    "Waiting for drbdd to read its configuration",
    readSince(fromMs, ctl),
  );
  return tell(status, ctl);
}

/** What the daemon notes of the first reading that began after `fromMs`; undefined if it notes none in time. */
async function readSince(fromMs: number, { effects }: Ctl): Promise<ConfigStatus | undefined> {
  const { clock } = effects;
  const endMs = clock.nowMs() + WAIT_MS;
  while (clock.nowMs() < endMs) {
    const status = await readConfigStatus(effects);
    if (status !== undefined && status.beganMs >= fromMs) return status;
    await clock.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

function tell(status: ConfigStatus | undefined, { err }: Ctl): number {
  switch (status?.result) {
    case "loaded":
      err.line("drbdd has read its configuration again");
      return EXIT.ok;
    case "errors":
      for (const error of status.errors) err.line(err.style.bad(error));
      err.line(
        `${
          err.style.bad("Configuration not reloaded")
        } because of these errors: drbdd keeps the previous one`,
      );
      err.line("  Next: fix the errors (drbddctl edit, drbddctl check), then drbddctl reload --wait");
      return EXIT.failure;
    case "needsRestart":
      err.line(
        `${
          err.style.odd("Configuration not reloaded")
        }: it needs permissions that drbdd gave up when it started ` +
          `(${status.errors.join(", ")}); drbdd keeps the previous one`,
      );
      err.line(
        `  Next: systemctl restart ${SERVICE} (services are not affected, but for stop-services-on-exit)`,
      );
      return EXIT.failure;
    case undefined:
      err.line(`drbdd did not read its configuration within ${WAIT_MS / 1000} s`);
      err.line(`  Next: systemctl status ${SERVICE}, journalctl -u ${SERVICE}`);
      return EXIT.failure;
  }
}
