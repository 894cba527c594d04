/** The daemon's service: its state and reloads. */
import {
  complaintOf,
  type Properties,
  Systemctl,
} from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { outcomeIn, type ReloadOutcome } from "../../app/outcome.ts";
import type { DaemonConfig } from "../../config/load.ts";
import { type ConfigStatus, readConfigStatus } from "../../daemon/status/config_status.ts";
import { runLimited } from "../../effects/limited_run.ts";
import { ANSWER_LIMIT_MS as ANSWER_MS } from "../cli/in_time.ts";
import { type Ctl, CtlError, DAEMON_UNIT } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";

/** If it is active, it reloads the service after each change of the configuration. */
export const RELOAD_PATH = "drbdd-reload.path";

/** How long to wait for the daemon's result. */
const RESULT_LIMIT_MS = 10_000;
const POLL_INTERVAL_MS = 100;

/** `unknown`: no result in time; `notRunning`: the configuration is read at the next start. */
export type Outcome = ReloadOutcome | { readonly kind: "unknown" } | { readonly kind: "notRunning" };

export class Service {
  readonly systemctl: Systemctl;

  constructor(readonly ctl: Ctl) {
    this.systemctl = new Systemctl(ctl.effects);
  }

  /** Properties of the service, such as ActiveState and StatusText. */
  async state(): Promise<Properties> {
    const [state] = await this.systemctl.show([DAEMON_UNIT], [
      "ActiveState",
      "SubState",
      "StatusText",
      "LoadState",
    ]);
    return state ?? new Map();
  }

  /** Call it before a change, because the path unit may react at once. */
  async expectReload(): Promise<ReloadWatch> {
    const [service, path] = await this.systemctl.show([DAEMON_UNIT, RELOAD_PATH], ["ActiveState"]);
    const watch = new ReloadWatch(
      this,
      isRunning(service ?? new Map()),
      path?.get("ActiveState") === "active",
    );
    await watch.begin();
    return watch;
  }
}

export function isRunning(service: Properties): boolean {
  return /^(active|reloading|activating|refreshing)$/.test(service.get("ActiveState") ?? "");
}

/** A reload to come. */
export class ReloadWatch {
  readonly #fromMs: number;
  #before = 0;

  constructor(readonly service: Service, readonly isRunning: boolean, readonly hasPathUnit: boolean) {
    this.#fromMs = service.ctl.effects.clock.wallMs();
  }

  async begin(): Promise<void> {
    if (this.isRunning) this.#before = (await this.#outcomes()).length;
  }

  /**
   * Reloads the service, unless the path unit does (with `isForced` even then), and waits for the result.
   * @throws {CtlError} If it cannot be reloaded.
   */
  async finish(config: DaemonConfig | undefined, isForced = false): Promise<Outcome> {
    if (!this.isRunning) return { kind: "notRunning" };
    if (!this.hasPathUnit || isForced) {
      const failure = await this.#reload();
      // "systemctl reload" also fails if the daemon refuses its configuration.
      const outcome = failure === undefined ? undefined : await this.#noted();
      if (failure !== undefined) return outcome ?? Promise.reject(failure);
    }
    return await withProgress(
      this.service.ctl,
      "Waiting for drbdd to reload its configuration",
      this.#outcome(config === undefined || logsToJournal(config)),
    );
  }

  /** Returns an error if the service cannot be reloaded. */
  async #reload(): Promise<CtlError | undefined> {
    const args = ["reload", DAEMON_UNIT];
    const result = await withProgress(this.service.ctl, "Reloading drbdd", this.service.systemctl.run(args));
    if (result.code === 0) return undefined;
    return new CtlError(`Cannot reload drbdd: ${complaintOf(args, result)}`, {
      remedy: `systemctl status ${DAEMON_UNIT}, then drbddctl reload --wait`,
    });
  }

  /** `isInJournal`: whether the log goes to the journal, where the result can be found. */
  async #outcome(isInJournal: boolean): Promise<Outcome> {
    const { clock } = this.service.ctl.effects;
    // Without a reload record, and with logs in files only, the result cannot be found.
    const hasStatus = isInJournal || await readConfigStatus(this.service.ctl.effects) !== undefined;
    const endMs = clock.nowMs() + (hasStatus ? RESULT_LIMIT_MS : 0);
    for (;;) {
      const outcome = await this.#noted() ??
        (isInJournal ? (await this.#outcomes()).slice(this.#before).pop() : undefined);
      if (outcome !== undefined) return outcome;
      if (clock.nowMs() >= endMs) return { kind: "unknown" };
      await clock.sleep(POLL_INTERVAL_MS);
    }
  }

  /** The daemon's record of a reload after this began. */
  async #noted(): Promise<ReloadOutcome | undefined> {
    const status = await readConfigStatus(this.service.ctl.effects);
    return status === undefined || status.beganMs < this.#fromMs ? undefined : outcomeOf(status);
  }

  /** The daemon's log lines about reloads since this began. */
  async #outcomes(): Promise<ReloadOutcome[]> {
    const { effects } = this.service.ctl;
    const sinceS = Math.floor(this.#fromMs / 1000);
    const { code, stdout } = await runLimited(
      effects,
      ["journalctl", "--no-pager", "--output=cat", `--unit=${DAEMON_UNIT}`, `--since=@${sinceS}`],
      { limitMs: ANSWER_MS },
    );
    return code === 0 ? stdout.split("\n").flatMap((line) => outcomeIn(line) ?? []) : [];
  }
}

function outcomeOf({ result, errors }: ConfigStatus): ReloadOutcome {
  if (result === "loaded") return { kind: "taken" };
  return result === "errors" ? { kind: "errors" } : { kind: "needsRestart", missing: errors.join(", ") };
}

/** Whether results of reloads are in the journal. */
function logsToJournal({ log }: DaemonConfig): boolean {
  return log.some(({ file, level }) => file === undefined && ["trace", "debug", "info"].includes(level));
}
