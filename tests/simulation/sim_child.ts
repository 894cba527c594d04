/**
 * Runs seeds one after the other: `FIRST COUNT MINUTES SABOTAGE [stop [PROFILE]]`. Prints a line of JSON for each; with `stop` it
 * ends with exit code 1 at the first violation.
 */
import { isFaultProfile } from "./cluster/faults/fault_profiles.ts";
import { simulate } from "./cluster/simulation.ts";
import { SABOTAGES } from "./sabotages/sabotages.ts";

const [first = 0, count = 0, minutes = 10] = Deno.args.slice(0, 3).map(Number);
const sabotage = SABOTAGES.find(({ name }) => name === Deno.args[3]);
const profile = Deno.args[5] ?? "all";
if (!isFaultProfile(profile)) throw new TypeError(`There is no profile ${profile}`);
const encoder = new TextEncoder();
for (let seed = first; seed < first + count; seed++) {
  const options = { durationMs: minutes * 60_000, defect: sabotage?.make() ?? {}, profile };
  const { trace: _, ...result } = await simulate(seed, options);
  if (Deno.args[4] === "stop" && result.violations.length > 0) Deno.exit(1);
  Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(result)}\n`));
}
