/**
 * The real daemon with the real promoter on one node of a simulated cluster, with its hands tied: systemd does for it
 * what `drbddctl replay` takes for granted. The services run where the resource is Primary; a start ends well when it
 * becomes so, and fails when a peer does, or nobody for a while; a stop ends when it is Primary no more.
 */
import assert from "node:assert/strict";
import * as v from "valibot";
import { PROMOTER_SCHEMA, type PromoterConfig } from "../../../plugins/promoter/config.ts";
import { promoter } from "../../../plugins/promoter/mod.ts";
import type { ResourceInput } from "../../../plugins/promoter/config/resource_table.ts";
import { Daemon } from "../../../src/daemon/daemon.ts";
import type { Plugin } from "../../../src/daemon/plugins/plugin.ts";
import { LogRecorder } from "../../support/simulated/log_recorder.ts";
import { settle } from "../../support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../support/simulated/simulated_effects.ts";
import type { Role } from "../../support/simulated/simulated_processes.ts";
import { SimulatedSystemd } from "../../support/simulated/simulated_systemd.ts";
import type { TimedGroup } from "./timed_scenarios.ts";

const START_PATIENCE_MS = 5_000;
const STOP_PATIENCE_MS = 90_000;
const OPTIONS = { "auto-promote": false, "quorum": "majority" };

export interface TimedDecision {
  readonly atMs: number;
  readonly resource: string;
  readonly text: string;
}

/** What the promoter of `node` decides when drbdsetup prints these groups at these times. */
export async function decisionsOn(
  node: string,
  resources: Readonly<Record<string, ResourceInput>>,
  groups: readonly TimedGroup[],
  untilMs: number,
): Promise<TimedDecision[]> {
  const tied = new TiedPromoter(node, resources);
  const [first] = groups;
  assert.ok(first);
  for (const { atMs, lines } of groups) {
    if (atMs > untilMs) break;
    await tied.advanceTo(atMs - first.atMs);
    await tied.print(lines);
  }
  await tied.advanceTo(untilMs - first.atMs);
  return tied.decisions().map(({ atMs, ...rest }) => ({ atMs: atMs + first.atMs, ...rest }));
}

class TiedPromoter {
  readonly #effects: SimulatedEffects;
  readonly #systemd: SimulatedSystemd;
  readonly #daemon: Daemon;
  readonly #names: readonly string[];
  readonly #waiting = new Set<() => void>();

  constructor(node: string, resources: Readonly<Record<string, ResourceInput>>) {
    this.#effects = new SimulatedEffects(node);
    this.#systemd = new SimulatedSystemd(this.#effects.processes);
    this.#names = Object.keys(resources);
    this.#install();
    const log = new LogRecorder();
    const quiet: Plugin<unknown> = {
      ...promoter,
      run: (config, context) => promoter.run(config as PromoterConfig, { ...context, log }),
    };
    this.#daemon = new Daemon(this.#effects, {
      statisticsPollIntervalMs: 3_600_000,
      instances: [{ plugin: quiet, config: v.parse(PROMOTER_SCHEMA.schema, { resources }) }],
    }, log);
    void this.#daemon.run(new AbortController().signal);
  }

  async advanceTo(atMs: number): Promise<void> {
    const { clock } = this.#effects;
    await clock.advance(Math.max(0, atMs - clock.nowMs()));
  }

  async print(lines: readonly string[]): Promise<void> {
    const events2 = this.#effects.processes.alive.find(({ argv }) => argv[1] === "events2");
    assert.ok(events2, "drbdsetup does not run");
    events2.role.print(lines.map((line) => `${line}\n`).join(""));
    // systemd has it before drbdd asks.
    this.#followRoles(lines);
    await settle();
    for (const look of [...this.#waiting]) look();
    await settle();
  }

  decisions(): TimedDecision[] {
    const offsetMs = this.#effects.clock.wallOffsetMs;
    return this.#names.flatMap((resource) =>
      this.#daemon.journal.of(resource).map(({ wallMs, text }) => ({
        atMs: wallMs - offsetMs,
        resource,
        text,
      }))
    );
  }

  #followRoles(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, role] = /^(?:exists|create|change) resource name:(\S+) role:(\S+)/.exec(line) ?? [];
      if (name !== undefined) this.#setUnits(name, role === "Primary");
    }
  }

  #setUnits(name: string, isActive: boolean): void {
    const state = { ActiveState: isActive ? "active" : "inactive" };
    for (const unit of [`drbd-services@${name}.target`, `drbd-promote@${name}.service`, `${name}.service`]) {
      this.#systemd.set(unit, state);
    }
  }

  #install(): void {
    const { processes } = this.#effects;
    processes.install("drbdadm", (role) => role.exit(0));
    processes.install("drbdsetup", (role) => {
      if (role.argv[1] === "events2") return;
      if (role.argv[1] === "status") {
        // What the recording says is what DRBD says.
        role.complain(`${role.argv.at(-1)}: No such resource\n`);
        return role.exit(10);
      }
      role.print(JSON.stringify([{ resource: role.argv.at(-1), options: OPTIONS, connections: [] }]));
      role.exit(0);
    });
    this.#systemd.verbs.set("start", (role, [target = ""]) => this.#start(role, nameIn(target)));
    this.#systemd.verbs.set("stop", (role, [target = ""]) => this.#stop(role, nameIn(target)));
  }

  #start(role: Role, name: string): void {
    this.#wait(START_PATIENCE_MS, () => {
      const resource = this.#daemon.cluster().get(name);
      if (resource?.role === "Primary") return true;
      return resource === undefined || resource.connections.some(({ peerRole }) => peerRole === "Primary");
    }, () => role.exit(this.#isPrimary(name) ? 0 : 1));
  }

  #stop(role: Role, name: string): void {
    this.#wait(STOP_PATIENCE_MS, () => !this.#isPrimary(name), () => {
      this.#setUnits(name, false);
      role.exit(0);
    });
  }

  #isPrimary(name: string): boolean {
    return this.#daemon.cluster().get(name)?.role === "Primary";
  }

  #wait(patienceMs: number, isOver: () => boolean, then: () => void): void {
    const end = () => {
      this.#waiting.delete(look);
      timer.cancel();
      then();
    };
    const look = () => {
      if (isOver()) end();
    };
    const timer = this.#effects.clock.setTimer(patienceMs, end);
    this.#waiting.add(look);
    look();
  }
}

function nameIn(target: string): string {
  return target.replace(/^drbd-services@/, "").replace(/\.target$/, "");
}
