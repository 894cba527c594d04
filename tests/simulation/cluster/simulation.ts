/** Ten minutes in the life of a cluster: everything follows from the seed. */
import { describe } from "../../../src/effects/describe.ts";
import { step } from "../../../plugins/promoter/decide/state_machine.ts";
import { Model } from "../model/model.ts";
import { Random } from "../model/random.ts";
import { ClusterClock } from "./clock.ts";
import { drawCluster } from "./setup/draw_cluster.ts";
import { FaultSchedule } from "./faults/fault_schedule.ts";
import type { FaultProfile } from "./faults/fault_profiles.ts";
import { Macrotasks } from "./macrotasks.ts";
import { Machine } from "./node/machine.ts";
import { withOwnTables } from "./setup/per_node_tables.ts";
import { noticingRejections } from "./rejections.ts";
import { type Rule, RuleBook, type RuleCounts, type Violation } from "./rules/rule_book.ts";
import type { Gaps } from "./rules/liveness.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";
import { Trace } from "./trace.ts";
import { unitTexts } from "./setup/unit_texts.ts";
import { Watch } from "./rules/watch.ts";
import type { Defect } from "./node/defect.ts";
import { profileNamed } from "./faults/profile.ts";

export interface RunOptions {
  readonly durationMs?: number;
  /** What is wrong with every drbdd on purpose. */
  readonly defect?: Defect;
  readonly isTraced?: boolean;
  /** The rest of the time is left out then. */
  readonly endsAtViolation?: boolean;
  /** The same once this rule is broken, whatever else is. */
  readonly endsAt?: Rule;
  /** Which faults happen, and how often; default: all of them. */
  readonly profile?: FaultProfile;
}

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** States that were checked. */
  readonly checked: number;
  /** How often each rule was applied, and excused. */
  readonly counts: RuleCounts;
  /** How long it took until services ran again. */
  readonly gaps: Gaps;
  readonly trace: Trace;
}

export const DURATION_MS = 600_000;

/** It is looked whether all is well at least as often, also when nothing happens. */
const LOOK_MS = 250;
/** Nodes do not start at the same moment. */
const FIRST_START_MS = [0, 3_000] as const;

/** Runs the cluster of a seed. Ends at the first violation if it is traced, so that it stands at the end. */
export async function simulate(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const {
    durationMs = DURATION_MS,
    defect = {},
    isTraced = false,
    endsAtViolation = isTraced,
    endsAt,
    profile = "all",
  } = options;
  const random = new Random(seed);
  const { faults, tables, unlikeness, longestMs } = profileNamed(profile);
  const alike = drawCluster(random.fork(), tables);
  const spec = unlikeness === undefined
    ? alike
    : withOwnTables(random.fork(), alike, unlikeness, tables.common);
  const model = new Model(spec.drbd, seed);
  model.settle();
  const clock = new ClusterClock(model.nowMs);
  const beginMs = model.nowMs;
  const sinceBeginMs = () => clock.nowMs() - beginMs;
  const trace = new Trace(sinceBeginMs, isTraced);
  const rules = new RuleBook(sinceBeginMs, ({ node, resource, rule, text }) => {
    trace.note(node, () => `VIOLATION ${resource}: ${rule}: ${text}`);
  });
  const watch = new Watch(defect.stateMachine ?? step, rules, () => clock.nowMs());
  const units = unitTexts(spec.resources);
  const world = { spec, clock, model, random: random.fork(), trace, units, observer: watch, defect };
  const machines = spec.drbd.nodes.map(({ name }) => new Machine(world, name));
  if (profile === "beside drbd-reactor") {
    for (const machine of machines.slice(1)) {
      machine.isReactor = true;
    }
  }
  watch.begin(machines);
  model.onChange = (changes) => watch.drbdChanged(changes);
  for (const machine of machines) machine.setTimer(random.within(FIRST_START_MS), () => machine.begin());
  const cluster = new SimulatedCluster(
    spec,
    clock,
    model,
    random.fork(),
    machines,
    trace,
    (resource) => watch.disturb(resource),
  );
  if (spec.fences) fence(cluster);
  // A node that stands still notices nothing.
  model.noticeDelay = (node) => {
    const { asleepUntilMs = 0 } = machines.find(({ name }) => name === node)?.impairments ?? {};
    const leftMs = asleepUntilMs - clock.nowMs();
    return leftMs > 0 ? leftMs + 100 : undefined;
  };
  const schedule = new FaultSchedule(cluster, random.fork(), faults);
  watch.onBegin = () => schedule.actionStarted();
  schedule.begin();
  const isOver = () =>
    rules.violations.some(({ rule }) => endsAt === undefined ? endsAtViolation : rule === endsAt);
  const onRejection = (reason: unknown) =>
    rules.broken("drbdd failed", "", "", `a rejection that nobody takes: ${describe(reason)}`);
  const endMs = beginMs + Math.min(durationMs, longestMs);
  await noticingRejections(onRejection, () => turn(clock, model, endMs, watch, isOver));
  return {
    seed,
    violations: rules.violations,
    checked: watch.checked,
    counts: rules.counts,
    gaps: watch.liveness.gaps,
    trace,
  };
}

/** One event after the other; after each, every drbdd that was notified of something goes on as far as it can. */
async function turn(
  clock: ClusterClock,
  model: Model,
  endMs: number,
  watch: Watch,
  isOver: () => boolean,
): Promise<void> {
  const macrotasks = new Macrotasks();
  try {
    await turnWith(macrotasks, clock, model, endMs, watch, isOver);
  } finally {
    macrotasks.close();
  }
}

async function turnWith(
  macrotasks: Macrotasks,
  clock: ClusterClock,
  model: Model,
  endMs: number,
  watch: Watch,
  isOver: () => boolean,
): Promise<void> {
  let lookedMs = -Infinity;
  while (!isOver()) {
    const modelMs = model.nextEventMs() ?? Infinity;
    const nextMs = Math.min(modelMs, clock.nextMs);
    if (nextMs > endMs) return;
    if (modelMs <= clock.nextMs) clock.skipTo(nextMs);
    model.advance(nextMs);
    if (clock.nextMs <= nextMs) clock.step();
    const isStirred = clock.isStirred || watch.isStirred || nextMs - lookedMs >= LOOK_MS;
    clock.isStirred = false;
    if (clock.isAnybodyNotified) {
      clock.isAnybodyNotified = false;
      // It waits for promises only: all of them have their turn before this one is fulfilled.
      await macrotasks.next();
    }
    if (!isStirred) continue;
    lookedMs = nextMs;
    watch.look();
  }
}

/**
 * A peer that is lost is switched off, and comes back after its boot. The fence device can always be reached. Like the
 * agents of drbd-utils, which DRBD tells in UP_TO_DATE_NODES who has good data, it serves only those who have: a node
 * that comes up with old data while the other is off would else learn that its peer is Outdated, though itself is.
 */
function fence(cluster: SimulatedCluster): void {
  const { model, machines, clock, trace } = cluster;
  const FENCED = 7;
  const REFUSED = 1;
  model.helperAnswer = (node, helper, resource, peer) => {
    if (helper !== "fence-peer") return 0;
    if (cluster.isFencingBroken) return REFUSED;
    const devices = model.resource(node, resource)?.devices ?? [];
    if (devices.some((device) => device.is.disk !== "UpToDate")) return REFUSED;
    for (const machine of machines) {
      if (machine.name !== peer || !machine.isPowered) continue;
      clock.setTimer(2, () => {
        trace.note(machine.name, () => `fenced by ${node}`);
        machine.crash();
        machine.boot();
      });
    }
    return FENCED;
  };
}
