/**
 * Runs a command on all nodes of a cluster at once, by ssh. All nodes must answer first, so that a change is made on all of
 * them or on none; commands that change nothing run on the nodes that answer. The output is grouped by node.
 */
import type { Terminal } from "../../effects/terminal.ts";
import type { Invocation } from "../cli/command.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { Output } from "../screen/output.ts";
import { withProgress } from "../cli/progress.ts";
import { shielded } from "../cli/shielded.ts";
import type { ClusterNode } from "./context_file.ts";
import { type Answer, Remote } from "./remote.ts";
import { remoteArguments } from "./remote_words.ts";

export interface ClusterRun {
  readonly nodes: readonly ClusterNode[];
  readonly invocation: Invocation;
  /** As typed. */
  readonly args: readonly string[];
  /** Aborts with the program. */
  runHere(ctl: Ctl): Promise<number>;
}

/**
 * Returns the worst exit code; a node that does not answer counts as a failure.
 * @throws {CtlError} If a node does not answer and the command would change something: then nothing was changed anywhere.
 */
export async function runOnNodes(
  { nodes, invocation, args, runHere }: ClusterRun,
  ctl: Ctl,
): Promise<number> {
  const more = await invocation.beforeCluster?.(ctl, nodes.map(({ name }) => name)) ?? [];
  if (more === "nothing") return EXIT.ok;
  const me = ctl.effects.nodeName();
  const isMe = ({ name, hostname }: ClusterNode) => hostname === me || name === me;
  const others = nodes.filter((node) => !isMe(node));
  using interrupts = ctl.terminal.interrupts();
  const remote = new Remote({ ...ctl, effects: shielded(ctl.effects) }, interrupts.signal);
  const silent = await withProgress(
    ctl,
    `Connecting to ${others.map(({ name }) => name).join(", ")}`,
    remote.silent(others),
  );
  const present = nodes.filter((node) => !silent.some((answer) => answer.node === node));
  if (silent.length > 0 && !invocation.changesNothing) refuse(silent, ctl);
  const words = remoteArguments([...args, ...more], { ability: ctl.out.style.ability, columns: ctl.columns });
  const waiting = new Set(present.map(({ name }) => name));
  const answers = await withProgress(
    ctl,
    () => `Waiting for ${[...waiting].join(", ")}`,
    Promise.all(present.map(async (node) => {
      const answer = isMe(node) ? await here(node, runHere, ctl) : await remote.run(node, words);
      waiting.delete(node.name);
      return answer;
    })),
  );
  const isJson = args.includes("--json");
  if (isJson) showJson(answers, silent, ctl);
  else for (const node of nodes) showNode(node, answers, silent, ctl.out);
  if (interrupts.signal.aborted) {
    ctl.err.line("Interrupted: the command may still be running on other nodes");
    return EXIT.interrupted;
  }
  // The health of a node that does not answer is unknown.
  const unseen = invocation.name === "status" && !isJson ? EXIT.unknown : EXIT.failure;
  return worst([...answers.map(({ code }) => code), ...silent.map(() => unseen)]);
}

/** From good to bad. Down outranks unknown, as on one node. */
const FROM_GOOD_TO_BAD: readonly number[] = [
  EXIT.ok,
  EXIT.degraded,
  EXIT.unknown,
  EXIT.down,
  EXIT.failure,
  EXIT.usage,
];

function worst(codes: readonly number[]): number {
  const rank = (code: number) => (FROM_GOOD_TO_BAD.indexOf(code) + 1) || Infinity;
  return codes.reduce((found, code) => rank(code) > rank(found) ? code : found, EXIT.ok);
}

function complaintOf({ stderr, code }: Answer): string {
  return stderr.trim() || `exit code ${code}`;
}

function refuse(silent: readonly Answer[], { err }: Ctl): never {
  for (const answer of silent) err.line(`${err.style.bad(answer.node.name)}: ${complaintOf(answer)}`);
  const names = silent.map(({ node }) => node.name).join(", ");
  const [first] = silent;
  throw new CtlError(`Nothing was changed, because these nodes cannot be reached: ${names}`, {
    remedy: `ssh ${first?.node.user}@${first?.node.hostname} true; to leave nodes out: --nodes`,
  });
}

/** Runs it on this node without ssh, and without a terminal as on the others. */
async function here(node: ClusterNode, runHere: ClusterRun["runHere"], ctl: Ctl): Promise<Answer> {
  const stdout = new Kept(ctl.out.isTerminal);
  const stderr = new Kept(false);
  const terminal: Terminal = Object.create(ctl.terminal, { stdinIsTerminal: { value: false } });
  const code = await runHere({
    ...ctl,
    terminal,
    out: new Output({ isTerminal: false, write: (text) => stdout.write(text) }, ctl.out.style),
    err: new Output(stderr, ctl.err.style),
  });
  return { node, code, stdout: stdout.text, stderr: stderr.text };
}

class Kept {
  text = "";
  constructor(readonly isTerminal: boolean) {}

  write(text: string): Promise<boolean> {
    this.text += text;
    return Promise.resolve(true);
  }
}

function showNode(
  node: ClusterNode,
  answers: readonly Answer[],
  silent: readonly Answer[],
  out: Output,
): void {
  const answer = answers.find((each) => each.node === node);
  if (answer !== undefined) return show(answer, out);
  const missing = silent.find((each) => each.node === node);
  if (missing === undefined) return;
  // Listed with the others, so that the output is not mistaken for that of all nodes.
  const { style } = out;
  const reason = `${style.bad("does not answer:")} ${complaintOf(missing)}`;
  out.line(`${style.bad(style.symbol("arrow"))} ${style.bold(node.name)} ${reason}`);
}

function show({ node, code, stdout, stderr }: Answer, out: Output): void {
  const { style } = out;
  const mark = code === 0 ? style.good(style.symbol("arrow")) : style.bad(style.symbol("arrow"));
  const outcome = code === 0 ? "" : ` (exit code ${code})`;
  out.line(`${mark} ${style.bold(node.name)}${outcome}`);
  for (const text of [stdout, stderr]) {
    if (text !== "") out.write(text.endsWith("\n") ? text : `${text}\n`);
  }
}

/** One object with the answers by node name; null for a node without one. */
function showJson(answers: readonly Answer[], silent: readonly Answer[], { out, err }: Ctl): void {
  const entries = answers.map(({ node, stdout, stderr }): [string, unknown] => {
    if (stderr !== "") err.write(`${node.name}: ${stderr.trimEnd()}\n`);
    return [node.name, parsed(stdout)];
  });
  for (const answer of silent) err.line(`${answer.node.name} does not answer: ${complaintOf(answer)}`);
  const missing = silent.map(({ node }): [string, unknown] => [node.name, null]);
  out.line(JSON.stringify(Object.fromEntries([...entries, ...missing])));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
