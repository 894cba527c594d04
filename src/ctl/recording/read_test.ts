import assert from "node:assert/strict";
import { fixtureText, realScenarios } from "../../../tests/support/core/fixtures.ts";
import { readRecording } from "./read.ts";
import type { Recording } from "./recording.ts";
import { headingText, RecordingWriter } from "./write.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function groupsOf({ entries }: Recording): (readonly string[])[] {
  return entries.flatMap((entry) => entry.kind === "lines" ? [entry.lines] : []);
}

/** What a recorder writes of chunks that come at these milliseconds. */
function written(...chunks: (readonly [number, string])[]): string {
  let text = headingText({ node: "alpha", facts: ["drbdd: 0.1.0"], shown: ['{"resource":"web"}'] });
  let nowMs = 0;
  const writer = new RecordingWriter(() => nowMs, (more) => text += more);
  writer.started();
  for (const [atMs, chunk] of chunks) {
    nowMs = atMs;
    writer.chunk(bytes(chunk));
  }
  writer.ended("it was killed by SIGKILL");
  return text;
}

Deno.test("a recording that was written is read as it was: groups, times, node, options, start and end", () => {
  const recording = readRecording({ text: written([5, "exists -\n"], [7, "change a:1\nchange b:2\n"]) });
  assert.deepEqual(recording, {
    node: "alpha",
    timing: "stamps",
    entries: [
      { kind: "started", atUs: 0 },
      { kind: "lines", atUs: 5_000, lines: ["exists -"] },
      { kind: "lines", atUs: 7_000, lines: ["change a:1", "change b:2"] },
      { kind: "ended", atUs: 7_001, reason: "it was killed by SIGKILL" },
    ],
    shown: new Map([["web", '{"resource":"web"}']]),
    remarks: [],
  });
});

Deno.test("chunks of the same millisecond, and of a clock that was put back, stay apart and in order", () => {
  const recording = readRecording({ text: written([9, "a\n"], [9, "b\n"], [3, "c\n"]) });
  assert.deepEqual(groupsOf(recording), [["a"], ["b"], ["c"]]);
  assert.deepEqual(recording.entries.map(({ atUs }) => atUs), [0, 9_000, 9_001, 9_002, 9_003]);
  assert.deepEqual(recording.remarks, []);
});

Deno.test("a line that comes in two chunks belongs to the chunk that ends it", () => {
  assert.deepEqual(groupsOf(readRecording({ text: written([1, "a\nb"], [2, "c\nd\n"]) })), [["a"], [
    "bc",
    "d",
  ]]);
});

Deno.test("an unfinished line of drbdsetup is reported with its end, and is no line", () => {
  const recording = readRecording({ text: written([1, "a\ndestroy res"]) });
  assert.deepEqual(groupsOf(recording), [["a"]]);
  assert.match(JSON.stringify(recording.entries.at(-1)), /SIGKILL, in the middle of the line .*destroy res/);
});

Deno.test("a file that was cut off anywhere is read up to its last whole line", () => {
  const text = written([1, "change a:1\n"], [2, "change b:2\n"]);
  const whole = groupsOf(readRecording({ text })).flat();
  for (let end = 0; end < text.length; end++) {
    const recording = readRecording({ text: text.slice(0, end) });
    const lines = groupsOf(recording).flat();
    assert.deepEqual(lines, whole.slice(0, lines.length), `cut off after ${end} characters`);
    assert.equal(recording.remarks.length, text[end - 1] === "\n" || end === 0 ? 0 : 1);
  }
});

Deno.test("output of drbdsetup events2 --timestamps is read with its times, zones and groups", () => {
  const recording = readRecording({
    text: "2026-01-31T12:34:56.000001+01:00 exists resource name:web\n" +
      "2026-01-31T12:34:56.000001+01:00 exists -\n" +
      "2026-01-31T11:34:57.500000+00:00 change resource name:web\n",
  });
  assert.equal(recording.timing, "stamps");
  const atUs = Date.UTC(2026, 0, 31, 11, 34, 56) * 1000;
  assert.deepEqual(recording.entries, [
    { kind: "lines", atUs: atUs + 1, lines: ["exists resource name:web", "exists -"] },
    { kind: "lines", atUs: atUs + 1_500_000, lines: ["change resource name:web"] },
  ]);
});

Deno.test("times that go back are reported, and what came then follows at once", () => {
  const at = (second: string, line: string) => `2026-01-31T12:34:${second}.000000+00:00 ${line}\n`;
  const recording = readRecording({ text: at("10", "a") + at("05", "b") + at("11", "c") });
  assert.deepEqual(recording.entries.map(({ atUs }) => atUs / 1e6 % 60), [10, 10, 11]);
  assert.deepEqual(groupsOf(recording), [["a"], ["b"], ["c"]]);
  assert.deepEqual(recording.remarks, [
    "the clock went back 1 times: later lines are assumed to follow at once",
  ]);
});

Deno.test("prose among lines with times is left out, and reported", () => {
  const text = "Usage: drbdsetup\n2026-01-31T12:34:56.000000+00:00 exists -\n";
  assert.deepEqual(readRecording({ text }).remarks, ["1 lines without a time are ignored"]);
});

Deno.test("a file of times beside the lines gives times and groups", () => {
  const recording = readRecording({ text: "a\nb\nc\n", times: "1.5\n1.5\n2.25\n" });
  assert.equal(recording.timing, "beside");
  assert.deepEqual(recording.entries, [
    { kind: "lines", atUs: 1_500_000, lines: ["a", "b"] },
    { kind: "lines", atUs: 2_250_000, lines: ["c"] },
  ]);
});

Deno.test("times that do not fit are refused or reported", () => {
  assert.throws(() => readRecording({ text: "a\n", times: "noon\n" }), /not numbers of seconds/);
  const recording = readRecording({ text: "a\nb\n", times: "1\n" });
  assert.deepEqual(groupsOf(recording), [["a"]]);
  assert.match(recording.remarks.join(), /2 lines and 1 times/);
});

Deno.test("without times groups are guessed, a second apart", () => {
  const text = [
    "exists resource name:web role:Secondary",
    "exists device name:web volume:0 minor:0",
    "exists -",
    "change resource name:web may_promote:no",
    "change connection name:web peer-node-id:1 connection:Timeout",
    "change peer-device name:web peer-node-id:1 volume:0 replication:Off",
    "change connection name:web peer-node-id:1 connection:Connecting",
    "change resource name:db role:Primary",
    "call helper name:db helper:fence-peer",
    "response helper name:db helper:fence-peer status:0",
    "destroy device name:db volume:0",
    "destroy resource name:db",
  ];
  const recording = readRecording({ text: text.map((line) => `${line}\n`).join("") });
  assert.equal(recording.timing, "none");
  assert.deepEqual(groupsOf(recording).map((group) => group.length), [3, 3, 1, 1, 1, 1, 2]);
  assert.deepEqual(recording.entries.map(({ atUs }) => atUs / 1e6), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("of real recordings about as many groups are guessed as there are", () => {
  let real = 0;
  let guessed = 0;
  for (const folder of realScenarios()) {
    for (const node of ["node1", "node2", "node3"]) {
      const text = fixtureText(`${folder}${node}.events2.txt`);
      const times = fixtureText(`${folder}${node}.times.txt`);
      real += groupsOf(readRecording({ text, times })).length;
      guessed += groupsOf(readRecording({ text })).length;
    }
  }
  assert.ok(guessed > real / 2 && guessed < real * 3, `${guessed} guessed, ${real} real`);
});
