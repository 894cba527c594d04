/** How late the daemon's loop gets while umh runs many commands, in a process of its own that is set as the compiled one. */
import assert from "node:assert/strict";
import { V8_FLAGS } from "../../scripts/build/v8_flags.ts";
import { say } from "../support/print_line.ts";

const SCRIPT = new URL("../../scripts/bench/bench_burst.ts", import.meta.url).pathname;

/** Half of the timers being this late is a fault of drbdd's, whatever else the machine does. */
const LATE_MS = 20;

Deno.test("the loop has its turns while 1,000 commands run, 8 at once", async () => {
  const flags = ["-A", "--no-check", `--v8-flags=${V8_FLAGS}`];
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, SCRIPT, "--events", "1000", "--at-once", "8", "--runs", "1"],
    stderr: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text);
  const [, said = "", median] = /^ *\d+\/s +(late by ms: median ([\d.]+), .*)$/m.exec(text) ?? [];
  say(`1,000 commands, 8 at once: timers ${said}`);
  assert.ok(Number(median) < LATE_MS, `half of the timers were ${median} ms late or more`);
});
