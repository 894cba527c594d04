/** The cluster context: the nodes on which a command runs. */
import { formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { likeliest } from "../../config/toml/report.ts";
import { alternatives } from "../../config/toml/wording.ts";
import { type Effects, NotFoundError, programEnvironment } from "../../effects/effects.ts";
import { CtlError, DEFAULT_CONTEXT, EXIT } from "../cli/ctl.ts";
import type { Output } from "../screen/output.ts";
import { type ClusterNode, readContextFile, sorted } from "./context_file.ts";

/** Names that mean this node alone. */
const LOCAL = ["none", "local"];

const SCRIPT_MS = 30_000;

export interface Choice {
  /** From `--context`. */
  readonly context: string;
  /** From `--nodes`; empty: all. */
  readonly names: readonly string[];
}

/** The directory of contexts; undefined without a home directory. */
export function contextDirectory(environment: (name: string) => string | undefined): string | undefined {
  const home = environment("HOME");
  const config = environment("XDG_CONFIG_HOME") || (home === undefined ? undefined : `${home}/.config`);
  return config === undefined ? undefined : `${config}/drbddctl`;
}

/** Empty: this node alone. Warnings are printed to `err`. @throws {CtlError} If the context or a node does not exist, or the context has errors. */
export async function nodesOf(
  { context, names }: Choice,
  effects: Effects,
  err?: Output,
): Promise<ClusterNode[]> {
  const all = LOCAL.includes(context) ? [] : await nodesInFile(context, effects, err);
  if (all.length === 0 && names.length > 0) {
    throw new CtlError(`--nodes needs a cluster context, and "${context}" has no nodes`, {
      remedy: "create a context, see drbddctl(8), or name one with --context",
      exitCode: EXIT.usage,
    });
  }
  const unknown = names.find((name) => !all.some((node) => node.name === name));
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name);
    const close = likeliest(unknown, known);
    throw new CtlError(`There is no node "${unknown}" in the context "${context}"`, {
      remedy: close === undefined ? `it has ${alternatives(known)}` : `did you mean "${close}"?`,
      exitCode: EXIT.usage,
    });
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function nodesInFile(
  context: string,
  effects: Effects,
  err: Output | undefined,
): Promise<ClusterNode[]> {
  const directory = contextDirectory((name) => effects.environment(name));
  const path = `${directory}/${context}.toml`;
  let text: string;
  try {
    text = await effects.files.readText(path);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    if (context === DEFAULT_CONTEXT) return [];
    throw new CtlError(`There is no context "${context}": "${path}" does not exist`, {
      remedy: await knownContexts(effects),
      exitCode: EXIT.usage,
    });
  }
  const { nodes, nodesScript } = read(path, text, err);
  if (nodesScript === undefined) return [...nodes];
  const script = nodesScript.startsWith("/") ? nodesScript : `${directory}/${nodesScript}`;
  const more = read(`output of ${script}`, await outputOf(script, effects), err).nodes;
  return sorted([...nodes.filter(({ name }) => !more.some((node) => node.name === name)), ...more]);
}

function read(path: string, text: string, err: Output | undefined) {
  const { content, diagnostics } = readContextFile(path, text);
  for (const each of diagnostics) {
    if (err === undefined) break;
    const mark = each.severity === "error" ? err.style.bad("error:") : err.style.odd("warning:");
    err.line(`${mark} ${formatDiagnostic(each)}`);
  }
  if (content === undefined) {
    throw new CtlError("The cluster context has errors", {
      remedy: `fix "${path}"`,
      exitCode: EXIT.usage,
    });
  }
  return content;
}

/** Names of the contexts that there are. */
export async function contextNames(effects: Effects): Promise<string[]> {
  const directory = contextDirectory((name) => effects.environment(name));
  const names = directory === undefined ? [] : await effects.files.list(directory).catch(() => []);
  return names.filter((name) => name.endsWith(".toml")).map((name) => name.slice(0, -".toml".length));
}

async function knownContexts(effects: Effects): Promise<string> {
  const names = await contextNames(effects);
  return names.length === 0 ? "create it, see drbddctl(8)" : `name one of ${alternatives(names)}`;
}

async function outputOf(script: string, effects: Effects): Promise<string> {
  const late = new AbortController();
  const timer = effects.clock.setTimer(SCRIPT_MS, () => late.abort());
  const given = ["HOME", "USER", "SSH_AUTH_SOCK"].flatMap((name): [string, string][] => {
    const value = effects.environment(name);
    return value === undefined ? [] : [[name, value]];
  });
  try {
    // Through a shell, because the sandbox allows only known programs.
    const { code, signal, stdout, stderr } = await effects.processes.run([
      "sh",
      "-c",
      'exec "$1"',
      "sh",
      script,
    ], {
      env: { ...programEnvironment(effects), ...Object.fromEntries(given) },
      signal: late.signal,
    });
    if (code === 0) return stdout;
    const how = late.signal.aborted
      ? `it did not end within ${SCRIPT_MS / 1000} s`
      : signal ?? `exit code ${code}`;
    throw new CtlError(`nodes-script "${script}" failed: ${how}`, {
      remedy: stderr.trim() === "" ? `run it: ${script}` : `its output: ${stderr.trim()}`,
    });
  } finally {
    timer.cancel();
  }
}
