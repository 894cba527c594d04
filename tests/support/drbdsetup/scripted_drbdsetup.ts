/**
 * A drbdsetup that follows a file, for everything that goes wrong with programs: `scripted.ts` writes it.
 *
 *     scripted_drbdsetup.ts SCRIPT ARGUMENTS...
 *
 * SCRIPT is JSON, see `Script`. Each start is noted in the file SCRIPT.starts.
 */
import type { Script, Step } from "./scripted.ts";

const [path = "", ...args] = Deno.args;
const FOREVER_MS = 1_000_000_000;

function print(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for one line of standard input; false at its end. */
async function readLine(): Promise<boolean> {
  const byte = new Uint8Array(1);
  for (;;) {
    if (await Deno.stdin.read(byte) === null) return false;
    if (byte[0] === "\n".charCodeAt(0)) return true;
  }
}

async function run(step: Step): Promise<void> {
  const encoder = new TextEncoder();
  if ("print" in step) print(Deno.stdout, encoder.encode(step.print.map((line) => `${line}\n`).join("")));
  else if ("file" in step) print(Deno.stdout, await Deno.readFile(step.file));
  else if ("bytes" in step) print(Deno.stdout, Uint8Array.from(step.bytes));
  else if ("error" in step) print(Deno.stderr, encoder.encode(step.error));
  else if ("sleepMs" in step) await sleep(step.sleepMs);
  else if ("ignore" in step) Deno.addSignalListener(step.ignore, () => {});
  else if ("kill" in step) {
    Deno.kill(Deno.pid, step.kill);
    await sleep(FOREVER_MS);
  } else if ("exit" in step) Deno.exit(step.exit);
  else if (step.wait === "request") {
    if (!await readLine()) Deno.exit(0);
  } else if (step.wait === "end of input") {
    while (await readLine());
    Deno.exit(0);
  } else {
    await sleep(FOREVER_MS);
  }
}

const starts = `${path}.starts`;
Deno.writeTextFileSync(starts, `${Deno.pid} ${args.join(" ")}\n`, { append: true });
const place = Deno.readTextFileSync(starts).split("\n").length - 2;
const script = JSON.parse(Deno.readTextFileSync(path)) as Script;
for (const step of script[Math.min(place, script.length - 1)] ?? []) await run(step);
// A standard input that was being read would keep it alive.
Deno.exit(0);
