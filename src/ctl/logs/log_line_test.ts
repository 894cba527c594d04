import assert from "node:assert/strict";
import { logLineOf } from "./log_line.ts";

const entry = (MESSAGE: unknown, PRIORITY = "6") =>
  JSON.stringify({ MESSAGE, PRIORITY, __REALTIME_TIMESTAMP: "5000000" });
const shown = (json: string, wanted?: string) => {
  const line = logLineOf(json, wanted);
  return line && [line.level, line.resource ?? "", line.text];
};

Deno.test("logLineOf() reads decisions, and what is a warning or worse", () => {
  assert.deepEqual(shown(entry("promoter: web: stop: quorum is lost")), [
    "info",
    "web",
    "stop: quorum is lost",
  ]);
  assert.deepEqual(shown(entry("promoter: web: start failed: a: b", "3")), [
    "error",
    "web",
    "start failed: a: b",
  ]);
  assert.deepEqual(shown(entry("Cannot use a line", "4")), ["warning", "", "Cannot use a line"]);
  assert.equal(logLineOf(entry("promoter: web: stop"))?.wallMs, 5000);
});

Deno.test("logLineOf() leaves out what is neither, and other resources", () => {
  assert.equal(shown(entry("drbdd 0.1.0 has started")), undefined);
  assert.equal(shown(entry("promoter: web: wait: again", "7")), undefined);
  assert.equal(shown(entry([112, 255])), undefined);
  assert.equal(shown("no JSON"), undefined);
  assert.equal(shown(entry("promoter: webshop: stop"), "web"), undefined);
  assert.equal(shown(entry("Cannot use a line", "4"), "web"), undefined);
  assert.deepEqual(shown(entry("promoter: web: stop"), "web"), ["info", "web", "stop"]);
});
