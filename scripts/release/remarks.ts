/** What a release made here lacks. */
import type { Licenses } from "../licenses/of_program.ts";

/** One program that was made. */
export interface Made {
  readonly arch: string;
  readonly licenses: Licenses;
}

export interface Circumstances {
  readonly version: string;
  /** The text of CHANGELOG.md. */
  readonly changelog: string;
  /** The machine that this ran on. */
  readonly here: string;
  /** The version of Deno that this ran with. */
  readonly deno: string;
  readonly made: readonly Made[];
  /** Machines for which no program was made, with the reasons. */
  readonly notMade: readonly { readonly arch: string; readonly why: string }[];
}

/** One line each, for the publisher. */
export function remarks({ version, changelog, here, deno, made, notMade }: Circumstances): string[] {
  return [
    ...notMade.map(({ arch, why }) => `${arch}: not made: ${why.split("\n", 1)[0]}`),
    ...made.filter(({ arch }) => arch !== here).map(({ arch }) =>
      `${arch}: the program was not started: this machine is ${here}`
    ),
    ...made.flatMap(({ arch, licenses: { runtime } }) => [
      ...(runtime.deno === deno ? [] : [
        `${arch}: the runtime is Deno ${
          runtime.deno ?? "of an unknown version"
        }, this is ${deno}: publish with the current one`,
      ]),
      ...unknownCrates(arch, runtime.crates),
    ]),
    ...changelogRemarks(version, changelog),
    "Nothing is signed: sign SHA256SUMS with the key of whoever publishes (docs/release.md)",
  ];
}

/** How many crates a remark names. */
const NAMED = 5;

function unknownCrates(arch: string, crates: Licenses["runtime"]["crates"]): string[] {
  const unknown = crates.filter(({ license }) => license === undefined);
  if (unknown.length === 0) return [];
  const names = unknown.slice(0, NAMED).map(({ name, version }) => `${name} ${version}`);
  const more = unknown.length > NAMED ? ` and ${unknown.length - NAMED} more` : "";
  return [
    `${arch}: the licences of ${unknown.length} of ${crates.length} crates of the runtime are not known: ${
      names.join(", ")
    }${more}; add them with "deno task crates"`,
  ];
}

function changelogRemarks(version: string, changelog: string): string[] {
  const heading = changelog.split("\n").find((line) => line.startsWith(`## ${version}`));
  if (heading === undefined) return [`CHANGELOG.md has no section for ${version}`];
  return heading.includes("unreleased") ? [`CHANGELOG.md still calls ${version} unreleased`] : [];
}
