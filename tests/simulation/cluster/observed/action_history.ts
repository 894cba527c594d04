/** What the drbdd that lives now did about one resource: the programs it ran, and what it decided to do. */

export interface ActionHistory {
  readonly life: unknown;
  /** When that began. */
  readonly begunMs: number;
  /** When it last began a start. */
  startMs: number;
  /** What DRBD says since then, drbdd may have learnt after it. */
  startSeesFromMs: number;
  /** When the resource was Primary here first since then, so the race was not lost. */
  primarySinceStartMs: number | undefined;
  /** Something was still being stopped when that began: systemd stops it first. */
  isStopBeforeStart: boolean;
  /** Nothing kept two nodes from being Primary when it was started. */
  isStartUnprotected: boolean;
  /** Since when the program that starts it is over. */
  startOverMs: number;
  stopMs: number;
  /** When the last stop was over. */
  stoppedMs: number;
  /** The same for the last stop because of a service that failed, whatever else was stopped since. */
  failureStoppedMs: number;
  isStopForFailure: boolean;
  /** A stop had its reason, and since then not all has run again: it may be repeated. */
  isStopOpen: boolean;
  /** Programs that start, or stop, something of it, and are not over. */
  openStarts: number;
  openStops: number;
  /** Demotions after a stop that has left it Primary: DRBD may wait for peers. */
  openDemotions: number;
  /** The last stop was for a service that failed for good, and for nothing else. */
  isHeldBack: boolean;
  /** Moves to a better node that were tried: should one come back, the next one may wait. */
  moves: number;
  /** The last move to a better node, and to which, if that was the only one: it may come back. */
  move: { readonly atMs: number; readonly peer: string | undefined } | undefined;
  /** A move to this node came back then. */
  cameBack: { readonly atMs: number; readonly peer: string | undefined } | undefined;
  /** A start was decided on, and systemctl has not been run for it yet. */
  isStartAhead: boolean;
  /** When a unit was last started again, and a freeze last begun. */
  restartMs: number;
  freezeMs: number;
  /** When which unit was started again after it had failed. */
  readonly restarts: { readonly unit: string; readonly atMs: number }[];
}

export function newActionHistory(life: unknown, begunMs = -Infinity): ActionHistory {
  return {
    life,
    begunMs,
    startMs: -Infinity,
    startSeesFromMs: -Infinity,
    primarySinceStartMs: undefined,
    isStopBeforeStart: false,
    isStartUnprotected: false,
    startOverMs: Infinity,
    stopMs: -Infinity,
    stoppedMs: -Infinity,
    failureStoppedMs: -Infinity,
    isStopForFailure: false,
    isStopOpen: false,
    openStarts: 0,
    openStops: 0,
    openDemotions: 0,
    isHeldBack: false,
    moves: 0,
    move: undefined,
    cameBack: undefined,
    isStartAhead: false,
    restartMs: -Infinity,
    freezeMs: Infinity,
    restarts: [],
  };
}

/** When things last happened at a place, whoever did them. */
export class LastTimes {
  /** A service ended by itself when its devices served no I/O. */
  endedInOutageMs = -Infinity;
  /** An administrator stopped a service, and started its target. */
  stoppedByHandMs = -Infinity;
  startedByHandMs = -Infinity;
  /** When something was last wrong with its services, as a unit that is masked. */
  troubledMs = -Infinity;
  /** The drbdd that lives now began, and `drbdadm adjust` was run. */
  bornMs = -Infinity;
  adjustedMs = -Infinity;
  /** Something of it ran, or was about to, while no drbdd managed it. */
  upUnmanagedMs = -Infinity;
  /** By unit: a warning named it. */
  readonly warnedMs = new Map<string, number>();
}

/** What a program that drbdd runs is for. */
export interface Purpose {
  readonly kind: "start" | "stop" | "restart";
  readonly resource: string;
  /** Of a restart. */
  readonly unit?: string;
}

/** The names of a resource, its target and its services, as command lines have them. */
export interface Names {
  readonly resource: string;
  readonly target: string;
  readonly units: readonly string[];
  readonly services: readonly string[];
}

/** Undefined: a program that only looks, or that is about no single resource. */
export function purposeOf(argv: readonly string[], all: readonly Names[]): Purpose | undefined {
  const [program = "", ...args] = argv;
  if (program === "/bin/sh") return purposeOfCommand(args[1] ?? "", all);
  if (program !== "systemctl") return undefined;
  const words = args.filter((arg) => !arg.startsWith("-"));
  const [verb = "", ...units] = words;
  if (verb !== "start" && verb !== "stop") return undefined;
  for (const { resource, target, units: own } of all) {
    if (units.includes(target)) return { kind: verb, resource };
    const [unit = ""] = units;
    if (own.includes(unit)) return { kind: verb === "start" ? "restart" : "stop", resource, unit };
  }
  return undefined;
}

function purposeOfCommand(command: string, all: readonly Names[]): Purpose | undefined {
  const [program = "", verb = "", subject = ""] = command.split(" ");
  const of = all.find(({ resource, services }) => resource === subject || services.includes(subject));
  if (of === undefined) return undefined;
  const { resource } = of;
  if (verb === "primary" || (program === "service" && verb === "start")) return { kind: "start", resource };
  return verb === "secondary" || verb === "stop" ? { kind: "stop", resource } : undefined;
}
