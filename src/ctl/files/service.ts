/** The daemon's service: whether it runs, and having it read its configuration again. */
import {
  complaintOf,
  type Properties,
  Systemctl,
} from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { outcomeIn, type ReloadOutcome } from "../../app/outcome.ts";
import type { DaemonConfig } from "../../config/load.ts";
import { type ConfigStatus, readConfigStatus } from "../../daemon/status/config_status.ts";
import { runLimited } from "../../effects/limited_run.ts";
import { PATIENCE_MS as ANSWER_MS } from "../cli/in_time.ts";
import { type Ctl, CtlError } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";

export const SERVICE = "drbdd.service";
/** Where it is active, it has the service reloaded after each change of the configuration. */
export const RELOAD_PATH = "drbdd-reload.path";

/** How long the daemon may take to say what it thinks of a configuration. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** `unknown`: it has not said; `notRunning`: it takes the configuration when it is started. */
export type Outcome = ReloadOutcome | { readonly kind: "unknown" } | { readonly kind: "notRunning" };

export class Service {
  readonly systemctl: Systemctl;

  constructor(readonly ctl: Ctl) {
    this.systemctl = new Systemctl(ctl.effects);
  }

  /** ActiveState, StatusText and such of the service. */
  async state(): Promise<Properties> {
    const [state] = await this.systemctl.show([SERVICE], [
      "ActiveState",
      "SubState",
      "StatusText",
      "LoadState",
    ]);
    return state ?? new Map();
  }

  /** To be called before a change, which the path unit may notice at once. */
  async expectReload(): Promise<ReloadWatch> {
    const [service, path] = await this.systemctl.show([SERVICE, RELOAD_PATH], ["ActiveState"]);
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

/** A reload that is to come. */
export class ReloadWatch {
  readonly #fromMs: number;
  #before = 0;

  constructor(readonly service: Service, readonly isRunning: boolean, readonly hasPathUnit: boolean) {
    this.#fromMs = service.ctl.effects.clock.wallMs();
  }

  async begin(): Promise<void> {
    if (this.isRunning) this.#before = (await this.#said()).length;
  }

  /**
   * Reloads the service, unless the path unit does (`isForced`: even then), and waits for what the daemon says of `config`.
   * @throws {CtlError} If it cannot be reloaded.
   */
  async finish(config: DaemonConfig | undefined, isForced = false): Promise<Outcome> {
    if (!this.isRunning) return { kind: "notRunning" };
    if (!this.hasPathUnit || isForced) {
      const failure = await this.#reload();
      // The reload of the service fails as well where the daemon refuses its configuration.
      const outcome = failure === undefined ? undefined : await this.#noted();
      if (failure !== undefined) return outcome ?? Promise.reject(failure);
    }
    return await withProgress(
      this.service.ctl,
      "Waiting for drbdd to read its configuration",
      this.#outcome(config === undefined || logsToJournal(config)),
    );
  }

  /** Returns why the service cannot be reloaded. */
  async #reload(): Promise<CtlError | undefined> {
    const args = ["reload", SERVICE];
    const result = await withProgress(this.service.ctl, "Reloading drbdd", this.service.systemctl.run(args));
    if (result.code === 0) return undefined;
    return new CtlError(`Cannot have drbdd read its configuration again: ${complaintOf(args, result)}`, {
      remedy: `systemctl status ${SERVICE}, then drbddctl reload --wait`,
    });
  }

  /** `isInJournal`: whether the configuration logs what becomes of it where it can be read. */
  async #outcome(isInJournal: boolean): Promise<Outcome> {
    const { clock } = this.service.ctl.effects;
    // A daemon that notes nothing, and logs to files only, cannot be asked.
    const canTell = isInJournal || await readConfigStatus(this.service.ctl.effects) !== undefined;
    const endMs = clock.nowMs() + (canTell ? PATIENCE_MS : 0);
    for (;;) {
      const outcome = await this.#noted() ??
        (isInJournal ? (await this.#said()).slice(this.#before).pop() : undefined);
      if (outcome !== undefined) return outcome;
      if (clock.nowMs() >= endMs) return { kind: "unknown" };
      await clock.sleep(LOOK_EVERY_MS);
    }
  }

  /** What the daemon noted of a reload that began after this. */
  async #noted(): Promise<ReloadOutcome | undefined> {
    const status = await readConfigStatus(this.service.ctl.effects);
    return status === undefined || status.beganMs < this.#fromMs ? undefined : outcomeOf(status);
  }

  /** What the daemon said of reloads since this began. */
  async #said(): Promise<ReloadOutcome[]> {
    const { effects } = this.service.ctl;
    const sinceS = Math.floor(this.#fromMs / 1000);
    const { code, stdout } = await runLimited(
      effects,
      ["journalctl", "--no-pager", "--output=cat", `--unit=${SERVICE}`, `--since=@${sinceS}`],
      { limitMs: ANSWER_MS },
    );
    return code === 0 ? stdout.split("\n").flatMap((line) => outcomeIn(line) ?? []) : [];
  }
}

function outcomeOf({ result, errors }: ConfigStatus): ReloadOutcome {
  if (result === "loaded") return { kind: "taken" };
  return result === "errors" ? { kind: "errors" } : { kind: "needsRestart", missing: errors.join(", ") };
}

/** Otherwise nobody can read there what became of a reload. */
function logsToJournal({ log }: DaemonConfig): boolean {
  return log.some(({ file, level }) => file === undefined && ["trace", "debug", "info"].includes(level));
}
