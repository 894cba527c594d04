/**
 * Asks DRBD before services are stopped because their resource is gone. An open device cannot vanish: more likely the dump of drbdsetup
 * events2 was truncated or empty. Until a dump has the resource again or it is known to be gone, DRBD is asked repeatedly, so that a loss
 * of quorum or a demotion is not missed.
 */
import { describe } from "../../../src/effects/describe.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { AskStatus, DrbdStatus } from "./drbd_status.ts";
import type { Report } from "../control/report/report.ts";
import { SharedSlots } from "../control/slots.ts";

const AGAIN_MS = 5_000;
/** An empty dump lacks all resources: at most this many are asked for at a time. */
const QUERIES_AT_ONCE = 8;
const SLOTS = new SharedSlots(QUERIES_AT_ONCE);

/** The listener that decides what follows. */
export interface GoneListener {
  /** There is no such resource. */
  onGone(): void;
  /** The resource exists although events do not show it. */
  onPresent(status: DrbdStatus): void;
}

export class GoneCheck {
  #over: AbortController | undefined;
  /** The last message. */
  #reported: string | undefined;

  constructor(
    readonly context: PluginContext,
    readonly resource: string,
    readonly report: Report,
    readonly ask: AskStatus,
    readonly listener: GoneListener,
  ) {}

  /** Events no longer show the resource. */
  begin(): void {
    if (this.#over !== undefined) return;
    this.#over = new AbortController();
    void this.#keepAsking(AbortSignal.any([this.context.signal, this.#over.signal]));
  }

  /** Events show the resource. Returns whether DRBD had contradicted their absence. */
  end(): boolean {
    this.#over?.abort();
    this.#over = undefined;
    const wasReported = this.#forget();
    if (wasReported) this.report.decision(this.resource, "drbdsetup events2 shows it again");
    return wasReported;
  }

  /** Never rejects. */
  async #keepAsking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const status = await this.#askOnce(signal);
      if (signal.aborted) return;
      if (status === "gone") {
        this.#over = undefined;
        this.#forget();
        this.listener.onGone();
        return;
      }
      if (status !== undefined) {
        // First act, then report.
        this.listener.onPresent(status);
        const quorum = status.quorum ? "with quorum" : "without quorum";
        this.#logOnce(
          `"drbdsetup status" shows it, ${status.role} ${quorum}`,
          "restarting drbdsetup events2 for a new dump",
        );
        this.context.dumpAgain();
      }
      await this.context.effects.clock.sleep(AGAIN_MS, signal);
    }
  }

  /** Undefined if there is no usable answer. */
  async #askOnce(signal: AbortSignal): Promise<DrbdStatus | "gone" | undefined> {
    const { effects } = this.context;
    try {
      return await SLOTS.of(effects).use(() => this.ask(effects, this.resource, signal));
    } catch (error) {
      if (!signal.aborted) {
        this.#logOnce(`whether it is up is not known: ${describe(error)}`);
      }
      return undefined;
    }
  }

  /** Reports once, in the log and in the status: `but` is what contradicts a stop, `also` what is done about it. */
  #logOnce(but: string, also?: string): void {
    const text = `missing in drbdsetup events2, but ${but}`;
    if (this.#reported === text) return;
    this.#reported = text;
    this.context.problems.set(`${this.resource} missing`, `${this.resource}: ${text}`);
    const doing = [...(also === undefined ? [] : [also]), "asking again every 5 s"].join("; ");
    this.report.decision(this.resource, `${text}; not stopped for this; ${doing}`, "warn");
  }

  /** Returns whether anything was reported. */
  #forget(): boolean {
    const wasReported = this.#reported !== undefined;
    this.#reported = undefined;
    this.context.problems.set(`${this.resource} missing`, undefined);
    return wasReported;
  }
}
