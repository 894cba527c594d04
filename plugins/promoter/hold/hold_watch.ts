/** Reads which resources are on hold and reports changes to their actors. */
import { canonicalText } from "../../../src/config/toml/table.ts";
import { describe } from "../../../src/effects/describe.ts";
import { type Effects, NotFoundError } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import {
  type Hold,
  holdPathOf,
  HOLDS_DIRECTORY,
  HOLDS_IN_FORCE,
  isOver,
  readHold,
  resourceOfHold,
} from "./hold.ts";
import { LoggedOnce } from "../control/report/logged_once.ts";

/** A hold is in force, or over, after this. */
const INTERVAL_MS = 1_000;

/** Called with the hold of a resource when there is one, and when it changes; undefined: it is over. */
export type OnHold = (hold: Hold | undefined) => void;

type Holds = ReadonlyMap<string, Hold>;

export class HoldWatch {
  static readonly #known = new WeakMap<Effects, HoldWatch>();

  /** The shared instance of these effects. */
  static of(effects: Effects, log: Logger): HoldWatch {
    const known = this.#known.get(effects) ?? new HoldWatch(effects, log);
    this.#known.set(effects, known);
    return known;
  }

  /** Each with the resource that it belongs to. */
  readonly #listeners = new Map<OnHold, string>();
  /** As last reported to the listeners. */
  #holds: Holds = new Map();
  /** Contents of the file with the holds in force; undefined until known. */
  #noted: string | undefined;
  readonly #readFailure = new LoggedOnce();
  readonly #noteFailure = new LoggedOnce();
  #isRunning = false;
  #last: Promise<void> = Promise.resolve();
  /** The check that has not begun yet, shared by all callers until it begins. */
  #next: Promise<void> | undefined;

  private constructor(readonly effects: Effects, readonly log: Logger) {}

  /**
   * Reports the holds of a resource to `onHold` until `signal` aborts. Resolves when the current hold is known, or
   * cannot be determined: then there is none until it can.
   */
  async add(resource: string, onHold: OnHold, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#listeners.set(onHold, resource);
    signal.addEventListener("abort", () => this.#listeners.delete(onHold));
    const known = this.#holds.get(resource);
    if (known !== undefined) onHold(known);
    const checked = this.check();
    if (!this.#isRunning) void this.#run();
    await checked;
  }

  /** Reads them now; changes have been reported when this resolves. Never rejects. */
  check(): Promise<void> {
    return this.#next ??= this.#last = this.#last.then(() => {
      this.#next = undefined;
      return this.#check();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#listeners.size > 0) {
      await this.effects.clock.sleep(INTERVAL_MS);
      if (this.#listeners.size > 0) await this.check();
    }
    this.#isRunning = false;
  }

  async #check(): Promise<void> {
    let holds: Holds;
    try {
      holds = await this.#read();
      this.#readFailure.reset();
    } catch (error) {
      this.#readFailure.log(describe(error), () =>
        this.log.warn(
          "Cannot read which resources are on hold, keeping the holds known so far; retrying every {seconds} s: {error}",
          { seconds: INTERVAL_MS / 1000, error: describe(error) },
        ));
      return;
    }
    const before = this.#holds;
    this.#holds = holds;
    for (const [onHold, resource] of this.#listeners) {
      const hold = holds.get(resource);
      if (!isSame(hold, before.get(resource))) onHold(hold);
    }
    await this.#note([...holds.keys()].sort());
  }

  async #read(): Promise<Holds> {
    const { files, clock } = this.effects;
    const holds = new Map<string, Hold>();
    for (const name of await filesIn(this.effects)) {
      const resource = resourceOfHold(name);
      if (resource === undefined) continue;
      const path = holdPathOf(resource);
      let hold: Hold;
      try {
        hold = readHold(await files.readText(path));
      } catch (error) {
        // It was removed in the meantime. A hold file that exists but cannot be read still counts as a hold.
        if (error instanceof NotFoundError) continue;
        hold = readHold("");
      }
      if (isOver(hold, clock.wallMs())) await files.remove(path).catch(() => {});
      else holds.set(resource, hold);
    }
    return holds;
  }

  /** For drbddctl, which waits for it. Without any hold, and without the file, there is nothing to be noted. */
  async #note(resources: readonly string[]): Promise<void> {
    const { files } = this.effects;
    this.#noted ??= await files.readText(HOLDS_IN_FORCE).catch(() => "[]\n");
    const text = `${JSON.stringify(resources)}\n`;
    if (text === this.#noted) return;
    try {
      await files.writeTextAtomic(HOLDS_IN_FORCE, text);
      this.#noted = text;
      this.#noteFailure.reset();
    } catch (error) {
      this.#noteFailure.log(
        describe(error),
        () =>
          this.log.warn("Cannot confirm to drbddctl which resources are on hold: {error}", {
            error: describe(error),
          }),
      );
    }
  }
}

/** Nearly always there is none, of hundreds of resources, before each start. */
function isSame(one: Hold | undefined, other: Hold | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalText(one) === canonicalText(other);
}

async function filesIn({ files }: Effects): Promise<string[]> {
  try {
    return await files.list(HOLDS_DIRECTORY);
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}
