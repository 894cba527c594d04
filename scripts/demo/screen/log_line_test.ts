import assert from "node:assert/strict";
import { formatRecord } from "../../../src/logging/log_format.ts";
import { decisionIn } from "./log_line.ts";

Deno.test("decisionIn() has what the promoter said of a resource, word for word", () => {
  const line = formatRecord({
    category: ["drbdd", "promoter"],
    level: "warning",
    message: ["", "web", ": ", "stop: quorum is lost", ""],
    rawMessage: "{resource}: {text}",
    timestamp: 0,
    properties: {},
  }, "plain");
  assert.deepEqual(decisionIn(line.trimEnd()), { severity: "warn", text: "web: stop: quorum is lost" });
});

const PASSED_OVER = [
  "2026-11-30T08:34:06.796Z info drbdd 0.1.0 runs on node gamma, plugins: promoter, promoter, api",
  "2026-11-30T08:34:08.345Z info api: Serving the API at http://127.0.0.1:9951/",
  "2026-11-30T08:34:08.345Z info promoter: other: start: DRBD may promote here",
  "web: start: DRBD may promote here",
  "",
];

for (const line of PASSED_OVER) {
  Deno.test(`decisionIn() passes over "${line}"`, () => assert.equal(decisionIn(line), undefined));
}
