import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { DaemonStats } from "../status/daemon_stats.ts";
import { Reader } from "./reader.ts";

class Trial {
  readonly log = new LogRecorder();
  readonly facts = new DaemonStats();
  readonly reader = new Reader(this.log, this.facts);

  constructor() {
    this.reader.start();
  }

  take(text: string): string[] {
    const { updates } = this.reader.take(new TextEncoder().encode(text));
    return updates.all().map((update) => `${update.name} ${update.kind} ${update.type}`);
  }
}

const DUMP = "exists resource name:web role:Secondary suspended:no\nexists -\n";

Deno.test("Reader is known after the first dump, live while its run lasts", () => {
  const { reader, ...trial } = Object.assign(new Trial());
  assert.deepEqual([reader.known, reader.live], [false, false]);
  reader.take(new TextEncoder().encode(DUMP));
  assert.deepEqual([reader.known, reader.live], [true, true]);
  reader.end();
  assert.deepEqual([reader.known, reader.live, reader.cluster().size], [true, false, 1]);
  reader.start();
  reader.take(new TextEncoder().encode("exists -\n"));
  assert.deepEqual([reader.live, reader.cluster().size, trial.log.lines], [true, 0, []]);
});

Deno.test("Reader says once for each reason that it cannot use lines, and counts them all", () => {
  const trial = new Trial();
  trial.take(`USAGE:\nhelp\n${DUMP}change device name:web\nchange device name:web\n`);
  assert.equal(trial.log.lines.length, 2);
  assert.match(
    trial.log.lines[0] ?? "",
    /Ignoring a line of drbdsetup that cannot be used.*does not begin with a verb.*"USAGE:"/,
  );
  assert.deepEqual([...trial.facts.rejected.values()], [2, 2]);
  assert.equal(trial.facts.events, 2);
});

Deno.test("Reader shows the beginning of a long strange line only", () => {
  const trial = new Trial();
  trial.take(`${"x".repeat(5000)}\n`);
  assert.ok((trial.log.lines[0] ?? "").length < 400);
});

Deno.test("Reader does not use a line that the end of drbdsetup has cut off", () => {
  const trial = new Trial();
  trial.take(`${DUMP}change resource name:web role:Prim`);
  trial.reader.end();
  assert.match(trial.log.lines[0] ?? "", /ended in the middle of it/);
  trial.reader.start();
  assert.deepEqual(trial.take("ary\n"), []);
});

Deno.test("Reader mentions each unknown key and word once", () => {
  const trial = new Trial();
  trial.take(
    `${DUMP}change resource name:web role:Boss colour:red\nchange resource name:web role:Boss colour:blue\n`,
  );
  trial.take("change resource name:web role:King\n");
  assert.deepEqual(trial.log.lines, [
    'info: Ignoring the unknown key "colour" of a resource in the output of drbdsetup (logged once)',
    'warn: Unknown role of a resource in the output of drbdsetup: "Boss"; showing it as printed (logged once)',
    'warn: Unknown role of a resource in the output of drbdsetup: "King"; showing it as printed (logged once)',
  ]);
});

Deno.test("Reader counts what belongs to nothing known, and says so once", () => {
  const trial = new Trial();
  trial.take(
    `${DUMP}change device name:db volume:0 disk:Failed\nchange device name:db volume:0 disk:Failed\n`,
  );
  assert.equal(trial.facts.orphans, 2);
  assert.equal(trial.log.lines.length, 1);
});

Deno.test("Reader counts the helpers that the kernel calls", () => {
  const trial = new Trial();
  trial.take(
    `${DUMP}call helper name:web helper:quorum-lost\nresponse helper name:web helper:quorum-lost status:0\n`,
  );
  assert.deepEqual([...trial.facts.helperCalls], [["quorum-lost", 1]]);
});
