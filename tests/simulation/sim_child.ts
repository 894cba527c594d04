/** Runs seeds one after the other: `FIRST COUNT MINUTES SABOTAGE`. Prints a line of JSON for each. */
import { step } from "../../plugins/promoter/mind.ts";
import { simulate } from "./cluster/simulation.ts";
import { SABOTAGES } from "./sabotages.ts";

const [first = 0, count = 0, minutes = 10] = Deno.args.slice(0, 3).map(Number);
const sabotage = SABOTAGES.find(({ name }) => name === Deno.args[3]);
const encoder = new TextEncoder();
for (let seed = first; seed < first + count; seed++) {
  const options = { durationMs: minutes * 60_000, mind: sabotage?.mind() ?? step };
  const { trace: _, ...result } = await simulate(seed, options);
  Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(result)}\n`));
}
