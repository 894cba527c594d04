/** Makes packages of compiled programs: for "deno task package" and "deno task release". */
import { createHash } from "node:crypto";
import deno from "../../deno.json" with { type: "json" };
import { print, run } from "../build/command.ts";
import type { Target } from "../build/target.ts";
import { type Licenses, licensesOf } from "../licenses/of_program.ts";
import { sbom } from "../licenses/sbom.ts";
import { completions } from "./completions.ts";
import { contents } from "./contents.ts";
import { makeDeb } from "./deb.ts";
import { makeRpm } from "./rpm.ts";
import type { Format } from "./tools.ts";

export interface Packing {
  readonly target: Target;
  /** The compiled program. */
  readonly binary: string;
  readonly formats: readonly Format[];
  /** Seconds since 1970: the time of all files. */
  readonly epoch: number;
  /** From 0, fast, to 9, small. */
  readonly compression: number;
  /** Where packages go. */
  readonly directory: string;
}

export interface Packed {
  /** Paths of the packages. */
  readonly paths: readonly string[];
  readonly licenses: Licenses;
  /** The bill of materials, which is in the packages as well. */
  readonly sbom: string;
}

const MAKERS = { deb: makeDeb, rpm: makeRpm } as const;

/** Ends the program if a tool fails. */
export async function pack(packing: Packing): Promise<Packed> {
  const { target, binary, formats, epoch, compression, directory } = packing;
  const licenses = await licensesOf(binary);
  const sha256 = createHash("sha256").update(await Deno.readFile(binary)).digest("hex");
  const bill = sbom({ version: deno.version, target, sha256, epoch, licenses });
  const entries = [
    ...await contents(binary),
    ...await completions(binary, target),
    { path: "/usr/share/doc/drbdd/sbom.cdx.json", mode: 0o644, content: { text: bill } },
  ];
  const paths: string[] = [];
  for (const format of formats) {
    const path = await MAKERS[format]({
      ...{ entries, target, version: deno.version, licenses, epoch, compression, directory },
    });
    print(`Made: ${path}`);
    paths.push(path);
  }
  return { paths, licenses, sbom: bill };
}

/** The program for a machine, compiled to `path`; or why it could not be compiled here. */
export async function compiled(
  { arch }: Target,
  path: string,
  epoch: number,
): Promise<{ readonly isMade: true } | { readonly isMade: false; readonly why: string }> {
  const args = ["run", "-A", "--no-check", "scripts/compile.ts", "--target", arch, "--output", path];
  const { success, stdout, stderr } = await run(Deno.execPath(), args, { SOURCE_DATE_EPOCH: String(epoch) });
  if (!success) return { isMade: false, why: stderr.trimEnd() };
  print(stdout.trimEnd());
  return { isMade: true };
}
