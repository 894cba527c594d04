/**
 * How many programs run one after the other before drbdd decides, and between a decision and the request to systemd: on a
 * slow node that is what a fail-over takes. Each program takes 600 ms here, a reload of systemd 2 s. The times are printed;
 * what is asserted is the number of programs in a row.
 */
import assert from "node:assert/strict";
import { daemonCommand, DaemonProcess } from "../support/processes/daemon_process.ts";
import { say } from "../support/print_line.ts";
import {
  hasNamespaces,
  longestRow,
  OWN_RUN,
  type ProgramRun,
  programRuns,
  type ResourceState,
  slowNode,
} from "../support/processes/slow_node.ts";

const NAMES = ["one", "two"] as const;
/** Before a decision to start, to a start, to a stop, and of an eviction. */
const MOST = [4, 1, 1, 3];
/** A program takes 600 ms. One that ends sooner than this after a decision was under way for something else. */
const BESIDE_MS = 300;
const ignore = !await hasNamespaces();
if (ignore) say("No mount namespaces here: programs in a row are not counted");

const CONFIG = `snippets = "$DIR/snippets"\n[[log]]\nlevel = "debug"\n`;
const SNIPPETS = Object.fromEntries(
  NAMES.map((name) => [
    `snippets/${name}.toml`,
    `[[promoter]]\n[promoter.resources.${name}]\nstart = ["${name}.service"]\n`,
  ]),
);

class Trial implements AsyncDisposable {
  readonly startedMs = nowMs();

  private constructor(readonly daemon: DaemonProcess) {}

  /** With all resources in this state. */
  static async start(state: ResourceState): Promise<Trial> {
    const node = slowNode(Object.fromEntries(NAMES.map((name) => [name, state])));
    const daemon = await DaemonProcess.start({
      ...node,
      config: CONFIG,
      files: { ...node.files, ...SNIPPETS },
      within: OWN_RUN,
    });
    return new Trial(daemon);
  }

  /** Waits for a line of the log, and returns when it came. */
  async said(pattern: RegExp): Promise<number> {
    await this.daemon.said(pattern);
    return nowMs();
  }

  /** Waits for a program, and returns its run when it has ended. */
  async ran(pattern: RegExp): Promise<ProgramRun> {
    const find = async () =>
      (await this.runs()).find(({ words, endedMs }) => pattern.test(words) && endedMs < Infinity);
    await this.daemon.until(async () => await find() !== undefined, `a program like ${pattern}`);
    const found = await find();
    assert.ok(found);
    return found;
  }

  async runs(): Promise<ProgramRun[]> {
    return programRuns(await Deno.readTextFile(this.daemon.path("trace")));
  }

  /** Programs of the daemon in a row that ended after `fromMs`, up to `untilMs`. */
  async row(fromMs: number, untilMs: number): Promise<string[]> {
    return longestRow(
      (await this.runs()).filter(({ parent, endedMs }) =>
        endedMs > fromMs && endedMs <= untilMs && parent === this.daemon.pid
      ),
    );
  }

  /** Programs in a row that ran for some time after `fromMs` and ended before `last` began, and that one. */
  async rowTo(last: ProgramRun, fromMs: number): Promise<string[]> {
    const before = (await this.runs()).filter(({ parent, endedMs }) =>
      endedMs > fromMs + BESIDE_MS && endedMs <= last.startedMs && parent === last.parent
    );
    return longestRow([...before, last]);
  }

  /** DRBD says that a resource lost its quorum. */
  async loseQuorum(name: string): Promise<void> {
    const text = await Deno.readTextFile(this.daemon.path(`lines/${name}.without-quorum`));
    await Deno.writeTextFile(this.daemon.path("events2"), text, { append: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const tails = (await Deno.readTextFile(this.daemon.path("tails"))).split("\n").filter((pid) =>
      pid !== ""
    );
    await this.daemon[Symbol.asyncDispose]();
    for (const pid of tails) {
      try {
        Deno.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended.
      }
    }
  }
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function print(what: string, ms: number, row: readonly string[]): void {
  say(`${what}: ${Math.round(ms)} ms, ${row.length} in a row: ${row.join(" | ")}`);
}

function e2e(name: string, test: () => Promise<void>): void {
  Deno.test({ name, ignore, sanitizeOps: true, sanitizeResources: true, fn: test });
}

e2e("cold start, stop and eviction: 4, 1, 1 and 3 programs in a row", async () => {
  await using trial = await Trial.start("down");
  const decidedMs = await trial.said(/one: start: /);
  const beforeStart = await trial.row(trial.startedMs, decidedMs);
  print("start to decision", decidedMs - trial.startedMs, beforeStart);
  const start = await trial.ran(/^systemctl .*start drbd-services@one/);
  const toStart = await trial.rowTo(start, decidedMs);
  print("decision to start", start.endedMs - decidedMs, toStart);
  await trial.said(/one: start: done/);
  await trial.said(/two: start: done/);

  const evictedMs = nowMs();
  const eviction = await evict(trial.daemon, "two");
  const stopped = await trial.ran(/^systemctl .*stop drbd-services@two/);
  const toEvict = await trial.rowTo(stopped, evictedMs);
  print("evict: ended here", stopped.endedMs - evictedMs, toEvict);
  assert.match(eviction, /two: beta took over/);

  await trial.loseQuorum("one");
  const stopMs = await trial.said(/one: stop: quorum is lost/);
  const stop = await trial.ran(/^systemctl .*stop drbd-services@one/);
  const toStop = await trial.rowTo(stop, stopMs);
  print("decision to stop", stop.endedMs - stopMs, toStop);

  const rows = [beforeStart, toStart, toStop, toEvict];
  const isTooMany = rows.map((row, place) => row.length > (MOST[place] ?? 0));
  assert.deepEqual(isTooMany, [false, false, false, false], JSON.stringify(rows));
});

e2e("services that run without quorum when drbdd begins are stopped before systemd reloads", async () => {
  await using trial = await Trial.start("running without quorum");
  const stops = await Promise.all(NAMES.map((name) => trial.ran(new RegExp(`^systemctl .*stop .*@${name}`))));
  const lastMs = Math.max(...stops.map(({ endedMs }) => endedMs));
  const row = await trial.row(trial.startedMs, lastMs);
  print("start to stop of what runs without quorum", lastMs - trial.startedMs, row);
  assert.ok(row.length <= 3, JSON.stringify(row));
  assert.ok(!row.some((words) => words.includes("daemon-reload")));
});

/** Runs `drbddctl evict` as an administrator does, and returns what it said. */
async function evict(daemon: DaemonProcess, name: string): Promise<string> {
  const { program, args } = daemonCommand(["ctl", "evict", name]);
  const inherited = Object.fromEntries(["HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((each) => {
    const value = Deno.env.get(each);
    return value === undefined ? [] : [[each, value]];
  }));
  const env = { ...inherited, PATH: `${daemon.path("bin")}:${Deno.env.get("PATH") ?? ""}` };
  const { stderr } = await new Deno.Command(program, { args, clearEnv: true, env, stdin: "null" }).output();
  return new TextDecoder().decode(stderr);
}
