/** The promoter end to end: real processes and a real shell, with a stand-in for drbdsetup. */
import assert from "node:assert/strict";
import { DaemonProcess, isGone } from "../support/processes/daemon_process.ts";
import { DUMP_END, dumpOf, line } from "../support/core/events2_text.ts";
import { say } from "../support/print_line.ts";
import { markPathOf } from "../../plugins/promoter/control/start/promotion_mark.ts";

/** A start that nothing can wait for. */
const ENDLESS = "exec sleep 1000";

/** Prints what is appended to a file; each start of it is noted before it prints anything. */
const DRBDSETUP = `
if [ "$1" = show ]; then
  for name; do :; done
  sed "s/NAME/$name/" "$DIR/show"
  exit
fi
echo $$ >> "$DIR/starts"
tail -n +1 -f "$DIR/events2" &
echo $! >> "$DIR/tails"
trap 'kill $! 2>/dev/null; exit' TERM EXIT
while read -r _; do :; done`;

const SHOW = JSON.stringify([{
  resource: "NAME",
  options: {
    "auto-promote": false,
    "quorum": "majority",
    "on-no-quorum": "io-error",
    "on-no-data-accessible": "io-error",
    "on-suspended-primary-outdated": "force-secondary",
  },
  connections: [],
}]);

const DUMP = [
  ...["a", "b"].flatMap((name) => [
    line("exists", "resource", { name, may_promote: "no" }),
    ...dumpOf(name).slice(1),
  ]),
  DUMP_END,
];

const promotable = (name: string) => line("change", "resource", { name, may_promote: "yes" });
const primary = (name: string) => line("change", "resource", { name, role: "Primary", may_promote: "no" });
const withoutQuorum = (name: string) => line("change", "device", { name, quorum: "no" });

/** A resource whose commands note in a file when they were begun. */
function table(name: string, options = "", start = ""): string {
  const note = (what: string) => `echo "$(date +%s%N) ${what} ${name}" >> "$DIR/calls"`;
  return `[promoter.resources.${name}]
runner = "shell"
start = ['''${note("start")}; ${start}''']
stop = ['''${note("stop")}''']
${options}
`;
}

class Trial implements AsyncDisposable {
  private constructor(readonly daemon: DaemonProcess) {}

  static async start(...tables: string[]): Promise<Trial> {
    await forgetPromotions();
    const daemon = await DaemonProcess.start({
      config: `[[log]]\nlevel = "debug"\n[[promoter]]\n${tables.join("")}`,
      programs: { drbdsetup: DRBDSETUP, drbdadm: "exit 0" },
      files: { events2: textOf(DUMP), show: SHOW, calls: "", starts: "", tails: "" },
    });
    await daemon.said(/The state of all resources is known/);
    return new Trial(daemon);
  }

  /** drbdsetup prints lines; returns when, in milliseconds since 1970. */
  async print(...lines: string[]): Promise<number> {
    const atMs = performance.timeOrigin + performance.now();
    await Deno.writeTextFile(this.daemon.path("events2"), textOf(lines), { append: true });
    return atMs;
  }

  /** What was run, as "start a", with the time in milliseconds since 1970. */
  async calls(): Promise<{ what: string; atMs: number }[]> {
    const text = await Deno.readTextFile(this.daemon.path("calls"));
    return text.split("\n").slice(0, -1).map((each) => {
      const [nanoseconds = "", ...words] = each.split(" ");
      return { what: words.join(" "), atMs: Number(nanoseconds) / 1e6 };
    });
  }

  /** Waits for a command, and returns when it was run. */
  async called(what: string): Promise<number> {
    const find = async () => (await this.calls()).find((call) => call.what === what)?.atMs;
    await this.daemon.until(async () => await find() !== undefined, `"${what}"`);
    return await find() ?? 0;
  }

  /** Lets time pass. */
  async pass(durationMs: number): Promise<void> {
    const endMs = performance.now() + durationMs;
    await this.daemon.until(() => performance.now() >= endMs, "time to pass");
  }

  /** The services of a resource run here. */
  async running(name: string): Promise<void> {
    await this.print(promotable(name));
    await this.called(`start ${name}`);
    await this.print(primary(name));
    await this.daemon.said(new RegExp(`${name}: start: done`));
  }

  async whats(): Promise<string[]> {
    return (await this.calls()).map(({ what }) => what);
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
    await forgetPromotions();
  }
}

/** A daemon that is killed leaves the marks of its promotions in /run, and the next one would find them. */
async function forgetPromotions(): Promise<void> {
  for (const name of ["a", "b"]) await Deno.remove(markPathOf(name)).catch(() => {});
}

function textOf(lines: readonly string[]): string {
  return lines.map((each) => `${each}\n`).join("");
}

function e2e(name: string, test: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn: test });
}

e2e("while a start of A does not end, B loses quorum: its stop begins", async () => {
  await using trial = await Trial.start(table("a", "", ENDLESS), table("b"));
  await trial.running("b");
  await trial.print(promotable("a"));
  await trial.called("start a");
  await trial.pass(1_000);
  const lostMs = await trial.print(withoutQuorum("b"));
  const tookMs = await trial.called("stop b") - lostMs;
  // 50 ms are wanted of a machine that has nothing else to do.
  say(`B's stop began ${tookMs.toFixed(1)} ms after the quorum was lost, while A was starting`);
  assert.deepEqual(trial.daemon.matching(/a: start: done/), []);
  // What was begun of A is ended with drbdd, and taken back.
  assert.equal(await trial.daemon.stop(), 0);
  assert.deepEqual(await trial.whats(), ["start b", "start a", "stop b", "stop a"]);
});

e2e("A and B may be promoted 0.1 s apart: both start, though A's start does not end", async () => {
  await using trial = await Trial.start(table("a", "", ENDLESS), table("b"));
  await trial.print(promotable("a"));
  await trial.pass(100);
  const allowedMs = await trial.print(promotable("b"));
  const tookMs = await trial.called("start b") - allowedMs;
  say(`B's start began ${tookMs.toFixed(1)} ms after it was allowed`);
  await trial.called("start a");
  assert.deepEqual(trial.daemon.matching(/a: start: done/), []);
  assert.equal(await trial.daemon.stop(), 0);
});

e2e(
  "drbdsetup killed and started again, and a reload, touch no service; the end of drbdd does, as asked for",
  async () => {
    const options = "stop-services-on-exit = true";
    await using trial = await Trial.start(table("a", options), table("b"));
    await trial.running("a");
    await trial.running("b");
    const starts = async () => (await Deno.readTextFile(trial.daemon.path("starts"))).trim().split("\n");
    const place = await trial.daemon.said(/b: start: done/);
    for (const pid of await starts()) Deno.kill(Number(pid), "SIGKILL");
    const again = await trial.daemon.said(/The state of all resources is known/, place);
    assert.equal((await starts()).length, 2);
    await trial.daemon.put(
      "drbdd.toml",
      `[[log]]\nlevel = "debug"\n[[promoter]]\n${table("a", `${options}\nfencing-promote-delay = 7`)}${
        table("b")
      }`,
    );
    trial.daemon.kill("SIGHUP");
    await trial.daemon.said(/[Cc]onfiguration.*(read|reload|taken|new)/, again);
    await trial.pass(1_500);
    assert.deepEqual(await trial.whats(), ["start a", "start b"]);
    assert.equal(await trial.daemon.stop(), 0);
    assert.deepEqual(await trial.whats(), ["start a", "start b", "stop a"]);
  },
);

e2e(
  "a command that ignores SIGTERM is killed with all that it started, when its start is taken back",
  async () => {
    const stubborn = `trap "" TERM; sleep 1000 & echo $! > $DIR/child; while :; do wait; done`;
    await using trial = await Trial.start(table("a", "", stubborn), table("b"));
    await trial.print(promotable("a"));
    await trial.daemon.until(
      async () => (await Deno.readTextFile(trial.daemon.path("child")).catch(() => "")).trim() !== "",
      "the child",
    );
    const child = (await Deno.readTextFile(trial.daemon.path("child"))).trim();
    const lostMs = await trial.print(primary("a"), withoutQuorum("a"));
    const tookMs = await trial.called("stop a") - lostMs;
    assert.ok(tookMs >= 10_000, `${tookMs} ms`);
    // It was sent SIGKILL, and dies when the kernel gets to it.
    await trial.daemon.until(() => isGone(Number(child)), "the end of the child");
    assert.equal(await trial.daemon.stop(), 0);
  },
);
