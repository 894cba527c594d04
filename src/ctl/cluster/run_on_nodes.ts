/**
 * A command on all nodes of a cluster at once, by ssh. First all of them have to answer, so that nothing is done on a part
 * of the cluster because another part is away. Each node's output is shown as a whole.
 */
import type { Terminal } from "../../runtime/terminal.ts";
import type { Invocation } from "../command.ts";
import { type Ctl, EXIT } from "../ctl.ts";
import { Output } from "../output.ts";
import { withProgress } from "../progress.ts";
import { shielded } from "../shielded.ts";
import type { ClusterNode } from "./context_file.ts";
import { type Answer, Remote } from "./remote.ts";
import { remoteArguments } from "./remote_words.ts";

export interface ClusterRun {
  readonly nodes: readonly ClusterNode[];
  readonly invocation: Invocation;
  /** As they were typed. */
  readonly args: readonly string[];
  /** Ends as the whole program would. */
  runHere(ctl: Ctl): Promise<number>;
}

/** Returns the worst exit code. @throws {CtlError} If a node does not answer; then nothing was done anywhere. */
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
  await withProgress(ctl, `Asking ${others.length} nodes whether they are there`, remote.allAnswer(others));
  const words = remoteArguments([...args, ...more], { ability: ctl.out.style.ability, columns: ctl.columns });
  const waiting = new Set(nodes.map(({ name }) => name));
  const answers = await withProgress(
    ctl,
    () => `Waiting for ${[...waiting].join(", ")}`,
    Promise.all(nodes.map(async (node) => {
      const answer = isMe(node) ? await here(node, runHere, ctl) : await remote.run(node, words);
      waiting.delete(node.name);
      return answer;
    })),
  );
  if (args.includes("--json")) showJson(answers, ctl);
  else for (const answer of answers) show(answer, ctl);
  if (interrupts.signal.aborted) {
    ctl.err.line("Interrupted: what was begun on other nodes may go on there");
    return EXIT.interrupted;
  }
  return Math.max(...answers.map(({ code }) => code));
}

/** On this node, without ssh. Nobody can be asked, as on the others. */
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

function show({ node, code, stdout, stderr }: Answer, { out }: Ctl): void {
  const { style } = out;
  const mark = code === 0 ? style.good(style.symbol("arrow")) : style.bad(style.symbol("arrow"));
  const outcome = code === 0 ? "" : ` (exit code ${code})`;
  out.line(`${mark} ${style.bold(node.name)}${outcome}`);
  for (const text of [stdout, stderr]) {
    if (text !== "") out.write(text.endsWith("\n") ? text : `${text}\n`);
  }
}

/** One object, with each node's by its name; null of a node that has none. */
function showJson(answers: readonly Answer[], { out, err }: Ctl): void {
  const entries = answers.map(({ node, stdout, stderr }): [string, unknown] => {
    if (stderr !== "") err.write(`${node.name}: ${stderr.trimEnd()}\n`);
    return [node.name, parsed(stdout)];
  });
  out.line(JSON.stringify(Object.fromEntries(entries)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
