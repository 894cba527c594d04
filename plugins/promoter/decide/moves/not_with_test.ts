/** Resources that are not to share a node (not-with). */
import assert from "node:assert/strict";
import * as v from "valibot";
import { line } from "../../../../tests/support/core/events2_text.ts";
import {
  Course,
  POLICY,
  PRIMARY,
  PROMOTABLE,
} from "../../../../tests/support/trials/state_machine_course.ts";
import { PromoterTrial } from "../../../../tests/support/trials/promoter_trial.ts";
import { settle } from "../../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import { loadText } from "../../../../tests/support/trials/load_text.ts";
import { ActiveResources } from "../../control/active_resources.ts";
import type { Neighbour } from "./neighbours.ts";
import { resourceConfig } from "../../config/resource_config.ts";
import { RESOURCE_TABLE } from "../../config/resource_table.ts";
import { INITIAL_STATE, type Policy, type Step } from "../state.ts";

function neighbours(more: Partial<Neighbour> = {}) {
  const db = { name: "db", isHere: false, peers: [], hasPrecedence: true, ...more };
  return { kind: "neighbours", neighbours: [db] } as const;
}

const HERE = neighbours({ isHere: true });
const AWAY = neighbours();
const REST: Step = { state: INITIAL_STATE, actions: [], wakeAtMs: undefined, decision: undefined };
const ALONE = { ...PROMOTABLE, upToDatePeers: [] };

Deno.test("step() stopped: a start beside a neighbour is left to others for 15 s, and made then", () => {
  const course = new Course().ready().feed(HERE).see(PROMOTABLE);
  assert.equal(course.last.decision, "wait 15 s: db runs here (not-with)");
  course.pass(14_999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: a neighbour that goes is waited for no longer, and one that comes counts from then on", () => {
  const gone = new Course().ready().feed(HERE).see(PROMOTABLE).pass(5_000).feed(AWAY);
  assert.deepEqual(gone.done, ["start"]);
  const came = new Course({ ...POLICY, preferredNodes: ["a", "b", "c", "d", "e"] }).ready().see(PROMOTABLE);
  came.pass(4_000).feed(HERE).pass(14_999);
  assert.deepEqual(came.done, []);
  came.pass(1);
  assert.deepEqual(came.done, ["start"]);
});

Deno.test("step() stopped: where nobody else could take it, a neighbour is not in the way", () => {
  const course = new Course().ready().feed(HERE).see(ALONE).pass(25);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: the wait beside a neighbour is multiplied like all delays", () => {
  const course = new Course({ ...POLICY, sleepBeforePromoteFactor: 2 }).ready().feed(HERE).see(PROMOTABLE);
  course.pass(29_999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["start"]);
});

/** Runs here with its neighbour, while no other node was there. */
function together(policy: Policy = POLICY, neighbour = HERE): Course {
  const alone = { ...PRIMARY, upToDatePeers: [] };
  return new Course(policy).ready().feed(neighbour).see(ALONE).pass(2_000).see(alone).finish().pass(60_000);
}

Deno.test("step() started: with a neighbour, the services move to a node that comes, after 5 s", () => {
  const course = together().see({ ...PRIMARY, upToDatePeers: ["gamma"] });
  assert.equal(course.last.decision, "wait 5 s: the services move to gamma, as db runs here, too");
  course.pass(4_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop"]);
  assert.equal(course.last.decision, "stop: db runs here, too (not-with), and gamma is UpToDate");
});

Deno.test("step() started: with a neighbour that comes, the services move to a node that is there", () => {
  const course = new Course().running().pass(60_000).feed(HERE).pass(5_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

for (
  const [what, course] of [
    ["where the neighbour runs as well", together(POLICY, neighbours({ isHere: true, peers: ["gamma"] }))],
    [
      "when it is the neighbour that goes",
      together(POLICY, neighbours({ isHere: true, hasPrecedence: false })),
    ],
    ["with policy start-only", together({ ...POLICY, preferredNodesPolicy: "start-only" })],
    ["when there is no neighbour", together(POLICY, AWAY)],
  ] as const
) {
  Deno.test(`step() started: the services do not move to a node ${what}`, () => {
    course.see({ ...PRIMARY, upToDatePeers: ["gamma"] }).pass(600_000);
    assert.deepEqual(course.done, ["start"]);
  });
}

Deno.test("step() started: a preferred node on which the neighbour runs is no better one", () => {
  const policy: Policy = { ...POLICY, preferredNodes: ["gamma", "alpha"] };
  const course = together(policy, neighbours({ peers: ["gamma"] })).see({
    ...PRIMARY,
    upToDatePeers: ["gamma"],
  });
  course.pass(600_000);
  assert.deepEqual(course.done, ["start"]);
  course.feed(AWAY).pass(5_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() started: a move from a neighbour that comes back is tried again later and later", () => {
  const course = together().see({ ...PRIMARY, upToDatePeers: ["gamma"] }).pass(5_000).finish();
  course.see({ ...PROMOTABLE, upToDatePeers: ["gamma"] }).pass(15_000);
  course.see({ ...PRIMARY, upToDatePeers: ["gamma"] }).finish();
  assert.deepEqual(course.done, ["start", "stop", "start"]);
  course.pass(45_000);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
});

const BOTH = {
  db: { "start": ["db.service"], "not-with": ["web"] },
  web: { "start": ["web.service"], "not-with": ["db"] },
};
const starts = (done: readonly string[]) => done.filter((each) => /^(start|stop) /.test(each));

Deno.test("promoter: of two that are not to share a node one starts, the other when the race for the first is lost, or after 15 s", async () => {
  const trial = new PromoterTrial(BOTH);
  trial.systemd.verbs.set("start", () => {});
  await trial.dump(["db", "web"], { may_promote: "yes" });
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), ["start drbd-services@db.target"]);
  assert.deepEqual(trial.decisions("web"), ["wait 15 s: db runs here (not-with)"]);
  await trial.pass(14_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.pass(1_000);
  assert.deepEqual(starts(trial.done()), ["start drbd-services@web.target"]);
  await trial.exit();

  const loser = new PromoterTrial(BOTH);
  loser.systemd.verbs.set("start", (role) => role.exit(1));
  await loser.dump(["db", "web"], { may_promote: "yes" });
  await loser.pass(1_000);
  assert.deepEqual(starts(loser.done()), ["start drbd-services@db.target", "start drbd-services@web.target"]);
  await loser.exit();
});

const MOMENT = { nowMs: 0, node: "alpha", isStale: false };
const configOf = (name: string) =>
  resourceConfig(name, v.parse(RESOURCE_TABLE, { start: [`${name}.service`] }));

Deno.test("ActiveResources: what no promoter manages any more is not taken to run, whatever is still decided about it", () => {
  const active = ActiveResources.of(new SimulatedEffects());
  const managed = new AbortController();
  let changes = 0;
  active.listen("web", () => changes++, new AbortController().signal);
  const step = active.follow("db", (state) => ({ ...REST, state: { ...state, phase: "started" } }));
  active.add(configOf("db"), managed.signal);
  step(INITIAL_STATE, { kind: "tick" }, POLICY, MOMENT);
  assert.deepEqual([active.has("db"), changes], [true, 1]);
  managed.abort();
  assert.deepEqual([active.has("db"), changes], [false, 2]);
  step(INITIAL_STATE, { kind: "end", stopServices: false }, POLICY, MOMENT);
  assert.deepEqual([active.has("db"), changes], [false, 2]);
});

Deno.test("ActiveResources notifies the others of a decision before they decide, and whoever is deciding after it", async () => {
  const active = ActiveResources.of(new SimulatedEffects());
  const { signal } = new AbortController();
  const heard: string[] = [];
  const started: Step = { ...REST, state: { ...INITIAL_STATE, phase: "starting" } };
  const decide = (name: string) =>
    active.follow(name, () => started)(INITIAL_STATE, { kind: "tick" }, POLICY, MOMENT);
  for (const name of ["db", "web"]) active.add(configOf(name), signal);
  active.listen("db", () => heard.push("db"), signal);
  active.listen("web", () => {
    heard.push(`web: ${active.has("db")}`);
    if (!active.has("web")) decide("web");
  }, signal);
  decide("db");
  assert.deepEqual(heard, ["web: true"]);
  await settle();
  assert.deepEqual(heard.toSorted(), ["db", "db", "web: true", "web: true"]);
});

Deno.test("promoter: several that have waited beside the same neighbour start together, each once", async () => {
  const others = ["db", "mail", "web"];
  const trial = new PromoterTrial(Object.fromEntries(
    others.map((name) => [name, { "start": [`${name}.service`], "not-with": others }]),
  ));
  trial.systemd.verbs.set("start", () => {});
  await trial.dump(others, { may_promote: "yes" });
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), ["start drbd-services@db.target"]);
  await trial.pass(16_000);
  assert.deepEqual(starts(trial.done()).sort(), [
    "start drbd-services@mail.target",
    "start drbd-services@web.target",
  ]);
  await trial.exit();
});

Deno.test("promoter: also a neighbour that no promoter manages counts, by its role here and on peers", async () => {
  const trial = new PromoterTrial({ web: BOTH.web });
  await trial.dump(["db", "web"]);
  await trial.primary("db");
  await trial.promotable("web");
  await trial.pass(14_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.print(line("change", "resource", { name: "db", role: "Secondary" }));
  await trial.print(line("change", "connection", { name: "db", role: "Primary" }));
  assert.deepEqual(starts(trial.done()), ["start drbd-services@web.target"]);
  await trial.exit();
});

Deno.test("promoter: of two that run together the first by name stays, and the other one moves", async () => {
  const trial = new PromoterTrial(BOTH);
  await trial.dump(["db", "web"], { may_promote: "yes" });
  await trial.pass(20_000);
  await trial.primary("db", "web");
  trial.done();
  await trial.pass(10_000);
  assert.deepEqual(starts(trial.done()), [
    "stop drbd-services@web.target drbd-promote@web.service web.service",
  ]);
  await trial.exit();
});

Deno.test("not-with of itself, and twice of the same, is a warning", async () => {
  const { lines } = await loadText(
    '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\nnot-with = ["web", "db", "db"]\n',
  );
  assert.deepEqual(lines.map((each) => /found (.*), expected/.exec(each)?.[1]), [
    '"web", which is this one',
    '"db" a second time',
  ]);
});
