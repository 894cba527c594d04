import assert from "node:assert/strict";
import { DUMP_END, dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { readRecording } from "../recording/read.ts";
import { asText } from "../screen/paint.ts";
import { symbolsFor } from "../screen/symbols.ts";
import { assumptionsOf, extentOf, recordedProtection, resourcesIn } from "./assumptions.ts";
import { replay } from "./replay.ts";
import { OutputWriter, type Wanted } from "./output_lines.ts";
import * as v from "valibot";
import { resourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { RESOURCE_TABLE } from "../../../plugins/promoter/config/resource_table.ts";

const WEB = resourceConfig("web", v.parse(RESOURCE_TABLE, {}));
const DB = resourceConfig("db", v.parse(RESOURCE_TABLE, {}));
const SHOWN = '{"resource":"web","options":{"quorum":"majority"}}';

/** Groups of lines a second apart, as a file. */
function fileOf(...groups: readonly (readonly string[])[]): string {
  const lines = groups.flatMap((group, second) =>
    group.map((each) => `2026-01-31T12:00:0${second}.000000+00:00 ${each}\n`)
  );
  return `# node: alpha\n# show: ${SHOWN}\n${lines.join("")}`;
}

const RECORDING = readRecording({
  text: fileOf(
    [...dumpOf("web"), ...dumpOf("db"), DUMP_END],
    [line("change", "resource", { may_promote: "no" }), line("change", "connection", { role: "Primary" })],
    ["# drbdsetup ended: it was killed by SIGKILL"],
  ),
});

async function shown(wanted: Partial<Wanted> = {}, isJson = false): Promise<string[]> {
  const writer = new OutputWriter(
    { resources: [], onlyDecisions: false, ...wanted },
    symbolsFor({ isUnicode: false }),
  );
  const texts: string[] = [];
  await replay(RECORDING, { node: "alpha", resources: [WEB], protectionOf: () => "quorum" }, (output) => {
    const text = isJson ? writer.json(output) : writer.line(output);
    if (text !== undefined) texts.push(typeof text === "string" ? text : asText(text));
  });
  return texts;
}

const withoutTime = (texts: readonly string[]) => texts.map((text) => text.replace(/^\S+ \S+ {2}/, ""));

Deno.test("a replay shows resources as they are at first, then changes, decisions and what came of them", async () => {
  assert.deepEqual(withoutTime(await shown()), [
    "db  Secondary; UpToDate; beta Secondary UpToDate",
    "web  Secondary; UpToDate; beta Secondary UpToDate",
    "web  -> start: DRBD may promote here",
    "web  may-promote yes -> no",
    "web  beta: peer-role Secondary -> Primary",
    "web  -> not started here: lost the promotion race, beta is Primary",
    "drbdsetup ended: it was killed by SIGKILL",
  ]);
});

Deno.test("times are local, to the millisecond", async () => {
  const [first = ""] = await shown();
  const at = new Date(Date.UTC(2026, 0, 31, 12));
  const hours = String(at.getHours()).padStart(2, "0");
  assert.match(first, new RegExp(`^2026-\\d\\d-\\d\\d ${hours}:\\d\\d:00\\.000 {2}`));
});

Deno.test("resources can be chosen, and updates left out", async () => {
  assert.deepEqual(withoutTime(await shown({ resources: ["db"] })), [
    "db  Secondary; UpToDate; beta Secondary UpToDate",
    "drbdsetup ended: it was killed by SIGKILL",
  ]);
  assert.deepEqual(withoutTime(await shown({ onlyDecisions: true })), [
    "web  -> start: DRBD may promote here",
    "web  -> not started here: lost the promotion race, beta is Primary",
    "drbdsetup ended: it was killed by SIGKILL",
  ]);
});

Deno.test("as JSON every update is printed, those of the first dump too", async () => {
  const all = (await shown({}, true)).map((text) => JSON.parse(text));
  assert.deepEqual(all.filter(({ event }) => event === "decision"), [
    {
      event: "decision",
      data: { time: "2026-01-31T12:00:00.025Z", name: "web", text: "start: DRBD may promote here" },
    },
    {
      event: "decision",
      data: {
        time: "2026-01-31T12:00:01.000Z",
        name: "web",
        text: "not started here: lost the promotion race, beta is Primary",
      },
    },
  ]);
  assert.equal(all.filter(({ event, data }) => event === "update" && data.type === "exists").length, 10);
  assert.equal(all.at(-1).event, "note");
});

Deno.test("what is recorded of DRBD's options is used, the rest is assumed and said", () => {
  assert.equal(recordedProtection(RECORDING, "web"), "quorum");
  assert.equal(recordedProtection(RECORDING, "db"), undefined);
  const said = assumptionsOf(RECORDING, [WEB, DB], "fencing");
  assert.ok(
    said.includes("DRBD's options of db are not recorded: fencing avoids split brain"),
    said.join("\n"),
  );
  assert.ok(!assumptionsOf(RECORDING, [WEB], "quorum").join().includes("not recorded"));
});

Deno.test("guessed groups, and oddities of the file, are said", () => {
  const text = [...dumpOf("web"), DUMP_END, "cut"].join("\n");
  const said = assumptionsOf(readRecording({ text }), [], "quorum");
  assert.deepEqual(said, [
    "the file has no times: groups of lines are guessed, one second apart",
    "the last line is truncated and ignored",
  ]);
});

Deno.test("a recording's resources and extent are known", () => {
  assert.deepEqual(resourcesIn(RECORDING), ["web", "db"]);
  const beginMs = Date.UTC(2026, 0, 31, 12);
  assert.deepEqual(extentOf(RECORDING), { beginMs, endMs: beginMs + 2_000, lines: 13, groups: 2 });
  assert.equal(extentOf(readRecording({ text: "" })), undefined);
  const renamed = readRecording({ text: fileOf(["rename resource name:web new_name:shop"]) });
  assert.deepEqual(resourcesIn(renamed), ["shop"]);
});
