/** The promoter's README against the program. */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as v from "valibot";
import { step } from "../plugins/promoter/decide/state_machine.ts";
import { RESOURCE_TABLE } from "../plugins/promoter/config/resource_table.ts";
import {
  INITIAL_STATE,
  type Input,
  type ObservedServices,
  type Outcome,
  type Phase,
  type Policy,
  type SplitBrainProtection,
  type State,
} from "../plugins/promoter/decide/state.ts";
import type { View } from "../plugins/promoter/decide/view.ts";
import { loadText } from "./support/trials/load_text.ts";

const PROMOTER = new URL("../plugins/promoter/", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", PROMOTER));

Deno.test("README of promoter: all of its TOML loads without a word", async () => {
  const blocks = Array.from(README.matchAll(/^```toml\n(.*?)^```$/gms), ([, block = ""]) => block);
  assert.ok(blocks.length >= 6);
  for (const block of blocks) assert.deepEqual((await loadText(block)).lines, [], block);
});

Deno.test("README of promoter has every key with its default, in the order of the schema", () => {
  const section = README.slice(README.indexOf("\n## Keys\n"), README.indexOf("\n## Start lists"));
  const rows = Array.from(section.matchAll(/^\| `([a-z-]+)` +\| (\S+) /gm), ([, key, said]) => [key, said]);
  const keys = Object.entries(RESOURCE_TABLE.entries).map(([key, schema]) => {
    const value = v.getDefault(schema);
    return [key, value === undefined ? "none" : `\`${JSON.stringify(value)}\``];
  });
  assert.deepEqual(rows, keys);
});

/** Arrows of the state diagram, as "A -> B". */
const ARROWS = Array.from(README.matchAll(/^ {4}([a-z]+) --> ([a-z]+):/gm), ([, a, b]) => `${a} -> ${b}`);

Deno.test("README of promoter: there is a test of the state machine for each arrow of the state diagram, and no other", async () => {
  const tests = await Deno.readTextFile(new URL("decide/state_machine_test.ts", PROMOTER));
  const tested = new Set<string>();
  for (const [, chain = ""] of tests.matchAll(/"step\(\) ([a-z]+(?: -> [a-z]+)+)/g)) {
    const phases = chain.split(" -> ");
    phases.slice(1).forEach((phase, place) => tested.add(`${phases[place]} -> ${phase}`));
  }
  assert.ok(ARROWS.length > 20);
  assert.deepEqual([...tested].sort(), [...ARROWS].sort());
});

Deno.test("README of promoter has the state diagram of the comment of the state machine", async () => {
  const source = await Deno.readTextFile(new URL("decide/state_machine.ts", PROMOTER));
  const arrows = Array.from(
    source.matchAll(/^ \* {5}([a-z]+) +-> ([a-z]+) /gm),
    ([, a, b]) => `${a} -> ${b}`,
  );
  assert.deepEqual(arrows, ARROWS);
});

const bool = fc.boolean();
const VIEW: fc.Arbitrary<View> = fc.record({
  role: fc.constantFrom("Primary", "Secondary"),
  mayPromote: bool,
  quorum: fc.constantFrom(true, true, false),
  primaryPeer: fc.constantFrom(undefined, undefined, "beta"),
  primaryPeers: fc.constant([]),
  isMissingPeers: bool,
  disks: fc.constantFrom(["UpToDate" as const], ["Diskless" as const]),
  lostVolumes: fc.constantFrom([], [0]),
  upToDateElsewhere: fc.constantFrom([], [0]),
  upToDatePeers: fc.constantFrom([], ["beta"]),
  isServing: fc.constantFrom(true, true, true, false),
  connected: fc.constantFrom(["beta"], ["beta"], []),
  disconnected: fc.constantFrom([], ["beta"]),
});
const POLICY: fc.Arbitrary<Policy> = fc.record({
  runner: fc.constantFrom("systemd", "shell"),
  preferredNodes: fc.constantFrom([], ["beta", "alpha"]),
  preferredNodesPolicy: fc.constantFrom("always", "start-only"),
  fencingPromoteDelayS: fc.constant(5),
  onQuorumLoss: fc.constantFrom("shutdown", "freeze"),
  onDiskDetach: fc.constantFrom("ignore", "fail-over"),
  sleepBeforePromoteFactor: fc.constantFrom(0, 1),
  onServiceFailure: fc.constantFrom("ignore", "restart", "fail-over"),
  serviceFailureLimit: fc.constant(1),
});
/** An answer is to the action that goes on. */
type CourseEvent =
  | Exclude<Input, { kind: "finished" } | { kind: "protection" }>
  | { readonly kind: "protection"; readonly protection: SplitBrainProtection }
  | { readonly kind: "answer"; readonly outcome: Outcome };
const COURSE_EVENT: fc.Arbitrary<CourseEvent> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant("resource" as const),
      view: fc.option(VIEW, { nil: undefined, freq: 19 }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      outcome: fc.constantFrom<Outcome[]>("ok", "ok", "failed", "nothingBegan"),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ kind: "tick" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("found" as const),
      services: fc.constantFrom<ObservedServices[]>(
        "active",
        "partial",
        "inactive",
        "frozen",
        "halfStopped",
        "leftPrimary",
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("protection" as const),
      protection: fc.constantFrom<SplitBrainProtection[]>("quorum", "quorum", "fencing", "none"),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "prepared" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("hold" as const),
      isOnHold: fc.constantFrom(true, false, false, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("neighbours" as const),
      neighbours: fc.array(
        fc.record({
          name: fc.constant("db"),
          isHere: bool,
          peers: fc.constantFrom([], ["beta"]),
          hasPrecedence: bool,
        }),
        { maxLength: 1 },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "unitFailed" as const, unit: "db.service" }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restarted" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "unfrozen" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reloaded" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("end" as const), stopServices: bool }),
  },
);

/** What happens, and how long after what was before. */
const COURSE = fc.array(fc.tuple(COURSE_EVENT, fc.nat(30_000)), { maxLength: 60, size: "max" });
const READY: [CourseEvent, number][] = [
  [{ kind: "protection", protection: "quorum" }, 0],
  [{ kind: "found", services: "inactive" }, 0],
  [{ kind: "prepared" }, 0],
];

Deno.test("step() goes along the arrows of the README's diagram and no others, at most two at once, and keeps what it promises", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(POLICY, fc.boolean(), COURSE, (policy, isReady, course) => {
      const inputs = isReady ? [...READY, ...course] : course;
      let state: State = INITIAL_STATE;
      let nowMs = 0;
      let startedMs = -Infinity;
      // Since the last start: a peer was Primary, and the start ended without anything having run.
      let hasPeerWon = false;
      let refusedMs = Infinity;
      for (const [event, passedMs] of inputs) {
        nowMs += passedMs;
        const input: Input = event.kind === "answer"
          ? { kind: "finished", action: state.action, outcome: event.outcome }
          : event.kind === "protection"
          ? { ...event, askedMs: nowMs }
          : event;
        // Whoever asks for DRBD's options is mostly prompt.
        if (passedMs % 4 !== 0) state = { ...state, protectionAskedMs: nowMs };
        const next = step(state, input, policy, { nowMs, node: "alpha", isStale: false });
        const [before, after] = [state.phase, next.state.phase];
        if (input.kind === "resource") hasPeerWon ||= input.view?.primaryPeer !== undefined;
        const isRefused = input.kind === "finished" && input.outcome === "nothingBegan" &&
          before === "starting";
        if (isRefused) refusedMs = nowMs;
        assert.ok((next.wakeAtMs ?? Infinity) > nowMs, `woken at once: ${before} -> ${after}`);
        state = next.state;
        const kinds = next.actions.map(({ kind }) => kind);
        if (before !== after || kinds.some((kind) => kind === "stop" || kind === "start")) {
          seen.add(`${before} -> ${after}`);
          const way = wayAlongArrows(before, after);
          assert.ok(way, `${before} -> ${after}`);
        }
        assert.ok(kinds.length <= 1, "one action at a time");
        const { view } = state;
        if (kinds.includes("start")) {
          assert.ok(view?.mayPromote || (view?.role === "Primary" && view.quorum), "DRBD does not allow it");
          assert.equal(view.primaryPeer, undefined);
          assert.ok(state.protection === "quorum" || state.protection === "fencing");
          assert.ok(nowMs - state.protectionAskedMs <= 60_000, "it rests on an old answer");
          assert.ok(state.isPrepared && state.ending === "no" && !state.isOnHold);
          const isAgain = hasPeerWon && nowMs - refusedMs >= 2_000;
          assert.ok(isAgain || nowMs - startedMs >= 20_000, "two attempts within 20 s");
          hasPeerWon = false;
          refusedMs = Infinity;
          startedMs = nowMs;
        }
        const runs = ["starting", "started"].includes(after) || (after === "thawing");
        if (runs && view !== undefined && policy.onQuorumLoss === "shutdown") {
          assert.ok(view.quorum, `${after} without quorum`);
        }
        if (next.wakeAtMs !== undefined) assert.ok(next.wakeAtMs >= nowMs, "it is to be woken in the past");
      }
    }),
    { numRuns: 5_000 },
  );
  assert.ok(seen.size > 20, `it went ${[...seen.keys()].join(", ")} only`);
});

/** One arrow, or two: what ends one phase can be the reason to leave the next. */
function wayAlongArrows(from: Phase, to: Phase): boolean {
  if (ARROWS.includes(`${from} -> ${to}`)) return true;
  const middles = ARROWS.filter((arrow) => arrow.startsWith(`${from} -> `)).map((arrow) =>
    arrow.split(" ")[2]
  );
  return middles.some((middle) => ARROWS.includes(`${middle} -> ${to}`));
}
