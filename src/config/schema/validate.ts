/** Validates a table against its schema: its meaning, and everything wrong with it. */
import * as v from "valibot";
import { DAEMON_SCHEMA } from "./daemon_schema.ts";
import type { Finding, Place, SourceText } from "../toml/finding.ts";
import { branchFor, expectation, nodeAt, pipeItems, type SchemaNode, unwrapped } from "./schema_node.ts";
import { type Mismatch, mismatches } from "./structure.ts";
import { childOf, dotted, isTable, type Path } from "../toml/table.ts";
import { MAX_TIMER_S } from "./values.ts";
import { alternatives, quoted, shown } from "../toml/wording.ts";

/** A file, and whether invalid parts were removed from it. */
export interface Source extends SourceText {
  readonly faults: readonly unknown[];
}

/** What a table means, if it is valid, and the findings. */
export interface Validated<Output> {
  readonly output?: Output;
  readonly findings: readonly Finding[];
}

/**
 * Validates `input`, which is at `path` of `source`.
 *
 * Messages of checks in schemas are the end of "expected ...". Of a raw check or transformation, `received` is the end of
 * "found ...", and quoted words in `expected` are suggestions.
 */
export function validate<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  source: Source,
  path: Path,
): Validated<v.InferOutput<Schema>> {
  const structure = mismatches(schema, input);
  const findings = structure.map((mismatch) => describeMismatch(mismatch, source, path));
  const misplaced = structure.filter(({ kind }) => kind === "misplaced");
  const result = v.safeParse(schema, input);
  for (const issue of result.issues ?? []) {
    const within = pathOf(issue);
    if (misplaced.some((mismatch) => startsWith(within, mismatch.path))) continue;
    findings.push(...describeIssue(issue, within, schema, input, source, path));
  }
  if (findings.some(isError)) return { findings };
  if (result.success) return { output: result.output, findings };
  // No failure goes unreported. Removed lines, which may have caused it, were reported as errors of the file.
  if (source.faults.length === 0) {
    findings.push(wrongValue({ source, path }, shown(input), result.issues[0].message));
  }
  return { findings };
}

/** `"a.b.c"`, or "the file" for an empty path. */
export function nameOf(path: Path): string {
  const name = dotted(path);
  return name === "" ? "the file" : `"${name}"`;
}

function describeMismatch(mismatch: Mismatch, source: Source, around: Path): Finding {
  const path = [...around, ...mismatch.path];
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  switch (mismatch.kind) {
    case "unknown": {
      const finding = unknownKey({ source, path }, mismatch.known);
      const remedy = remedyOf(mismatch, around);
      return remedy === undefined ? finding : { ...finding, expected: remedy, spelling: undefined };
    }
    case "deprecated":
      return {
        severity: "warning",
        source,
        path,
        at: "key",
        wrong: "Deprecated key, ignored",
        found: `${quoted(key)} in ${nameOf(parent)}`,
        expected: "it to be left out",
      };
    case "reserved":
      return {
        severity: "error",
        source,
        path,
        at: "key",
        wrong: `Wrong name in ${nameOf(parent)}`,
        found: quoted(key),
        expected: "another name, as JavaScript keeps this one for itself",
      };
    case "misplaced":
      return wrongValue({ source, path }, ...misplacedWords(mismatch, path));
  }
}

/** What to write instead, if it is known why an unknown key is there. */
function remedyOf(
  { path, known, dottedName }: Extract<Mismatch, { kind: "unknown" }>,
  around: Path,
): string | undefined {
  if (dottedName !== undefined) {
    return `quotes around a name with dots: [${dotted([...around, ...dottedName])}]`;
  }
  const key = String(path.at(-1));
  const isInTable = around.length + path.length > 1;
  if (!isInTable || known.includes(key) || !Object.hasOwn(DAEMON_SCHEMA.entries, key)) return undefined;
  return "it in the main file above the first [table]: what follows a [table] belongs to that table";
}

/** What was found and expected. A table in double brackets is a list of tables. */
function misplacedWords({ node, value }: Extract<Mismatch, { kind: "misplaced" }>, path: Path) {
  const expected = expectation(node);
  const isListOfTables = Array.isArray(value) && value.length > 0 && value.every(isTable);
  const words: [string, string] = expected === "a table" && isListOfTables
    ? [`[[${dotted(path)}]]`, `a table, with the header [${dotted(path)}]`]
    : [shown(value), expected];
  return words;
}

/** Listing the known keys helps only if there are at most this many. */
const LONGEST_KEY_LIST = 8;

/** The finding for an unknown key; `known` are the known ones of that table. */
export function unknownKey(place: Place, known: readonly string[]): Finding {
  const word = String(place.path.at(-1));
  return {
    ...place,
    severity: "warning",
    isUnknown: true,
    at: "key",
    wrong: "Unknown key, ignored",
    found: `${quoted(word)} in ${nameOf(place.path.slice(0, -1))}`,
    expected: known.length <= LONGEST_KEY_LIST ? alternatives(known) : "a key that drbdd knows there",
    spelling: { word, known },
  };
}

/** The finding for an invalid value. */
export function wrongValue(place: Place, found: string, expected: string): Finding {
  return {
    ...place,
    severity: "error",
    at: "value",
    wrong: `Wrong value of ${nameOf(place.path)}`,
    found,
    expected,
  };
}

type Issue = v.BaseIssue<unknown>;

function pathOf(issue: Issue): Path {
  return (issue.path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
}

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((key, index) => path[index] === key);
}

function describeIssue(
  issue: Issue,
  within: Path,
  schema: SchemaNode,
  input: unknown,
  source: Source,
  around: Path,
): Finding[] {
  const place = { source, path: [...around, ...within] };
  const node = nodeAt(schema, input, within);
  const written = within.reduce(childOf, input);
  const expected = node === undefined ? issue.message : `${expectation(node)}${withoutUnit(node, written)}`;
  switch (issue.type) {
    case "object":
      if (issue.path?.at(-1)?.origin !== "key") break;
      // An invalid line that was removed may have had the missing key.
      return source.faults.length > 0 ? [] : [missingKey(place, expected)];
    case "union": {
      // Reported again by the option that was probably meant.
      const branch = node && branchFor(unwrapped(node), written);
      if (branch === undefined || branch.type === "literal") break;
      return validate(branch, written, source, place.path).findings.filter(isError);
    }
    case "picklist":
    case "literal":
    case "variant": {
      const known = wordsIn(issue.expected);
      return [{ ...wrongValue(place, shown(written), alternatives(known)), ...spellingOf(written, known) }];
    }
    case "raw_check":
    case "raw_transform":
      return [{
        ...wrongValue(place, issue.received, issue.message),
        ...spellingOf(issue.input, wordsIn(issue.expected)),
      }];
    case "check":
      return [wrongValue(place, shown(written), issue.message)];
  }
  return [wrongValue(place, shown(written), expected)];
}

const NUMBER_WITH_UNIT = /^\s*[\d.]+\s*[a-zµ]+\s*$/i;

/** A hint about units, for a number that was written with one. */
function withoutUnit(schema: SchemaNode, written: unknown): string {
  const node = unwrapped(schema);
  if (node.type !== "number" || typeof written !== "string" || !NUMBER_WITH_UNIT.test(written)) return "";
  // What a timer can hold is the limit of times only.
  const isTime = pipeItems(node).some(({ type, requirement }) =>
    type === "max_value" && requirement === MAX_TIMER_S
  );
  return isTime ? " without a unit (it is in seconds)" : " without a unit";
}

function spellingOf(written: unknown, known: readonly string[]): Pick<Finding, "spelling"> {
  return typeof written === "string" && known.length > 0 ? { spelling: { word: written, known } } : {};
}

function isError({ severity }: Finding): boolean {
  return severity === "error";
}

function missingKey({ source, path }: Place, expected: string): Finding {
  const parent = path.slice(0, -1);
  return {
    severity: "error",
    source,
    path: parent,
    at: "key",
    found: "nothing",
    expected,
    wrong: `Missing key ${quoted(String(path.at(-1)))} in ${nameOf(parent)}`,
  };
}

/** The words that valibot names as expected: `("a" | "b")`. */
function wordsIn(expected: string | null): string[] {
  return [...(expected ?? "").matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([word]) => String(JSON.parse(word)));
}
