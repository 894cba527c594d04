/** Fixes that are removed from drbdd's sources, as they are in nothing that can be changed from outside. */
import type { Sabotage, SourceChange } from "./sabotage.ts";

interface SourceSabotage extends Omit<Sabotage, "make"> {
  readonly change: SourceChange;
}

const CHANGES: readonly SourceSabotage[] = [
  {
    name: "waits-for-ever",
    what: "a call of systemctl has no time limit, and is not asked again",
    profile: "hangs",
    change: {
      file: "plugins/promoter/systemd/units/systemctl.ts",
      find: "return RELOADS.includes(verb) ? RELOAD_MS : ANSWER_TIMEOUT_MS;",
      replacement: "return Infinity;",
    },
  },
  {
    name: "trusts-what-it-finds",
    what: "services that are found without their Primary get 20 s",
    profile: "holds",
    change: {
      file: "plugins/promoter/decide/apply_input.ts",
      find: `(services === "ending" || !isStale)`,
      replacement: `services === "ending"`,
    },
  },
  {
    name: "reports-each-failed-stop",
    what: "each stop that fails again is reported",
    profile: "stuck",
    change: {
      file: "plugins/promoter/control/failed_stops.ts",
      find: "return (times & (times - 1)) === 0 || times % REPORTED_STOPS === 0;",
      replacement: "return times > 0;",
    },
  },
  {
    name: "drops-rejections",
    what: "nobody takes it when a process group cannot be signalled",
    profile: "signals",
    change: {
      file: "plugins/promoter/shell/shell_command.ts",
      find: "if (tries === MOST_TRIES) {",
      replacement: "if (tries > 0) throw error;\n        if (tries === MOST_TRIES) {",
    },
  },
  {
    name: "finds-in-silence",
    what: "a drbdd that begins does not say which running services it found",
    profile: "stops",
    change: {
      file: "plugins/promoter/control/actor.ts",
      find: "this.report.found(this.config, this.#state);",
      replacement: "",
    },
  },
  {
    name: "old-failures-count",
    what: "a lost race is blamed on a unit that failed before",
    profile: "races",
    change: {
      file: "plugins/promoter/systemd/start_outcome.ts",
      find: " && Number(unit.get(CHANGED_AT) ?? Infinity) >= begunAt",
      replacement: " && begunAt >= 0",
    },
  },
  {
    name: "leaves-cut-off-promotions",
    what: "a promotion that was cut off is not undone",
    profile: "stuck",
    change: {
      file: "plugins/promoter/systemd/after_stop.ts",
      find: "  // The device is open.\n",
      replacement: "  if (effects !== undefined) return undefined;\n",
    },
  },
  {
    name: "moves-at-once",
    what: "services move to a better node that has just come",
    profile: "moves",
    change: {
      file: "plugins/promoter/decide/moves/better_nodes.ts",
      find: "export const STEADY_MS = 5_000;",
      replacement: "export const STEADY_MS = 500;",
    },
  },
  {
    name: "starts-while-taken-down",
    what: "a connection that was removed does not hold up a start",
    profile: "taken down",
    change: {
      file: "plugins/promoter/decide/start/start_plan.ts",
      find: "const CONNECTION_REMOVED_MS = 5_000;",
      replacement: "const CONNECTION_REMOVED_MS = 0;",
    },
  },
  {
    name: "cannot-freeze-is-frozen",
    what: "services that cannot be frozen are not stopped",
    profile: "hangs",
    change: {
      file: "plugins/promoter/decide/stop_reason.ts",
      find: 'return failed ? "quorum is lost, and they cannot be frozen" : undefined;',
      replacement: "return failed && now.action < 0 ? String(failed) : undefined;",
    },
  },
  {
    name: "counts-lost-peers",
    what: "a peer that is not connected counts as UpToDate",
    profile: "alone",
    change: {
      file: "plugins/promoter/decide/view.ts",
      find:
        '.filter(({ connectionState, peerNodeId }) => connectionState === "Connected" && isUpToDate(peerNodeId))',
      replacement:
        '.filter(({ connectionState, peerNodeId }) => connectionState !== "Connected" || isUpToDate(peerNodeId))',
    },
  },
];

export const SOURCE_SABOTAGES: readonly (SourceSabotage & Sabotage)[] = CHANGES.map((each) => ({
  ...each,
  make: () => ({}),
}));
