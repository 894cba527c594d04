/** What is in Deno's runtime, and so in the compiled program: parts, and crates of Rust. */
import CRATES from "../../licenses/crates.json" with { type: "json" };
import PARTS from "../../licenses/runtime.json" with { type: "json" };

/** What is known of the licence of a part. */
export interface RuntimePart {
  readonly name: string;
  readonly license: string;
  /** A file in licenses/texts. */
  readonly text: string;
  /** Where the text is from. */
  readonly source: string;
}

export interface Crate {
  readonly name: string;
  readonly version: string;
  /** Undefined: not known here. */
  readonly license?: CrateLicense;
}

export interface CrateLicense {
  /** An SPDX expression. */
  readonly license: string;
  /** Who has the copyright: what follows the word in the crate's own notices. */
  readonly copyright?: readonly string[];
  /** Where no notice was found. */
  readonly authors?: readonly string[];
  /** Files in licenses/texts: of each licence that the expression asks for, and what else the crate has. */
  readonly texts: readonly string[];
  /** What this was read from. */
  readonly source: string;
}

/** What a program says of itself. */
export interface Runtime {
  /** Undefined if the program does not say it. */
  readonly deno: string | undefined;
  readonly v8: string | undefined;
  readonly crates: readonly Crate[];
}

export const RUNTIME_PARTS: readonly RuntimePart[] = PARTS;
const KNOWN_CRATES: ReadonlyMap<string, CrateLicense> = new Map(Object.entries(CRATES));

/** Where a crate was compiled, as panics name it. */
const CRATE = /index\.crates\.io-[0-9a-f]+\/([A-Za-z0-9_-]+?)-(\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?)[+/]/g;
/** Of Rust's own library. */
const LIBRARY_CRATE = /\/rust\/deps\/([A-Za-z0-9_-]+?)-(\d+\.\d+\.\d+)\//g;

/**
 * Finds in a compiled program which runtime it has. Crates without any text for a panic leave no trace: the list is of those
 * that are certainly in it.
 */
export function runtimeIn(program: Uint8Array): Runtime {
  const text = new TextDecoder("latin1").decode(program);
  const found = new Map<string, Crate>();
  for (const pattern of [CRATE, LIBRARY_CRATE]) {
    for (const [, name = "", version = ""] of text.matchAll(pattern)) {
      const license = KNOWN_CRATES.get(name);
      found.set(`${name} ${version}`, { name, version, ...(license && { license }) });
    }
  }
  return {
    deno: /Deno\/(\d+\.\d+\.\d+)/.exec(text)?.[1],
    v8: /\b(\d+\.\d+\.\d+\.\d+)-rusty\b/.exec(text)?.[1],
    crates: [...found.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, crate]) => crate),
  };
}
