/** How late the daemon's loop gets while umh runs many commands. */
import assert from "node:assert/strict";
import { measureBurst } from "../../scripts/bench/umh_burst.ts";
import { say } from "../support/say.ts";

const EVENTS = 1_000;

/** Half of the timers being this late is a fault of drbdd's, whatever else the machine does. */
const LATE_MS = 20;

Deno.test({
  name: "the loop has its turns while 1,000 commands run, 8 at once",
  // Keeping account of every operation would slow down what is measured.
  sanitizeOps: false,
  sanitizeResources: true,
  fn: async () => {
    await measureBurst({ events: 50, maxConcurrent: 8, command: "true" });
    const { seconds, lateMs } = await measureBurst({ events: EVENTS, maxConcurrent: 8, command: "true" });
    const part = (fraction: number) => lateMs[Math.floor((lateMs.length - 1) * fraction)] ?? NaN;
    const [median, most99, most] = [part(0.5), part(0.99), part(1)].map((ms) => ms.toFixed(1));
    say(
      `${EVENTS} commands in ${
        seconds.toFixed(1)
      } s; timers late by ms: median ${median}, 99 % ${most99}, most ${most}`,
    );
    assert.ok(part(0.5) < LATE_MS, `half of the timers were ${median} ms late or more`);
  },
});
