/** Keeps a refused reload visible until one succeeds: in a file, in metrics, in the status of the service. */
import {
  type ConfigStatus,
  HELD_CONFIG,
  pathForDaemon,
  type ReadingResult,
  runtimePath,
} from "../daemon/status/config_status.ts";
import type { Effects } from "../effects/effects.ts";
import type { Logger } from "../logging/logging.ts";
import type { Metrics } from "../daemon/status/metrics.ts";

/** Limits the errors that are kept; a broken file can cause thousands. */
const MOST_ERRORS = 100;

export class ReloadRecord {
  #last: ConfigStatus | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(readonly effects: Effects, readonly log: Logger) {}

  /** For the status of the service; undefined if the last reload succeeded. */
  get problem(): string | undefined {
    if (this.#last === undefined || this.#last.result === "loaded") return undefined;
    const { result, errors, loadedMs } = this.#last;
    const why = result === "needsRestart"
      ? "it needs a restart"
      : errors.length === 1
      ? "1 error"
      : `${errors.length} errors`;
    return `CONFIGURATION NOT RELOADED (${why}), using that of ${new Date(loadedMs).toISOString()}`;
  }

  /** Records the outcome of a reload that began at `beganMs`. */
  note(beganMs: number, result: ReadingResult, errors: readonly string[] = []): void {
    const endedMs = this.effects.clock.wallMs();
    const loadedMs = result === "loaded" ? endedMs : this.#last?.loadedMs ?? endedMs;
    this.#last = { beganMs, endedMs, result, errors: errors.slice(0, MOST_ERRORS), loadedMs };
    this.#write(this.#last);
  }

  /** The text of the configuration in use. */
  held(text: string): void {
    this.#put(runtimePath(this.effects, HELD_CONFIG), text);
  }

  /** Adds it to `metrics`, under names like those of Prometheus itself. */
  show(metrics: Metrics): void {
    const successful = metrics.family(
      "drbdd_config_last_reload_successful",
      "gauge",
      "Whether the last reload of the configuration succeeded",
    );
    const loaded = metrics.family(
      "drbdd_config_last_reload_success_timestamp_seconds",
      "gauge",
      "When the configuration was last loaded successfully, in seconds since 1970",
    );
    metrics.beforeShown(() => {
      if (this.#last === undefined) return;
      successful.set({}, this.#last.result === "loaded" ? 1 : 0);
      loaded.set({}, this.#last.loadedMs / 1000);
    });
  }

  #write(status: ConfigStatus): void {
    this.#put(pathForDaemon(this.effects), `${JSON.stringify(status)}\n`);
  }

  /** Written in the background. */
  #put(path: string | undefined, text: string): void {
    if (path === undefined) return;
    this.#written = this.#written.then(async () => {
      try {
        await this.effects.files.writeTextAtomic(path, text, 0o640);
      } catch (error) {
        this.log.warn("Cannot write the result of the reload for drbddctl: {error}", { error });
      }
    });
  }
}
