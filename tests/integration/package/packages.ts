/** The packages, made of the compiled program and the files as they are. */
import { compiledProgram } from "../../support/processes/compiled_program.ts";
import { kept, runScript } from "../../support/processes/build_cache.ts";

/** What makes them needs of the machine. */
export const PACKAGE_NEEDS = ["dpkg-deb", "gzip", "pandoc", "rpmbuild"] as const;

/** Everything of theirs but the program. */
const SOURCES = [
  ...[
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "deno.json",
    "deno.lock",
    "docs",
    "example",
    "licenses",
    "plugins",
  ],
  ...["scripts/build", "scripts/check", "scripts/licenses", "scripts/package", "scripts/package.ts"],
];

/** The time of all that is in them: that of the last commit would be another one tomorrow. */
export const BUILT_AT = { SOURCE_DATE_EPOCH: "1767225600" };

export interface Packages {
  /** A folder with nothing but them in it. */
  readonly folder: string;
  /** Absolute paths. */
  readonly deb: string;
  readonly rpm: string;
}

export async function packages(): Promise<Packages> {
  const program = await compiledProgram();
  const folder = await kept({
    name: "packages",
    sources: [program, ...SOURCES],
    facts: [],
    make: async (path) =>
      void await runScript(["scripts/package.ts", ...packing(program, path)], { env: BUILT_AT }),
  });
  return { folder, deb: await oneIn(folder, ".deb"), rpm: await oneIn(folder, ".rpm") };
}

/** Packed loosely: that is fast, and nobody downloads them. */
export function packing(program: string, folder: string): string[] {
  return ["--binary", program, "--compression", "0", "--output", folder];
}

async function oneIn(folder: string, suffix: string): Promise<string> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(suffix)) return `${folder}/${name}`;
  }
  throw new Error(`No *${suffix} was made in ${folder}`);
}
