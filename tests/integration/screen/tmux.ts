/** A terminal that tests type at and look at: tmux, with a shell in it. */
import assert from "node:assert/strict";
import { DEADLINE_MS } from "../../support/processes/deadline.ts";

const POLL_INTERVAL_MS = 50;
/** What the shell shows when it waits for a command. */
const PROMPT = "ready>";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export class Tmux implements AsyncDisposable {
  private constructor(readonly server: string, readonly env: Readonly<Record<string, string>>) {}

  /** The shell has this environment, and nothing else. */
  static async start({ columns, rows }: Size, env: Readonly<Record<string, string>>): Promise<Tmux> {
    const tmux = new Tmux(`drbdd-test-${crypto.randomUUID()}`, env);
    const size = ["-x", String(columns), "-y", String(rows)];
    await tmux.#run("-f", "/dev/null", "new-session", "-d", "-s", "test", ...size, `PS1='${PROMPT}' sh`);
    await tmux.screen(new RegExp(PROMPT));
    return tmux;
  }

  /** Types keys as `tmux send-keys` names them. */
  async keys(...keys: readonly string[]): Promise<void> {
    await this.#run("send-keys", "-t", "test", ...keys);
  }

  /** Types a command and Enter. */
  async command(text: string): Promise<void> {
    await this.#run("send-keys", "-t", "test", "-l", text);
    await this.keys("Enter");
  }

  /**
   * What is on the screen once it matches and stays: its lines, without blanks at their ends. A program may be in the
   * middle of drawing it, with a part of what was there before.
   */
  async screen(pattern: RegExp): Promise<string> {
    const end = performance.now() + DEADLINE_MS;
    let before: string | undefined;
    for (;;) {
      const text = await this.#run("capture-pane", "-p", "-t", "test");
      if (pattern.test(text) && text === before) return text;
      before = text;
      assert.ok(performance.now() < end, `Timed out waiting for ${pattern} on the screen:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
    }
  }

  /** The screen with the codes of its colours. */
  async coloured(): Promise<string> {
    return await this.#run("capture-pane", "-p", "-e", "-t", "test");
  }

  /** The terminal as the program left it: whether the usual screen is shown, with a cursor. */
  async isAsBefore(): Promise<boolean> {
    const flags = await this.#run(
      "display-message",
      "-p",
      "-t",
      "test",
      "#{alternate_on} #{cursor_flag} #{wrap_flag}",
    );
    return flags.trim() === "0 1 1";
  }

  /** Waits for the shell to ask for the next command. */
  async prompt(): Promise<string> {
    return await this.screen(new RegExp(`${PROMPT}$`, "m"));
  }

  async resize({ columns, rows }: Size): Promise<void> {
    await this.#run("resize-window", "-t", "test", "-x", String(columns), "-y", String(rows));
  }

  /** Pid of the program that the shell runs. */
  async programPid(): Promise<number> {
    const shell = (await this.#run("display-message", "-p", "-t", "test", "#{pane_pid}")).trim();
    const [pid] = (await Deno.readTextFile(`/proc/${shell}/task/${shell}/children`)).split(" ");
    assert.ok(Number(pid) > 0, "The shell runs nothing");
    return Number(pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run("kill-server");
  }

  async #run(...args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-L", this.server, ...args],
      clearEnv: true,
      env: { TERM: "xterm-256color", ...this.env },
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert.ok(success, `tmux ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return said;
  }
}
