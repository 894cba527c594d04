/** How late the daemon's loop gets while umh runs many commands: `deno task bench:burst --help`. */
import { parseArgs } from "node:util";
import { measureBurst, measureIdle } from "./parts/umh_burst.ts";

const USAGE = `Usage: deno task bench:burst [--events N] [--at-once N] [--command COMMAND] [--runs N]

Runs the daemon in this process on a burst of events, each of which runs a command of umh, and prints how late timers
of its event loop were: the time in which it could not have heeded anything else. A small burst before warms up the code.

  --events N         events in the burst (default 1000)
  --at-once N        commands at once, as max-concurrent (default 8)
  --command COMMAND  what each runs (default "true")
  --runs N           how often (default 3)
`;

const { values } = parseArgs({
  options: {
    "events": { type: "string", default: "1000" },
    "at-once": { type: "string", default: "8" },
    "command": { type: "string", default: "true" },
    "runs": { type: "string", default: "3" },
    "help": { type: "boolean", default: false },
  },
});

function lateness(sorted: readonly number[]): string {
  const part = (fraction: number) => (sorted[Math.floor((sorted.length - 1) * fraction)] ?? NaN).toFixed(1);
  return `late by ms: median ${part(0.5)}, 99 % ${part(0.99)}, 99.9 % ${part(0.999)}, most ${part(1)}`;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (values.help) {
  print(USAGE.trimEnd());
} else {
  const burst = {
    events: Number(values.events),
    maxConcurrent: Number(values["at-once"]),
    command: values.command,
  };
  await measureBurst({ ...burst, events: 50 });
  print(`idle     ${lateness(await measureIdle(3_000))}`);
  for (let run = 0; run < Number(values.runs); run++) {
    const { seconds, lateMs } = await measureBurst(burst);
    print(`${(burst.events / seconds).toFixed(0).padStart(4)}/s   ${lateness(lateMs)}`);
  }
}
