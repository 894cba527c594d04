/** Drop-ins on disk: written where they differ, removed when obsolete, and loaded by systemd. */
import type { Effects } from "../../../../src/effects/effects.ts";
import { DropInDirectory, type Place, type Texts, unitOf } from "./drop_in_directory.ts";
import { isOutOfDate, isPromotion } from "./drop_in_state.ts";
import { BEFORE_FILE, escalateUnitOfPromote, type Host, UNIT_DIRECTORY } from "./drop_ins.ts";
import { LoggedOnce } from "../../control/report/logged_once.ts";
import { hasJob, isUp, type Properties, Systemctl } from "../units/systemctl.ts";
import { UnitQueries } from "../units/unit_queries.ts";

/** If services run when drbdd starts, decisions about them have this long to be executed before systemd reloads. */
const FIND_FIRST_MS = 30_000;
const FIND_STEP_MS = 100;
/** By then a stop that was decided on has reached systemd. */
const STOP_FIRST_MS = 500;

type States = ReadonlyMap<string, Properties>;

/** The drop-ins of the whole daemon, shared by its promoters; one of them writes at a time. */
export class DropInFiles {
  static readonly #known = new WeakMap<Effects, DropInFiles>();

  /** The shared instance of these effects. */
  static of(effects: Effects): DropInFiles {
    const known = this.#known.get(effects) ?? new DropInFiles(effects);
    this.#known.set(effects, known);
    return known;
  }

  readonly #effects: Effects;
  readonly #directory: DropInDirectory;
  readonly #queries: UnitQueries;
  readonly #systemctl: Systemctl;
  /** It is not known yet whether running services must be stopped at once. */
  #isFirst = true;
  /** Promotions whose services are known. */
  readonly #observed = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();
  /** The next run of `check`. */
  #nextCheck:
    | { readonly files: Map<string, string>; readonly units: Set<string>; readonly states: Promise<States> }
    | undefined;
  /** What was last reported about drop-ins that stay and about the host's limitations, by any promoter. */
  reportedKept = "";
  reportedProblems = "";
  /** Why drop-ins cannot be written. */
  readonly loggedFailure = new LoggedOnce();
  /** Why the last attempt to write drop-ins failed. */
  failure = "";
  /** The host's capabilities, as last observed. */
  host: Host | undefined;

  /** The next attempt, shared by all that need one. */
  #waiting: Promise<string[] | undefined> | undefined;
  #isWaitingForWhole = false;
  #lastTry: Promise<unknown> = Promise.resolve();
  /** The drop-ins that order drbdd's stop first, to be removed for these targets. */
  readonly #passing = new Set<string>();
  #pass: Promise<void> | undefined;

  private constructor(effects: Effects) {
    this.#effects = effects;
    this.#directory = new DropInDirectory(effects.files);
    this.#queries = UnitQueries.of(effects);
    this.#systemctl = new Systemctl(effects);
  }

  /** The drop-ins have been written and loaded at least once. */
  get areLoaded(): boolean {
    return !this.#isFirst;
  }

  /**
   * Runs `attempt` after the previous one. Callers until then share it; it `isWhole` if one of them requests that. It
   * does not reject.
   */
  together(
    isWhole: boolean,
    attempt: (isWhole: boolean) => Promise<string[] | undefined>,
  ): Promise<string[] | undefined> {
    this.#isWaitingForWhole ||= isWhole;
    if (this.#waiting !== undefined) return this.#waiting;
    const waiting = this.#lastTry.then(() => {
      const isWholeNow = this.#isWaitingForWhole;
      this.#waiting = undefined;
      this.#isWaitingForWhole = false;
      return attempt(isWholeNow);
    });
    this.#waiting = waiting;
    this.#lastTry = waiting;
    return waiting;
  }

  /**
   * Makes the files that `want` returns (text by path) the only ones of drbdd, and reloads systemd if it has loaded
   * other ones. Drop-ins of running units are kept: without them the units would not be stopped before the resource is
   * demoted. Nor are drop-ins removed of units that these name: a target that is started again would start its services
   * without waiting for the promotion. Returns the running units.
   *
   * `want` is called right before writing, as the wanted files may have changed by then. Files that are unchanged and
   * were written by this process are checked again only if `isWhole`: of hundreds of resources a reload changes one.
   *
   * @throws If a file cannot be written or removed, or systemctl fails.
   */
  write(want: (isWhole: boolean) => Promise<Texts>, isWhole = true): Promise<string[]> {
    return this.#inTurn(async () => {
      const isWholeNow = isWhole || this.#isFirst;
      const all = await want(isWholeNow);
      const present = isWholeNow ? await this.#directory.present() : this.#directory.known();
      const stale = present.filter(({ path }) => !all.has(path));
      const wanted = isWholeNow ? all : this.#directory.unlikeKnown(all);
      const kept = await this.#stillNeeded(stale);
      const named = await this.#withNamed(kept, stale);
      for (const place of stale) {
        if (!named.has(place.unit)) await this.#directory.remove(place.path);
      }
      await this.#directory.put(wanted, isWholeNow ? present : undefined);
      await this.#load(wanted);
      this.#isFirst = false;
      return [...kept];
    });
  }

  /**
   * Writes additional files (text by path), for a resource that no promoter manages.
   *
   * @throws As `write`.
   */
  add(files: Texts): Promise<void> {
    return this.#inTurn(async () => {
      await this.#directory.put(files);
      await this.#load(files);
    });
  }

  /**
   * Ensures that these files, written before, still exist and that systemd has loaded them. Concurrent callers share
   * one check. Returns the states of their units, and of `units`, which may have none.
   *
   * @throws As `write`.
   */
  async check(files: Texts, ...units: readonly string[]): Promise<States> {
    const next = this.#nextCheck ??= this.#queueCheck();
    for (const [path, text] of files) next.files.set(path, text);
    for (const unit of units) next.units.add(unit);
    return await next.states;
  }

  #queueCheck(): { files: Map<string, string>; units: Set<string>; states: Promise<States> } {
    const files = new Map<string, string>();
    const units = new Set<string>();
    const states = this.#inTurn(async () => {
      this.#nextCheck = undefined;
      await this.#directory.put(files);
      return await this.#load(files, units);
    });
    return { files, units, states };
  }

  /** The services of this promotion are known, and the consequences are decided. */
  markObserved(promotion: string): void {
    this.#observed.add(promotion);
  }

  /**
   * Removes the ordering by which systemd would stop drbdd before the services of these targets: drbdd ends and stops
   * them itself.
   *
   * @throws As `write`.
   */
  releaseForShutdown(targets: readonly string[]): Promise<void> {
    for (const unit of targets) this.#passing.add(unit);
    this.#pass ??= this.#inTurn(async () => {
      this.#pass = undefined;
      const units = [...this.#passing];
      this.#passing.clear();
      for (const unit of units) await this.#directory.remove(`${UNIT_DIRECTORY}/${unit}.d/${BEFORE_FILE}`);
      await this.#load(new Map());
    });
    return this.#pass;
  }

  /**
   * systemd reads the current files of a unit that was not loaded since they changed; only other units need a
   * daemon-reload.
   */
  async #load(wanted: Texts, others: Iterable<string> = []): Promise<States> {
    const files = Map.groupBy(wanted.keys(), unitOf);
    const units = [...new Set([...files.keys(), ...this.#directory.changed, ...others])];
    const looked = await this.#queries.query(units);
    const states = new Map(units.map((unit, place) => [unit, looked[place] ?? new Map<string, string>()]));
    const isOld = ([unit, state]: [string, Properties]) => isOutOfDate(state, files.get(unit) ?? []);
    if ([...states].some(isOld)) {
      if (this.#isFirst) await this.#awaitUrgentStops(states);
      await this.#systemctl.must(["daemon-reload"]);
    }
    this.#directory.changed.clear();
    return states;
  }

  /** During a reload systemd does nothing else, for seconds on a busy host. */
  async #awaitUrgentStops(states: States): Promise<void> {
    const { clock } = this.#effects;
    const running = [...states].flatMap(([unit, state]) => isPromotion(unit) && isUp(state) ? [unit] : []);
    if (running.length === 0) return;
    const endMs = clock.nowMs() + FIND_FIRST_MS;
    while (clock.nowMs() < endMs && running.some((unit) => !this.#observed.has(unit))) {
      await clock.sleep(FIND_STEP_MS);
    }
    await clock.sleep(STOP_FIRST_MS);
  }

  /**
   * Units that run or are about to, and what systemd needs should a promotion of them that runs fail to be taken back.
   * A start that waits for its promotion would not wait any more.
   */
  async #stillNeeded(stale: readonly Place[]): Promise<ReadonlySet<string>> {
    const units = [...new Set(stale.map(({ unit }) => unit))];
    const states = await this.#queries.query(units);
    const up = units.filter((_unit, place) => {
      const state = states[place] ?? new Map();
      return isUp(state) || hasJob(state);
    });
    const escalations = up.map(escalateUnitOfPromote).filter((unit) => units.includes(unit));
    return new Set([...up, ...escalations]);
  }

  /** `units` and the units that their drop-ins name, transitively. */
  async #withNamed(units: ReadonlySet<string>, stale: readonly Place[]): Promise<ReadonlySet<string>> {
    if (units.size === 0) return units;
    const all = new Set(units);
    const known = new Set(stale.map(({ unit }) => unit));
    // Elements added to a set during iteration are visited, too.
    for (const unit of all) {
      for (const place of stale) {
        if (place.unit !== unit) continue;
        for (const word of (await this.#directory.textOf(place.path) ?? "").split(/\s+|=/)) {
          if (known.has(word)) all.add(word);
        }
      }
    }
    return all;
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }
}
