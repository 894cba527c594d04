/**
 * Learns how DRBD avoids a split brain of one resource, and what of its options should be otherwise. A resource that is
 * left alone because of them is looked at again: whoever mends the options shall not have to tell drbdd.
 */
import { describe } from "../../src/runtime/describe.ts";
import type { PluginContext } from "../../src/runtime/plugin.ts";
import { askDrbdOptions, avoidanceOf } from "./drbd_options.ts";
import { checkOptions, checkPreferredNodes, type Finding } from "./preflight.ts";
import type { Report } from "./report.ts";
import type { ResourceConfig } from "./resource_config.ts";
import type { Avoidance } from "./state.ts";

/** Between the first two looks, and between others at least. */
const FIRST_PAUSE_MS = 1_000;
const PAUSE_MS = 5_000;
/** Options can change without a word of DRBD. */
const AGAIN_MS = 60_000;

export class OptionsWatch {
  /** What was said last: it is said again only after a reload. */
  #said = "";
  #isAsking = false;
  /** Ends the wait for the next look. */
  #wake = new AbortController();

  constructor(
    readonly context: PluginContext,
    readonly config: ResourceConfig,
    readonly report: Report,
    readonly onLearnt: (avoidance: Avoidance) => void,
    readonly tell: (findings: readonly Finding[]) => void,
  ) {}

  /** The resource is new, or the configuration was read again: everything is looked at and said anew. */
  look(): void {
    this.#said = "";
    this.refresh();
  }

  /** The options may have changed: only what is news is said. */
  refresh(): void {
    if (this.#isAsking) this.#wake.abort();
    else void this.#ask();
  }

  /** The resource changed. If it is left alone, that may be over. */
  changed(): void {
    this.#wake.abort();
  }

  /** Asks until it is known that there is protection, or the resource is gone. */
  async #ask(): Promise<void> {
    const { signal, effects } = this.context;
    this.#isAsking = true;
    let isFirst = true;
    while (!signal.aborted && this.context.resource(this.config.name) !== undefined) {
      this.#wake = new AbortController();
      // Of a resource that is just being made, connections may be missing.
      const avoidance = await this.#askOnce(!isFirst);
      if (avoidance === "quorum" || avoidance === "fencing") break;
      await effects.clock.sleep(isFirst ? FIRST_PAUSE_MS : PAUSE_MS, signal);
      if (avoidance === "none" && !isFirst) {
        await effects.clock.sleep(AGAIN_MS - PAUSE_MS, AbortSignal.any([signal, this.#wake.signal]));
      }
      isFirst = false;
    }
    this.#isAsking = false;
  }

  /** Returns undefined if it could not be found out. Without `isSure`, nothing is said of what may pass. */
  async #askOnce(isSure: boolean): Promise<Avoidance | undefined> {
    const { effects } = this.context;
    const { name } = this.config;
    try {
      const options = await askDrbdOptions(effects, name);
      const avoidance = avoidanceOf(options);
      this.onLearnt(avoidance);
      if (avoidance === "none" && !isSure) return avoidance;
      const findings = [
        ...checkOptions(this.config, options),
        ...checkPreferredNodes(this.config, this.context.resource(name), effects.nodeName()),
      ];
      this.#sayOnce(JSON.stringify([avoidance, findings]), () => {
        if (avoidance === "none") {
          this.report.leftAlone(
            name,
            "neither quorum nor fencing keeps two nodes from being Primary at once; mend it by: " +
              `options { quorum majority; } in the resource's file, then drbdadm adjust ${name}`,
          );
        }
        this.tell(findings);
      });
      return avoidance;
    } catch (error) {
      if (!isSure) return undefined;
      const reason = describe(error);
      this.#sayOnce(
        reason,
        () => this.report.leftAlone(name, `it is not known how DRBD avoids a split brain: ${reason}`),
      );
      return undefined;
    }
  }

  #sayOnce(text: string, say: () => void): void {
    if (this.#said === text) return;
    this.#said = text;
    say();
  }
}
