/** A daemon with promoters, in a simulated world with a drbdsetup, a systemctl and a shell that do what a test says. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { PROMOTER_SCHEMA, type PromoterConfig } from "../../../plugins/promoter/config.ts";
import { promoter } from "../../../plugins/promoter/mod.ts";
import type { ResourceInput } from "../../../plugins/promoter/config/resource_table.ts";
import { Daemon, type Settings } from "../../../src/daemon/daemon.ts";
import type { Plugin } from "../../../src/daemon/plugins/plugin.ts";
import { DUMP_END, dumpOf, line, type Values } from "../core/events2_text.ts";
import { LogRecorder } from "../simulated/log_recorder.ts";
import { settle } from "../simulated/simulated_clock.ts";
import { SimulatedEffects } from "../simulated/simulated_effects.ts";
import type { Role } from "../simulated/simulated_processes.ts";
import { SimulatedSystemd } from "../simulated/simulated_systemd.ts";

/** Tables of resources by name: one promoter. */
export type Tables = Readonly<Record<string, ResourceInput>>;

/** As drbdsetup shows options that are fit for a promoter. */
export const GOOD_OPTIONS = {
  "auto-promote": false,
  "quorum": "majority",
  "on-no-quorum": "io-error",
  "on-no-data-accessible": "io-error",
  "on-suspended-primary-outdated": "force-secondary",
};

export class PromoterTrial {
  readonly effects = new SimulatedEffects();
  readonly systemd = new SimulatedSystemd(this.effects.processes, this.effects.files);
  readonly log = new LogRecorder();
  readonly daemon: Daemon;
  readonly #stop = new AbortController();
  readonly #plugin: Plugin<unknown>;
  readonly over: Promise<void>;
  /** Options of resources that differ, by name; undefined makes drbdsetup fail. */
  readonly options = new Map<string, Record<string, unknown> | undefined>();
  /** What `drbdsetup status` shows of resources where that is not what events2 does; undefined makes it fail. */
  readonly kernel = new Map<string, Record<string, unknown> | undefined>();
  /** Whether drbdsetup answers questions; otherwise it goes on until it is ended. */
  answers = true;
  /** What drbdadm does. */
  drbdadm: (role: Role) => void = (role) => role.exit(0);
  /** What commands of the shell do instead of succeeding. */
  readonly shell = new Map<string, (role: Role) => void>();

  constructor(...promoters: Tables[]) {
    const { processes } = this.effects;
    processes.install("drbdsetup", (role) => this.#drbdsetup(role));
    // It runs at once, and a test says what it does a moment later.
    processes.install("drbdadm", (role) => void Promise.resolve().then(() => this.drbdadm(role)));
    processes.install("/bin/sh", (role) => {
      const play = this.shell.get(role.argv[2] ?? "") ?? ((each: Role) => each.exit(0));
      play(role);
    });
    this.systemd.set("drbd-promote@drbdd\\x2dlooks.service", {
      ExecCondition: "{ path=/usr/lib/drbd/scripts/drbd-service-shim.sh }",
    });
    for (const [name, { start = [] }] of promoters.flatMap((each) => Object.entries(each))) {
      const promote = `drbd-promote@${name}.service`;
      this.systemd.bundles.set(`drbd-services@${name}.target`, [promote, ...start]);
    }
    // What the promoter says is kept with what the daemon says.
    this.#plugin = {
      ...promoter,
      run: (config, context) => promoter.run(config as PromoterConfig, { ...context, log: this.log }),
    };
    this.daemon = new Daemon(this.effects, this.#settingsOf(promoters), this.log);
    this.over = this.daemon.run(this.#stop.signal);
  }

  /** Lets drbdsetup print lines, as one chunk. */
  async print(...lines: string[]): Promise<void> {
    await settle();
    const events2 = this.effects.processes.alive.find(({ argv }) => argv[1] === "events2");
    assert.ok(events2, "drbdsetup does not run");
    events2.role.print(lines.map((each) => `${each}\n`).join(""));
    await this.pass(0);
  }

  /** The first dump: resources with one volume and one peer, Secondary and not promotable unless `values` says so. */
  async dump(names: readonly string[], values: Values = {}): Promise<void> {
    const dump = names.flatMap((name) => [
      line("exists", "resource", { name, may_promote: "no", ...values }),
      ...dumpOf(name).slice(1),
    ]);
    await this.print(...dump, DUMP_END);
  }

  async promotable(...names: string[]): Promise<void> {
    await this.print(...names.map((name) => line("change", "resource", { name, may_promote: "yes" })));
  }

  async primary(...names: string[]): Promise<void> {
    const values = { role: "Primary", may_promote: "no" };
    await this.print(...names.map((name) => line("change", "resource", { name, ...values })));
  }

  async quorum(name: string, quorum: "yes" | "no"): Promise<void> {
    await this.print(line("change", "device", { name, quorum }));
  }

  /** The services of these resources run here, and nothing that was done so far counts. */
  async running(...names: string[]): Promise<void> {
    await this.dump(names);
    await this.promotable(...names);
    await this.pass(3_000);
    await this.primary(...names);
    await this.pass(1_000);
    this.done();
  }

  async pass(durationMs: number): Promise<void> {
    await this.effects.clock.advance(durationMs);
    await settle();
  }

  /** Ends drbdsetup events2 as kill does. */
  killDrbdsetup(): void {
    this.effects.processes.alive.find(({ argv }) => argv[1] === "events2")?.role.die("SIGKILL");
  }

  /** What systemctl and the shell ran since this was last read. */
  done(): string[] {
    const commands = this.effects.processes.started.filter(({ argv }) => argv[0] === "/bin/sh");
    const ran = commands.map(({ argv }) => argv[2] ?? "").slice(this.#readUpTo);
    this.#readUpTo = commands.length;
    return [...this.systemd.called(), ...ran];
  }
  #readUpTo = 0;

  /** What was decided about a resource. */
  decisions(resource: string): string[] {
    return this.daemon.journal.of(resource).map(({ text }) => text);
  }

  async reload(...promoters: Tables[]): Promise<void> {
    await this.daemon.reload(this.#settingsOf(promoters));
    await this.pass(0);
  }

  /** Stops drbdd, and waits until it has ended. */
  async exit(): Promise<void> {
    this.#stop.abort();
    await this.pass(60_000);
    await this.over;
    for (const { argv } of this.effects.processes.started) {
      assert.ok(!argv.includes("--force") && !argv.includes("primary"), `it promotes: ${argv.join(" ")}`);
    }
  }

  /** drbdd begins to end. */
  async beginExit(): Promise<void> {
    this.#stop.abort();
    await this.pass(0);
  }

  #drbdsetup(role: Role): void {
    if (role.argv[1] === "events2") {
      role.onEndOfInput = () => role.exit(0);
      return;
    }
    if (!this.answers) return;
    const name = role.argv.at(-1) ?? "";
    if (role.argv[1] === "status") return this.#status(role, name);
    const options = this.options.has(name) ? this.options.get(name) : GOOD_OPTIONS;
    if (options === undefined) {
      role.complain("it does not work\n");
      return role.exit(20);
    }
    const connections = [{ net: { _name: "beta", fencing: "dont-care", "rr-conflict": "retry-connect" } }];
    role.print(JSON.stringify([{ resource: name, options, connections }]));
    role.exit(0);
  }

  #status(role: Role, name: string): void {
    const seen = this.daemon.cluster().get(name);
    const status = this.kernel.has(name) ? this.kernel.get(name) : seen && { name, role: seen.role };
    if (status === undefined) {
      role.print("[\n]\n");
      role.complain(this.kernel.has(name) ? "it does not work\n" : `${name}: No such resource\n`);
    } else {
      role.print(JSON.stringify([status]));
    }
    role.exit(status !== undefined ? 0 : this.kernel.has(name) ? 20 : 10);
  }

  #settingsOf(promoters: readonly Tables[]): Settings {
    return {
      statisticsPollIntervalMs: 60_000,
      instances: promoters.map((resources) => ({
        plugin: this.#plugin,
        config: v.parse(PROMOTER_SCHEMA.schema, { resources }),
      })),
    };
  }
}
