/** Candidates for completion: names on this node. Best effort: never an error. */
import type { ValueParser } from "@optique/core/valueparser";

/** Which configuration files. */
export type FileKind = "enabled" | "disabled" | "any";

export interface Hints {
  /** Names of configuration files, as they can be written on the command line. */
  files(kind: FileKind): Promise<readonly string[]>;
  /** Names of cluster contexts. */
  contexts(): Promise<readonly string[]>;
  /** Names of nodes of the named or the default context. */
  nodes(): Promise<readonly string[]>;
  /** Names of DRBD resources. */
  resources(): Promise<readonly string[]>;
}

/** Names of enabled files, and of resources, for what takes both. */
export async function filesAndResources(hints: Pick<Hints, "files" | "resources">): Promise<string[]> {
  const lists = [hints.files("enabled"), hints.resources()].map((list) => list.catch(() => []));
  return [...new Set((await Promise.all(lists)).flat())];
}

/** A word with candidates for completion. */
export function word(
  metavar: Uppercase<string>,
  candidates: () => Promise<readonly string[]>,
): ValueParser<"async", string> {
  return {
    mode: "async",
    metavar: metavar as never,
    placeholder: "",
    parse: (value) => Promise.resolve({ success: true, value }),
    format: (value) => value,
    async *suggest(prefix) {
      for (const text of await candidates().catch(() => [])) {
        if (text.startsWith(prefix)) yield { kind: "literal", text };
      }
    },
  };
}

/** A path, completed by the shell itself. */
export function path(metavar: Uppercase<string>): ValueParser<"sync", string> {
  return {
    mode: "sync",
    metavar: metavar as never,
    placeholder: "",
    parse: (value) => ({ success: true, value }),
    format: (value) => value,
    *suggest(prefix) {
      yield { kind: "file", type: "file", pattern: prefix };
    },
  };
}
