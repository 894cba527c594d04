/**
 * What the promoter does at its edges, each taken out: drop-ins that vanish, systemctl that hangs, half stopped services,
 * dumps that are cut, outages that look like failures, moves that come back.
 */
import { MARKS_DIRECTORY } from "../../../plugins/promoter/control/start/promotion_mark.ts";
import { step } from "../../../plugins/promoter/decide/state_machine.ts";
import type { State } from "../../../plugins/promoter/decide/state.ts";
import type { Defect, ProgramDefects } from "../cluster/node/defect.ts";
import { changingInputs, remembering, type Sabotage } from "./sabotage.ts";

/** Verb and units of a run of systemctl. */
function systemctlOf([program, ...args]: readonly string[]): {
  readonly verb: string;
  readonly units: readonly string[];
} {
  const [verb = "", ...units] = program === "systemctl" ? args.filter((arg) => !arg.startsWith("-")) : [];
  return { verb, units };
}

/** The output of `systemctl show`, unit by unit. `all` has the blocks of all units that were asked for. */
function showing(
  change: (block: string, unit: string, all: ReadonlyMap<string, string>) => string,
): (argv: readonly string[], stdout: string) => string {
  return (argv, stdout) => {
    const { verb, units } = systemctlOf(argv);
    if (verb !== "show") return stdout;
    const texts = stdout.split("\n\n");
    const all = new Map(units.map((unit, place) => [unit, texts[place] ?? ""]));
    return units.map((unit) => change(all.get(unit) ?? "", unit, all)).join("\n\n");
  };
}

function withState(block: string, state: string): string {
  return block.replace(/ActiveState=\w+/, `ActiveState=${state}`);
}

/** The promotion of the resource of a service. */
function promotionOf(service: string, units: Iterable<string>): string | undefined {
  const stem = service.replace(/-\d+\.\w+$/, "");
  for (const unit of units) {
    const instance = /^drbd-promote@(.*)\.service$/.exec(unit)?.[1];
    if (instance?.replaceAll("\\x2d", "-").replaceAll(/[^a-z]/g, "") === stem) return unit;
  }
  return undefined;
}

/** Units without the promotion are not seen. */
function overlookingUnbound(): Defect {
  return {
    output: showing((block, unit, all) => {
      const promotion = promotionOf(unit, all.keys());
      const isBound = promotion === undefined || /ActiveState=(active|\w+ing)/.test(all.get(promotion) ?? "");
      return isBound ? block : withState(block, "inactive");
    }),
  };
}

/** What systemd was asked to freeze is taken to be frozen, whatever it was doing. */
function freezingOnce(): ProgramDefects {
  const frozen = new Set<string>();
  return {
    program: (argv) => {
      const { verb, units } = systemctlOf(argv);
      if (verb === "freeze") { for (const unit of units) frozen.add(unit); }
      else if (verb !== "show" && verb !== "list-dependencies") frozen.clear();
      return argv;
    },
    output: showing((block, unit) =>
      frozen.has(unit)
        ? withState(block, "active").replace(/FreezerState=\w+/, "FreezerState=frozen").replace(
          /^Job=.*\n/m,
          "",
        )
        : block
    ),
  };
}

/** What a systemctl says that lost its connection counts: the start has failed. */
function believingLostBus(): ProgramDefects {
  let isLost = false;
  return {
    result: (argv, result) => {
      const { verb } = systemctlOf(argv);
      if (verb === "start" && /Connection reset/.test(result.stderr)) isLost = true;
      else if (verb === "stop") isLost = false;
      return result;
    },
    output: showing((block, unit) => {
      if (!isLost) return block;
      const isPromotion = unit.startsWith("drbd-promote@");
      return withState(block, isPromotion ? "active" : "inactive").replace(/^Job=.*\n/m, "");
    }),
  };
}

/** With a service that died, any connected peer counts as one that can take over. */
function leavingToAnybody(): Defect {
  const withPeers = (state: State): State => {
    const { view, failedUnits } = state;
    if (view === undefined || failedUnits.length === 0 || view.upToDatePeers.length > 0) return state;
    return { ...state, view: { ...view, upToDatePeers: view.connected } };
  };
  return {
    stateMachine: (state, input, policy, moment) => {
      const first = step(withPeers(state), input, policy, moment);
      if (first.actions.length > 0 || input.kind !== "unitFailed") return first;
      return step(withPeers(first.state), { kind: "tick" }, policy, moment);
    },
  };
}

/** Devices count as serving I/O at all times. */
function countingOutages(): Defect {
  return {
    stateMachine: (state, input, policy, moment) => {
      const seen = input.kind === "resource" && input.view !== undefined
        ? { ...input, view: { ...input.view, isServing: true } }
        : input;
      return step({ ...state, lastOutageMs: -Infinity }, seen, policy, moment);
    },
  };
}

/** Each time the configuration is read, every table looks changed. */
function touchingAll(): Defect {
  let reads = 0;
  return {
    config: (config) => {
      const read = { ...config, read: reads++ };
      return read;
    },
  };
}

export const EDGE_SABOTAGES: readonly Sabotage[] = [
  {
    name: "stale-drop-ins",
    what: "drop-ins that vanish are not written again",
    profile: "drop-ins",
    make: () => ({ remembersFiles: true }),
  },
  {
    name: "overlooks-unbound",
    what: "units that run without the promotion are not seen",
    profile: "ties cut",
    make: overlookingUnbound,
  },
  {
    name: "takes-found-primary",
    what: "a Primary that is found is taken for its own",
    profile: "by hand",
    make: changingInputs((input, state) =>
      input.kind === "found" && input.services === "inactive" && state.view?.role === "Primary"
        ? { ...input, services: "partial" }
        : input
    ),
  },
  {
    name: "freezes-once",
    what: "what is being started when the others are frozen runs on",
    profile: "frozen restarts",
    make: () => ({ programsOfLife: freezingOnce }),
  },
  {
    name: "overlooks-unfrozen",
    what: "what is started while the others are frozen is not seen",
    profile: "frozen restarts",
    make: changingInputs((input) => input.kind === "unfrozen" ? undefined : input),
  },
  {
    name: "skipped-is-started",
    what: "a unit whose condition is not met counts as started",
    profile: "conditions",
    make: () => ({ output: showing((block) => block.replace("ConditionResult=no", "ConditionResult=yes")) }),
  },
  {
    name: "lost-bus-is-news",
    what: "a start of which systemctl lost track counts as failed",
    profile: "programs",
    make: () => ({ programsOfLife: believingLostBus }),
  },
  {
    name: "leaves-half-stopped",
    what: "what an earlier stop has left is not stopped",
    profile: "busy mounts",
    make: changingInputs((input) =>
      input.kind === "found" && input.services === "halfStopped" ? { ...input, services: "inactive" } : input
    ),
  },
  {
    name: "leaves-to-anybody",
    what: "services that failed are left to peers without good data",
    profile: "alone",
    make: leavingToAnybody,
  },
  {
    name: "never-looks-again",
    what: "a better node that was there before the start is not looked for",
    profile: "moves",
    make: remembering(() => ({ checkBetterPeersMs: Infinity })),
  },
  {
    name: "no-setbacks",
    what: "a move that came back is tried again at once",
    profile: "moves",
    make: remembering(() => ({ setbacks: [] })),
  },
  {
    name: "no-warning",
    what: "an outage is no warning in the log",
    make: () => ({ stateMachine: (...args) => ({ ...step(...args), severity: "info" }) }),
  },
  {
    name: "looks-before-start",
    what: "another program is run between the decision to start and the start",
    make: () => ({
      before: (argv) =>
        systemctlOf(argv).verb === "start" ? ["systemctl", "show", "drbdd.service"] : undefined,
    }),
  },
  {
    name: "overlooks-turnless",
    what: "units whose turn did not come, because of one that failed, are not seen",
    profile: "restarts",
    make: () => ({
      output: showing((block) =>
        block.includes("ActiveState=inactive")
          ? block.replace(/StateChangeTimestampMonotonic=\d+/, "StateChangeTimestampMonotonic=9000000000000")
          : block
      ),
    }),
  },
  {
    name: "counts-outages",
    what: "what dies while the devices serve no I/O counts as failed",
    profile: "outages",
    make: countingOutages,
  },
  {
    name: "reload-touches-all",
    what: "a reload of another table starts over with all resources",
    profile: "reloads",
    make: touchingAll,
  },
  {
    name: "believes-dumps",
    what: "a resource that a dump lacks counts as gone, without a second question",
    profile: "dumps",
    make: () => ({
      result: (argv, result) =>
        argv[0] === "drbdsetup" && argv[1] === "status"
          ? { ...result, code: 10, stdout: "", stderr: "No such resource\n" }
          : result,
    }),
  },
  {
    name: "lost-race-is-failed",
    what: "a race that was lost counts as a start that failed",
    profile: "races",
    make: remembering(() => ({ isRaceLost: false, refusedMs: undefined })),
  },
  {
    name: "forgets-marks",
    what: "a promotion that could not be marked as drbdd's is not marked later",
    make: () => ({ forgivesFile: (path) => path.startsWith(MARKS_DIRECTORY) }),
  },
];
