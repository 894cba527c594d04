/** The format of a context file. */
import * as v from "valibot";
import { type Diagnostic, hasErrors } from "../../config/toml/diagnostic.ts";
import { readDocument } from "../../config/toml/document.ts";
import { diagnose } from "../../config/toml/report.ts";
import { validate } from "../../config/schema/validate.ts";
import { nonEmpty } from "../../config/schema/values.ts";

/** A node on which commands run. */
export interface ClusterNode {
  /** Its name for `--nodes`. */
  readonly name: string;
  readonly hostname: string;
  readonly user: string;
}

export interface ContextFile {
  /** Sorted by name. */
  readonly nodes: readonly ClusterNode[];
  /** A program, in the directory of the file, that prints more nodes. */
  readonly nodesScript: string | undefined;
}

const SCHEMA = v.object({
  "nodes-script": v.optional(nonEmpty()),
  "nodes": v.optional(
    v.record(
      v.string(),
      v.object({ hostname: v.optional(nonEmpty()), user: v.optional(nonEmpty(), "root") }),
    ),
    {},
  ),
});

/** `content` is absent if there is any error. */
export function readContextFile(
  path: string,
  text: string,
): { readonly content?: ContextFile; readonly diagnostics: readonly Diagnostic[] } {
  const document = readDocument(path, text);
  const { output, findings } = validate(SCHEMA, document.table, document, []);
  const faults = document.faults.map((fault): Diagnostic => ({ severity: "error", file: path, ...fault }));
  const diagnostics = [...faults, ...diagnose(findings)];
  if (output === undefined || hasErrors(diagnostics)) return { diagnostics };
  const nodes = Object.entries(output.nodes).map(([name, { hostname, user }]) => ({
    name,
    hostname: hostname ?? name,
    user,
  }));
  return { content: { nodes: sorted(nodes), nodesScript: output["nodes-script"] }, diagnostics };
}

export function sorted(nodes: readonly ClusterNode[]): ClusterNode[] {
  return [...nodes].sort((a, b) => a.name < b.name ? -1 : 1);
}
