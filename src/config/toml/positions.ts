/** Positions of keys and values in a file. */
import { type AST, parseTOML } from "toml-eslint-parser";
import type { Position } from "./diagnostic.ts";
import type { Path } from "./table.ts";

interface Spot {
  readonly key: Position;
  readonly value: Position;
}

const TOP: Position = { line: 1, column: 1 };

/** The positions of all elements of a TOML text. Built once per text, and only to report a problem. */
export class Positions {
  readonly #spots = new Map<string, Spot>();

  /** Positions are known of valid TOML only. */
  constructor(text: string) {
    let program: AST.TOMLProgram;
    try {
      program = parseTOML(text, { tomlVersion: "latest" });
    } catch {
      // The two parsers may differ in rare cases: then a message points to the top of the file.
      return;
    }
    for (const node of program.body[0].body) {
      if (node.type === "TOMLTable") {
        this.#addTable(node);
        for (const pair of node.body) this.#addPair(node.resolvedKey, pair);
      } else {
        this.#addPair([], node);
      }
    }
  }

  /** The position of what `path` leads to, or of the nearest thing around it. */
  find(path: Path, at: "key" | "value"): Position {
    for (let length = path.length; length > 0; length--) {
      const spot = this.#spots.get(JSON.stringify(path.slice(0, length)));
      if (spot !== undefined) return length === path.length ? spot[at] : spot.key;
    }
    return TOP;
  }

  #add(path: Path, spot: Spot): void {
    const name = JSON.stringify(path);
    if (!this.#spots.has(name)) this.#spots.set(name, spot);
  }

  /** A header also defines the tables around its own: `[a.b]` is the position of `a`, unless `a` was there before. */
  #addTable(table: AST.TOMLTable): void {
    let names = 0;
    for (let length = 1; length <= table.resolvedKey.length; length++) {
      if (typeof table.resolvedKey[length - 1] === "string") names++;
      const position = start(table.key.keys[names - 1] ?? table);
      this.#add(table.resolvedKey.slice(0, length), { key: position, value: position });
    }
  }

  #addPair(around: Path, pair: AST.TOMLKeyValue): void {
    const path = [...around];
    for (const [index, key] of pair.key.keys.entries()) {
      path.push(key.type === "TOMLBare" ? key.name : key.value);
      const isLast = index === pair.key.keys.length - 1;
      this.#add(path, { key: start(key), value: isLast ? start(pair.value) : start(key) });
    }
    this.#addWithin(path, pair.value);
  }

  #addWithin(path: Path, value: AST.TOMLContentNode): void {
    if (value.type === "TOMLArray") {
      for (const [index, element] of value.elements.entries()) {
        const position = start(element);
        this.#add([...path, index], { key: position, value: position });
        this.#addWithin([...path, index], element);
      }
    } else if (value.type === "TOMLInlineTable") {
      for (const pair of value.body) this.#addPair(path, pair);
    }
  }
}

function start(node: { readonly loc: AST.SourceLocation }): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
