/** What must never be: looked at after everything that happens. */
import { stopBoundMs } from "./bounds.ts";
import type { Place } from "./place.ts";
import type { Violations } from "./violations.ts";

/** Freezing: systemctl is started, asks for the units, and freezes each. */
const FREEZE_MS = 1_000;
/** Services that are found without a Primary are stopped after this. */
const WITHOUT_PRIMARY_MS = 20_000;
/** What became Secondary under its services is stopped after this, if it is not Primary again. */
const RESTART_BY_SYSTEMD_MS = 2_000;
const STOP_AGAIN_MS = 5_000;
/** A stop that was made hard by a trouble may go on to be so for a while when that is over. */
const STUBBORN_MS = 60_000;

/** One place, and what has to end there. */
interface Duty {
  readonly place: Place;
  /** Since when services run that should not, without anything to excuse it. */
  stopSinceMs: number | undefined;
  /** Since when it is Primary here without quorum, or DRBD tells here of another Primary, while they run so. */
  knownSinceMs: number | undefined;
  /** Since when services run that should be frozen. */
  freezeSinceMs: number | undefined;
  stubbornUntilMs: number;
}

export class Safety {
  readonly #duties: readonly Duty[];
  /** The places of each resource. */
  readonly #resources: readonly (readonly Place[])[];

  constructor(places: readonly Place[], readonly violations: Violations) {
    this.#duties = places.map((place) => ({
      place,
      stopSinceMs: undefined,
      knownSinceMs: undefined,
      freezeSinceMs: undefined,
      stubbornUntilMs: -Infinity,
    }));
    const names = [...new Set(places.map(({ name }) => name))];
    this.#resources = names.map((name) => places.filter((place) => place.name === name));
  }

  look(nowMs: number): void {
    for (const places of this.#resources) this.#oneWriter(places);
    for (const duty of this.#duties) {
      this.#stops(duty, nowMs);
      this.#freezes(duty, nowMs);
    }
  }

  /**
   * Of all nodes, the services of one at most can write. Once a disk was lost, DRBD itself may let both halves of a
   * cluster go on: who lost it counts for quorum, but need not know what others have written.
   */
  #oneWriter(places: readonly Place[]): void {
    if (places.some(({ history }) => history.diskLostMs > 0)) return;
    const writers = places.filter((place) =>
      place.holders.some(({ isAlive, isFrozen }) => isAlive && !isFrozen) && place.outcome === "written"
    );
    const [first, second] = writers;
    if (first === undefined || second === undefined) return;
    const { machine: { name: node }, name } = first;
    this.violations.add("two nodes", node, name, `its services can write here and on ${second.machine.name}`);
  }

  /** Where the resource is not Primary, or has no quorum, services end as soon as they can. */
  #stops(duty: Duty, nowMs: number): void {
    const { place } = duty;
    // Somebody else's stop finds frozen processes that do not heed it.
    const { holders } = place;
    const isStubborn = place.isTroubled || holders.some(({ isFrozen }) => isFrozen);
    if (isStubborn) duty.stubbornUntilMs = nowMs + STUBBORN_MS;
    const { why, isExcused } = holders.length === 0 ? NOTHING_RUNS : reasonToStop(place);
    if (why === undefined || isExcused) {
      duty.stopSinceMs = undefined;
      duty.knownSinceMs = undefined;
      return;
    }
    duty.stopSinceMs ??= nowMs;
    duty.knownSinceMs = place.isPrimary || place.hasPrimaryPeer ? duty.knownSinceMs ?? nowMs : undefined;
    // A promoter that finds services where nobody is known to be Primary gives DRBD some time to tell of the promotion;
    // one that has seen a demotion, systemd some to start them anew.
    const patienceMs = place.wasSeenPrimary ? RESTART_BY_SYSTEMD_MS : WITHOUT_PRIMARY_MS;
    const latestMs = duty.stopSinceMs + patienceMs;
    const dueSinceMs = Math.min(latestMs, duty.knownSinceMs ?? latestMs);
    // A stop that failed, as when somebody starts the target meanwhile, is repeated after a while.
    const againMs = place.stopFailedMs > dueSinceMs ? STOP_AGAIN_MS : 0;
    const boundMs = stopBoundMs(place.spec, nowMs < duty.stubbornUntilMs) + againMs;
    if (nowMs - dueSinceMs <= boundMs) return;
    const seconds = boundMs / 1000;
    this.violations.add(why, place.machine.name, place.name, `its services still run after ${seconds} s`);
  }

  #freezes(duty: Duty, nowMs: number): void {
    const { place } = duty;
    const isDue = place.spec.config.onQuorumLoss === "freeze" && place.isPrimary && !place.hasQuorum &&
      place.phase === "started" && place.isLookedAfter &&
      place.holders.some(({ isFrozen, isReady, service }) =>
        isReady && !isFrozen && service.kind !== "mount"
      );
    if (!isDue) {
      duty.freezeSinceMs = undefined;
      return;
    }
    duty.freezeSinceMs ??= nowMs;
    if (nowMs - duty.freezeSinceMs <= FREEZE_MS) return;
    this.violations.add("without quorum", place.machine.name, place.name, "its services are not frozen");
  }
}

const NOTHING_RUNS = { why: undefined, isExcused: false };

/** What has to end, and whether nobody can be blamed if it does not. */
function reasonToStop(place: Place): { readonly why: string | undefined; readonly isExcused: boolean } {
  const { config, services } = place.spec;
  // What does not unmount, or whose commands fail, has to be repaired by somebody.
  const cannot = services.some(({ name }) => place.machine.troubles.get(name)?.has("fails to stop"));
  const isExcused = !place.isLookedAfter || cannot || place.isUnseen;
  if (!place.isPrimary) return { why: "not Primary", isExcused };
  if (place.hasQuorum || config.onQuorumLoss === "freeze") return { why: undefined, isExcused };
  // Processes that wait for suspended I/O cannot write, and cannot be ended.
  return { why: "without quorum", isExcused: isExcused || place.outcome === "suspended" };
}
