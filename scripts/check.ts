/** House rules that neither the type checker nor the linter knows: `deno task check`. */
import { findCircles } from "./check/circles.ts";
import { readSources, type Source } from "./check/sources.ts";
import { RULES } from "./check/rules.ts";

if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
  Deno.stdout.writeSync(new TextEncoder().encode(
    `Usage: deno run -R scripts/check.ts\n\nSays where the tree breaks a rule of the house, and exits with 1 if it does:\n${
      RULES.map(({ what }) => `  - ${what}\n`).join("")
    }  - modules do not import one another in a circle\n`,
  ));
  Deno.exit(0);
}

const sources: Source[] = await readSources();
const complaints = [
  ...RULES.flatMap(({ what, check }) =>
    sources.flatMap((source) => check(source).map((place) => `${place}: ${what}`))
  ),
  ...findCircles(sources).map((circle) =>
    `${circle.join(" -> ")}: modules do not import one another in a circle`
  ),
];
for (const complaint of complaints) Deno.stderr.writeSync(new TextEncoder().encode(`${complaint}\n`));
Deno.stdout.writeSync(new TextEncoder().encode(`${sources.length} files, ${complaints.length} complaints\n`));
Deno.exit(complaints.length === 0 ? 0 : 1);
