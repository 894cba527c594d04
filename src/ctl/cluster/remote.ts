/** Runs drbddctl on other nodes by ssh. */
import { programEnvironment } from "../../effects/effects.ts";
import { type Ctl, EXIT } from "../cli/ctl.ts";
import type { ClusterNode } from "./context_file.ts";
import { quoteForShell } from "./remote_words.ts";

/** Passwords cannot be typed for several nodes at once. */
const SSH = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"] as const;
const MOST_BYTES = 64 * 1024 * 1024;

/** The output of a node. */
export interface Answer {
  readonly node: ClusterNode;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Remote {
  /** `signal` aborts it. */
  constructor(readonly ctl: Pick<Ctl, "effects" | "err">, readonly signal: AbortSignal) {}

  /** Runs drbddctl there with these arguments. */
  async run(node: ClusterNode, words: readonly string[]): Promise<Answer> {
    return await this.#ssh(node, quoteForShell(["drbddctl", ...words]));
  }

  /** The errors of nodes that do not answer. */
  async silent(nodes: readonly ClusterNode[]): Promise<Answer[]> {
    const answers = await Promise.all(nodes.map((node) => this.#ssh(node, "true")));
    return answers.filter(({ code }) => code !== 0);
  }

  async #ssh(node: ClusterNode, command: string): Promise<Answer> {
    const { effects } = this.ctl;
    const given = ["HOME", "USER", "SSH_AUTH_SOCK"].flatMap((name): [string, string][] => {
      const value = effects.environment(name);
      return value === undefined ? [] : [[name, value]];
    });
    const argv = [...SSH, `${node.user}@${node.hostname}`, "--", command];
    const { code, stdout, stderr } = await effects.processes.run(argv, {
      env: { ...programEnvironment(effects), ...Object.fromEntries(given) },
      signal: this.signal,
      maxOutputBytes: MOST_BYTES,
    });
    return { node, code: code ?? EXIT.interrupted, stdout, stderr };
  }
}
