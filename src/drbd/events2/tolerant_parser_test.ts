import assert from "node:assert/strict";
import { line } from "../../../tests/support/core/events2_text.ts";
import { isExact, parsed } from "../../../tests/support/core/parsing.ts";
import type { StateEvent, UnknownPart } from "./event.ts";

const NOTED: { name: string; line: string; unknownParts: UnknownPart[]; want?: Partial<StateEvent> }[] = [
  {
    name: "an unknown key, and passes it over",
    line: line("change", "path", { mtu: 9000 }),
    unknownParts: [{ kind: "unknown key", object: "path", key: "mtu", value: "9000" }],
    want: { state: "established:yes" },
  },
  {
    name: "unknown keys of a line without newline in their order",
    line: line("change", "resource", { b: "x:y", a: "" }),
    unknownParts: [
      { kind: "unknown key", object: "resource", key: "b", value: "x:y" },
      { kind: "unknown key", object: "resource", key: "a", value: "" },
    ],
  },
  {
    name: "a key of another object",
    line: line("change", "connection", { quorum: "no" }),
    unknownParts: [{ kind: "unknown key", object: "connection", key: "quorum", value: "no" }],
  },
  {
    name: "an unknown key of a helper",
    line: "call helper name:web helper:fence-peer uuid:7",
    unknownParts: [{ kind: "unknown key", object: "helper", key: "uuid", value: "7" }],
  },
  {
    name: "an unknown word, and keeps it as text",
    line: line("change", "device", { disk: "Thawing" }),
    unknownParts: [{ kind: "unknown word", object: "device", key: "disk", value: "Thawing" }],
    want: {
      state: "minor:1000 backing_dev:/dev/vg0/web disk:Thawing client:no open:no quorum:yes size:1048576",
    },
  },
  {
    name: "an unknown reason among known ones",
    line: line("change", "resource", { suspended: "user,moon" }),
    unknownParts: [{ kind: "unknown word", object: "resource", key: "suspended", value: "user,moon" }],
  },
  {
    name: "a state without a name",
    line: line("change", "connection", { connection: "?", role: "?" }),
    unknownParts: [
      { kind: "unknown word", object: "connection", key: "connection", value: "?" },
      { kind: "unknown word", object: "connection", key: "role", value: "?" },
    ],
  },
  {
    name: "a score that is no number",
    line: line("change", "resource", { promotion_score: "-1" }),
    unknownParts: [{ kind: "unknown word", object: "resource", key: "promotion_score", value: "-1" }],
  },
  {
    name: "an odd value of blocked",
    line: line("change", "device", { blocked: "" }),
    unknownParts: [{ kind: "unknown word", object: "device", key: "blocked", value: "" }],
    want: { blocked: "" },
  },
];

for (const { name, line, unknownParts, want } of NOTED) {
  Deno.test(`readTokens() notes ${name}`, () => {
    assert.ok(!isExact(line));
    const { line: event, unknownParts: noted } = parsed(line);
    assert.deepEqual(noted, unknownParts);
    assert.deepEqual({ ...event, ...want }, event);
  });
}

const DIFF = [
  "change resource name:web role:Secondary->Primary suspended:no->user may_promote:yes->no promotion_score:0->10",
  "exists device name:web volume:0 minor:1000 backing_dev:UNKNOWN->/dev/sda disk:UNKNOWN->UpToDate",
  "change connection name:web peer-node-id:1 conn-name:beta connection:UNKNOWN->Connected",
  "change path name:web peer-node-id:1 conn-name:beta local:a peer:b established:UNKNOWN->yes",
];
for (const text of DIFF) {
  Deno.test(`readTokens() takes what --diff prints: ${text.split(" ", 2).join(" ")}`, () => {
    const { line, unknownParts } = parsed(text);
    assert.notEqual(line.object, "rejected");
    assert.ok(unknownParts.some(({ value }) => value.includes("->")));
  });
}

const NO_VERB = "it does not begin with a verb of events2";
const NO_OBJECT = "its second word is no object of events2";
const REJECTED: { name: string; line: string; reason: string }[] = [
  { name: "prose", line: "USAGE: drbdsetup events2 [options]", reason: NO_VERB },
  { name: "an indented line", line: ` ${line("change", "resource")}`, reason: NO_VERB },
  { name: "NUL bytes", line: "\0\0\0\0", reason: NO_VERB },
  { name: "a timestamp alone", line: "2026-11-23T01:38:55.355353+05:30", reason: NO_VERB },
  { name: "an unknown verb", line: "vanish resource name:web", reason: NO_VERB },
  { name: "a verb alone", line: "change", reason: NO_OBJECT },
  { name: "two blanks after the verb", line: "change  resource name:web", reason: NO_OBJECT },
  { name: "an unknown object", line: "change galaxy name:web", reason: NO_OBJECT },
  { name: "an object of the prototype", line: "change constructor name:web", reason: NO_OBJECT },
  { name: "the end of a dump with more in the line", line: "exists - name:web", reason: NO_OBJECT },
  { name: "an object alone", line: "change resource", reason: "the key name is missing" },
  { name: "an empty name", line: "change resource name: role:Primary", reason: "the key name is missing" },
  {
    name: "a device without volume",
    line: "change device name:web minor:1 disk:UpToDate",
    reason: "the key volume is missing",
  },
  {
    name: "a volume that is no number",
    line: line("change", "device", { volume: "-1" }),
    reason: "the value of volume is no number drbdd can use",
  },
  {
    name: "a volume of too many digits",
    line: line("change", "device", { volume: "1234567890" }),
    reason: "the value of volume is no number drbdd can use",
  },
  {
    name: "a connection without peer-node-id",
    line: line("change", "connection", { "peer-node-id": undefined }),
    reason: "the key peer-node-id is missing, as with DRBD 8.4; drbdd needs DRBD 9",
  },
  {
    name: "a path without addresses",
    line: line("destroy", "path", { peer: undefined }),
    reason: "the key peer is missing",
  },
  {
    name: "a name that is no UTF-8",
    line: line("change", "resource", { name: "we\uFFFD" }),
    reason: "the value of name is not UTF-8",
  },
  {
    name: "a new name that is no UTF-8",
    line: "rename resource name:web new_name:\uFFFD",
    reason: "the value of new_name is not UTF-8",
  },
  {
    name: "a rename to nothing",
    line: "rename resource name:web",
    reason: "the key new_name is missing",
  },
  {
    name: "the rename of a device",
    line: "rename device name:web volume:0 new_name:x",
    reason: "the verb rename does not go with the object device",
  },
  {
    name: "the call of a resource",
    line: "call resource name:web",
    reason: "the verb call does not go with the object resource",
  },
  {
    name: "the change of a helper",
    line: "change helper name:web helper:fence-peer",
    reason: "the verb change does not go with the object helper",
  },
  {
    name: "a helper without its own name",
    line: "call helper name:web",
    reason: "the key helper is missing",
  },
  {
    name: "a helper for a volume that is no number",
    line: "call helper name:web volume:x helper:fence-peer",
    reason: "the value of volume is no number drbdd can use",
  },
];

for (const { name, line, reason } of REJECTED) {
  Deno.test(`readTokens() rejects ${name}`, () => {
    assert.deepEqual(parsed(line).line, { object: "rejected", reason, line });
  });
}
