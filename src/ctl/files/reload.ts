/** `drbddctl reload`: reloads the daemon without checking the configuration first. */
import { complaintOf } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { type ConfigStatus, readConfigStatus } from "../../daemon/status/config_status.ts";
import { type Ctl, CtlError, DAEMON_UNIT, EXIT } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";
import { isRunning, Service } from "./service.ts";

/** Less than the time limit of ExecReload=. */
const WAIT_MS = 60_000;
const POLL_INTERVAL_MS = 20;

export interface Reload {
  /** Wait for the daemon's result. */
  readonly isWaiting: boolean;
}

/** Returns the exit code. */
export async function reload({ isWaiting }: Reload, ctl: Ctl): Promise<number> {
  const service = new Service(ctl);
  if (!isRunning(await service.state())) {
    throw new CtlError("drbdd is not running: there is nothing to reload", {
      remedy: `systemctl start ${DAEMON_UNIT}`,
    });
  }
  const fromMs = ctl.effects.clock.wallMs();
  // Not "systemctl reload", which runs this command.
  const args = ["kill", "--kill-who=main", "--signal=HUP", DAEMON_UNIT];
  const result = await service.systemctl.run(args);
  if (result.code !== 0) {
    throw new CtlError(`Cannot signal drbdd: ${complaintOf(args, result)}`, {
      remedy: `systemctl status ${DAEMON_UNIT}`,
    });
  }
  if (!isWaiting) {
    ctl.err.line("Asked drbdd to reload its configuration");
    return EXIT.ok;
  }
  const status = await withProgress(
    ctl,
    "Waiting for drbdd to reload its configuration",
    readSince(fromMs, ctl),
  );
  // For ExecReload= systemd says which process it is about. Its log has what the daemon said of that already.
  const isLogged = ctl.effects.environment("MAINPID") !== undefined && status !== undefined;
  return isLogged ? printBriefly(status, ctl) : printResult(status, ctl);
}

/** The log may be a file: the journal says at least where the reasons are. */
function printBriefly({ result }: ConfigStatus, { err }: Ctl): number {
  if (result === "loaded") return EXIT.ok;
  err.line("Configuration not reloaded: the reasons are in the log of drbdd, and drbddctl status shows them");
  return EXIT.failure;
}

/** The outcome of the first reload after `fromMs`; undefined if the daemon reports none in time. */
async function readSince(fromMs: number, { effects }: Ctl): Promise<ConfigStatus | undefined> {
  const { clock } = effects;
  const endMs = clock.nowMs() + WAIT_MS;
  while (clock.nowMs() < endMs) {
    const status = await readConfigStatus(effects);
    if (status !== undefined && status.beganMs >= fromMs) return status;
    await clock.sleep(POLL_INTERVAL_MS);
  }
  return undefined;
}

function printResult(status: ConfigStatus | undefined, { err }: Ctl): number {
  switch (status?.result) {
    case "loaded":
      err.line("Configuration reloaded");
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
        `  Next: systemctl restart ${DAEMON_UNIT} (services keep running, unless stop-services-on-exit is set)`,
      );
      return EXIT.failure;
    case undefined:
      err.line(`drbdd did not reload its configuration within ${WAIT_MS / 1000} s`);
      err.line(`  Next: systemctl status ${DAEMON_UNIT}, journalctl -u ${DAEMON_UNIT}`);
      return EXIT.failure;
  }
}
