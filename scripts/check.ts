/** House rules that neither the type checker nor the linter knows: `deno task check`. */
import { findCircles, foldersOf } from "./check/circles.ts";
import { readReadmes, readSources, type Source } from "./check/sources.ts";
import { RULES, undescribedFolders } from "./check/rules.ts";
import { ALLOWED_LICENSES, licenseComplaints } from "./licenses/allowed.ts";
import { projectLock } from "./licenses/in_program.ts";
import { licenseOf, npmCache } from "./licenses/installed.ts";
import { lockedPackages } from "./licenses/lock.ts";

if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
  Deno.stdout.writeSync(new TextEncoder().encode(
    `Usage: deno task check\n\nChecks these rules for the code of this project, prints each violation with its place, and exits with 1 if there are any:\n${
      RULES.map(({ what }) => `  - ${what}\n`).join("")
    }  - modules do not import one another in a circle, nor do folders\n  - a folder with more than five files has a README.md: what it owns, what it never does, where to begin\n  - every npm package, also of tests, has one of these licences, and comes with its text: ${
      ALLOWED_LICENSES.join(", ")
    }\n`,
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
  ...findCircles(foldersOf(sources)).map((circle) =>
    `${circle.join(" -> ")}: folders do not import one another in a circle`
  ),
  ...undescribedFolders(sources, await readReadmes()).map((folder) =>
    `${folder}: a folder with more than five files has a README.md`
  ),
  ...await complaintsOfLicenses(),
];
for (const complaint of complaints) Deno.stderr.writeSync(new TextEncoder().encode(`${complaint}\n`));
Deno.stdout.writeSync(new TextEncoder().encode(`${sources.length} files, ${complaints.length} complaints\n`));
Deno.exit(complaints.length === 0 ? 0 : 1);

async function complaintsOfLicenses(): Promise<string[]> {
  const cache = npmCache((name) => Deno.env.get(name));
  const results = await Promise.allSettled(
    lockedPackages(await projectLock()).map((locked) => licenseOf(locked, cache)),
  );
  return results.flatMap((result) =>
    result.status === "fulfilled" ? licenseComplaints([result.value]) : [String(result.reason.message)]
  );
}
