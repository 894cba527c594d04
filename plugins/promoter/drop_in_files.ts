/** Drop-ins on the disk: written where they differ, removed where they are wanted no more, and told to systemd. */
import { type Effects, type Files, NotFoundError } from "../../src/runtime/effects.ts";
import { BEFORE_FILE, escalateUnitOfPromote, FILE_NAMES, modeOf, UNIT_DIRECTORY } from "./drop_ins.ts";
import { SaidOnce } from "./said_once.ts";
import { hasJob, isUp, Systemctl } from "./systemctl.ts";

/** A drop-in in UNIT.d. */
interface Place {
  readonly unit: string;
  readonly path: string;
}

/** The drop-ins of one drbdd. Its promoters share them, and take turns. */
export class DropInFiles {
  static readonly #known = new WeakMap<Effects, DropInFiles>();

  /** Those of a world. */
  static of(effects: Effects): DropInFiles {
    const known = this.#known.get(effects) ?? new DropInFiles(effects);
    this.#known.set(effects, known);
    return known;
  }

  readonly #files: Files;
  readonly #systemctl: Systemctl;
  /** Nothing is known yet of what systemd has read: an earlier drbdd may have been killed before it could tell. */
  #isFirst = true;
  /** There is something on the disk that systemd was not told to read. */
  #isUnread = false;
  #last: Promise<unknown> = Promise.resolve();
  /** What was last said of units whose drop-ins stay: by whichever promoter, it is said once. */
  saidKept = "";
  /** What was last said that this host cannot do. */
  saidProblems = "";
  /** Why drop-ins cannot be written. */
  readonly saidFailure = new SaidOnce();
  /** A try that has not begun, for all who want one. */
  #waiting: Promise<string[] | undefined> | undefined;
  #lastTry: Promise<unknown> = Promise.resolve();
  /** What makes systemd stop drbdd first, and is to go for these targets. */
  readonly #passing = new Set<string>();
  #pass: Promise<void> | undefined;

  private constructor(effects: Effects) {
    this.#files = effects.files;
    this.#systemctl = new Systemctl(effects);
  }

  /** Runs `attempt` when the one before is over. Until then, whoever comes shares it. It does not reject. */
  together(attempt: () => Promise<string[] | undefined>): Promise<string[] | undefined> {
    if (this.#waiting !== undefined) return this.#waiting;
    const waiting = this.#lastTry.then(() => {
      this.#waiting = undefined;
      return attempt();
    });
    this.#waiting = waiting;
    this.#lastTry = waiting;
    return waiting;
  }

  /**
   * Makes the files that `want` gives (text by path) the only ones of drbdd, and has systemd read its units again if anything
   * changed. Drop-ins of units that run are not taken away: the units would go on without what stops them before the
   * resource is demoted. Nor are those of units they name: a target that is started again would start its services
   * without what lets them wait for the promotion. Returns the units that run.
   *
   * `want` is asked when its turn has come: what was wanted before may be wanted no more.
   *
   * @throws If a file cannot be written or removed, or systemctl fails.
   */
  write(want: () => Promise<ReadonlyMap<string, string>>): Promise<string[]> {
    return this.#inTurn(async () => {
      const wanted = await want();
      const stale = (await this.#present()).filter(({ path }) => !wanted.has(path));
      const kept = await this.#stillNeeded(stale);
      const named = await this.#withNamed(kept, stale);
      for (const place of stale) {
        if (!named.has(place.unit)) await this.#remove(place.path);
      }
      await this.#put(wanted);
      await this.#tell();
      this.#isFirst = false;
      return [...kept];
    });
  }

  /**
   * Writes files (text by path) beside those that are there: for a resource of which no promoter knows.
   *
   * @throws As `write`.
   */
  add(files: ReadonlyMap<string, string>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#put(files);
      await this.#tell();
    });
  }

  /**
   * Takes away what makes systemd stop drbdd before the services of these targets: drbdd ends, and stops them itself.
   *
   * @throws As `write`.
   */
  letShutdownPass(targets: readonly string[]): Promise<void> {
    for (const unit of targets) this.#passing.add(unit);
    this.#pass ??= this.#inTurn(async () => {
      this.#pass = undefined;
      const units = [...this.#passing];
      this.#passing.clear();
      for (const unit of units) await this.#remove(`${UNIT_DIRECTORY}/${unit}.d/${BEFORE_FILE}`);
      await this.#tell();
    });
    return this.#pass;
  }

  async #put(wanted: ReadonlyMap<string, string>): Promise<void> {
    for (const [path, text] of wanted) {
      if (await this.#textOf(path) === text) continue;
      this.#isUnread = true;
      await this.#files.makeDirectory(directoryOf(path));
      await this.#files.writeTextAtomic(path, text, modeOf(path));
    }
    if (this.#isFirst && wanted.size > 0) this.#isUnread = true;
  }

  async #tell(): Promise<void> {
    if (!this.#isUnread) return;
    await this.#systemctl.must(["daemon-reload"]);
    this.#isUnread = false;
  }

  /**
   * Units that run or are about to, and what systemd needs should a promotion of them that runs fail to be taken back.
   * A start that waits for its promotion would not wait any more.
   */
  async #stillNeeded(stale: readonly Place[]): Promise<ReadonlySet<string>> {
    const units = [...new Set(stale.map(({ unit }) => unit))];
    const states = await this.#systemctl.show(units, ["ActiveState", "Job"]);
    const up = units.filter((_unit, place) => {
      const state = states[place] ?? new Map();
      return isUp(state) || hasJob(state);
    });
    const escalations = up.map(escalateUnitOfPromote).filter((unit) => units.includes(unit));
    return new Set([...up, ...escalations]);
  }

  /** `units` and those that their drop-ins name, directly or by way of others. */
  async #withNamed(units: ReadonlySet<string>, stale: readonly Place[]): Promise<ReadonlySet<string>> {
    if (units.size === 0) return units;
    const all = new Set(units);
    const known = new Set(stale.map(({ unit }) => unit));
    // What is added to a set while it is gone through has its turn, too.
    for (const unit of all) {
      for (const place of stale) {
        if (place.unit !== unit) continue;
        for (const word of (await this.#textOf(place.path) ?? "").split(/\s+|=/)) {
          if (known.has(word)) all.add(word);
        }
      }
    }
    return all;
  }

  /** With its directory, if nobody else has a file in it. */
  async #remove(path: string): Promise<void> {
    this.#isUnread = true;
    await this.#files.remove(path);
    const directory = directoryOf(path);
    const left = await this.#listOrNothing(directory);
    if (left !== undefined && left.length === 0) await this.#files.remove(directory);
  }

  /** All drop-ins that drbdd has written, in this life or an earlier one. */
  async #present(): Promise<Place[]> {
    const places: Place[] = [];
    for (const name of await this.#listOrNothing(UNIT_DIRECTORY) ?? []) {
      if (!name.endsWith(".d")) continue;
      const directory = `${UNIT_DIRECTORY}/${name}`;
      for (const file of await this.#listOrNothing(directory) ?? []) {
        if (FILE_NAMES.includes(file)) places.push({ unit: name.slice(0, -2), path: `${directory}/${file}` });
      }
    }
    return places;
  }

  async #listOrNothing(directory: string): Promise<string[] | undefined> {
    try {
      return await this.#files.list(directory);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  async #textOf(path: string): Promise<string | undefined> {
    try {
      return await this.#files.readText(path);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
