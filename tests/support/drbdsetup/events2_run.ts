/**
 * One run of `drbdsetup events2` for the model server: its options, its first dump, and what it makes of its standard
 * input. Only `--full` is printed, as drbdd uses no other way.
 */
import type { Listener } from "../../simulation/model/output/listener.ts";
import type { Model } from "../../simulation/model/model.ts";
import type { Frame } from "./frames.ts";

const WRONG = 20;
const REQUEST = "n".charCodeAt(0);
const NEWLINE = "\n".charCodeAt(0);
const KNOWN: ReadonlySet<string> = new Set(["--full", "--poll", "--now"]);

export class Events2Run {
  readonly #options: ReadonlySet<string>;
  readonly #resource: string | undefined;
  #listener: Listener | undefined;
  /** The first dump goes out before standard input is looked at. */
  #ended = false;

  /** `args` are what follows `events2`; `say` sends to the program. */
  constructor(
    readonly model: Model,
    readonly node: string,
    args: readonly string[],
    readonly say: (frame: Frame) => void,
  ) {
    this.#options = new Set(args.filter((arg) => arg.startsWith("--")));
    const words = args.filter((arg) => !arg.startsWith("--"));
    this.#resource = words[0];
    const unknown = [...this.#options].find((option) => !KNOWN.has(option));
    if (words.length > 1) this.#fail(`Excess arguments: ${words.slice(1).join(" ")}`);
    else if (unknown !== undefined) this.#fail(`The stand-in does not know the option ${unknown}`);
    else if (!this.#options.has("--full")) this.#fail("The stand-in prints with --full only");
    else this.#begin();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes of standard input. */
  input(bytes: Uint8Array): void {
    if (!this.#options.has("--poll")) return;
    for (const byte of bytes) {
      if (this.#ended) return;
      if (byte === REQUEST) this.#request();
      else if (byte !== NEWLINE) this.end(0);
    }
  }

  /** Standard input is at its end. */
  inputEnded(): void {
    if (this.#options.has("--poll")) this.end(0);
  }

  /** The program ends; it gets an exit code only if it is still connected. */
  end(exit?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#listener !== undefined) this.model.unlisten(this.node, this.#listener);
    if (exit !== undefined) this.say({ exit });
  }

  #fail(text: string): void {
    this.say({ err: `${text}\n` });
    this.end(WRONG);
  }

  #begin(): void {
    if (this.#options.has("--now")) {
      this.#dump();
      if (!this.#options.has("--poll")) this.end(0);
      return;
    }
    const listener = this.model.listen(this.node, this.#resource);
    this.#listener = listener;
    listener.onLines = () => this.#pass(listener);
    this.#pass(listener);
  }

  #request(): void {
    if (this.#listener === undefined) this.#dump();
    else this.model.requestStatistics(this.node, this.#listener);
  }

  #dump(): void {
    this.#print(this.model.dump(this.node, this.#resource));
  }

  #pass(listener: Listener): void {
    for (const group of listener.take()) this.#print(group);
  }

  #print(lines: readonly string[]): void {
    if (!this.#ended) this.say({ out: lines.map((line) => `${line}\n`).join("") });
  }
}
