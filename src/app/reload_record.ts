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

/** Of the errors that are kept; a program that wrote nonsense can leave thousands. */
const MOST_ERRORS = 100;

export class ReloadRecord {
  #last: ConfigStatus | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(readonly effects: Effects, readonly log: Logger) {}

  /** For the status of the service; undefined while the files' configuration is the one that holds. */
  get problem(): string | undefined {
    if (this.#last === undefined || this.#last.result === "loaded") return undefined;
    const { result, errors, loadedMs } = this.#last;
    const why = result === "needsRestart"
      ? "it takes a restart"
      : errors.length === 1
      ? "1 error"
      : `${errors.length} errors`;
    return `CONFIGURATION NOT RELOADED (${why}), using that of ${new Date(loadedMs).toISOString()}`;
  }

  /** Notes how a reading that began at `beganMs` ended. */
  note(beganMs: number, result: ReadingResult, errors: readonly string[] = []): void {
    const endedMs = this.effects.clock.wallMs();
    const loadedMs = result === "loaded" ? endedMs : this.#last?.loadedMs ?? endedMs;
    this.#last = { beganMs, endedMs, result, errors: errors.slice(0, MOST_ERRORS), loadedMs };
    this.#write(this.#last);
  }

  /** The configuration that holds from now on, as text. */
  held(text: string): void {
    this.#put(runtimePath(this.effects, HELD_CONFIG), text);
  }

  /** Has `metrics` show it, under names like those of Prometheus itself. */
  show(metrics: Metrics): void {
    const successful = metrics.family(
      "drbdd_config_last_reload_successful",
      "gauge",
      "Whether the last reading of the configuration was successful",
    );
    const loaded = metrics.family(
      "drbdd_config_last_reload_success_timestamp_seconds",
      "gauge",
      "When the configuration was last read successfully, in seconds since 1970",
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

  /** Nothing waits for it. */
  #put(path: string | undefined, text: string): void {
    if (path === undefined) return;
    this.#written = this.#written.then(async () => {
      try {
        await this.effects.files.writeTextAtomic(path, text, 0o640);
      } catch (error) {
        this.log.warn("Cannot keep the result of the reload for drbddctl: {error}", { error });
      }
    });
  }
}
