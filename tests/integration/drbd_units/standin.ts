/**
 * Steers the stand-ins for DRBD's programs in a container, and reads what was asked of them. All of it is files below
 * /var/lib/standin, so a person can do the same by hand.
 */
import type { Container } from "../container/container.ts";

const STATE = "/var/lib/standin";

/** Commands to the kernel that can be refused or take their time, in the shim, drbdsetup and drbdadm alike. */
export type Step = "adjust" | "down" | "primary" | "secondary" | "secondary-force";

/** One line of the record. */
export interface Call {
  /** Since boot, in steps of 10 ms. */
  readonly atMs: number;
  readonly program: string;
  readonly args: string;
  /** Undefined for the begin of a call; one that was killed has no end. */
  readonly code: number | undefined;
}

export class StandIn {
  readonly #box: Container;

  constructor(box: Container) {
    this.#box = box;
  }

  /** Makes a resource known. `lowerDevices` are the lines of `drbdadm sh-ll-dev`. */
  async define(resource: string, { lowerDevices = ["none"], show = "[\n]\n" } = {}): Promise<void> {
    await this.#box.writeFile(
      `${STATE}/${resource}/ll-dev`,
      lowerDevices.map((path) => `${path}\n`).join(""),
    );
    await this.#box.writeFile(`${STATE}/${resource}/show.json`, show);
  }

  /** From now on the step fails with this exit code: 11 is what drbdsetup says when the kernel refuses. */
  async refuse(resource: string, step: Step, code = 11): Promise<void> {
    await this.#box.writeFile(`${STATE}/${resource}/${step}`, `${code}\n`);
  }

  /** The step fails the next time only. */
  async refuseOnce(resource: string, step: Step, code = 11): Promise<void> {
    await this.#box.writeFile(`${STATE}/${resource}/${step}.once`, `${code}\n`);
  }

  /** Takes a refusal back. */
  async accept(resource: string, step: Step): Promise<void> {
    await this.#box.removeFile(`${STATE}/${resource}/${step}`);
  }

  /** From now on the step takes so long. */
  async delay(resource: string, step: Step, seconds: number): Promise<void> {
    await this.#box.writeFile(`${STATE}/${resource}/${step}.seconds`, `${seconds}\n`);
  }

  /** Lines that events2 prints as soon as the step has succeeded, each time. */
  async announce(resource: string, step: Step, lines: string): Promise<void> {
    await this.#box.writeFile(`${STATE}/${resource}/${step}.events`, lines);
  }

  /** What the last step made of the resource on this node. */
  async role(resource: string): Promise<string> {
    return (await this.#box.readFile(`${STATE}/${resource}/role`)).trim();
  }

  /** Lets the running events2 print more lines. One that starts later prints all lines so far. */
  async appendEvents(lines: string): Promise<void> {
    await this.#box.appendFile(`${STATE}/events2`, lines);
  }

  /** What an events2 that starts from now on prints. A running one is not touched. */
  async replaceEvents(lines: string): Promise<void> {
    await this.#box.writeFile(`${STATE}/events2`, lines);
  }

  /** Ends events2 with an exit code, and every one that starts until `allowEvents`. */
  async endEvents(code: number, message: string): Promise<void> {
    await this.#box.writeFile(`${STATE}/events2.end`, `${code}\n${message}\n`);
  }

  async allowEvents(): Promise<void> {
    await this.#box.removeFile(`${STATE}/events2.end`);
  }

  /** Everything that was asked so far, in order. `forget` empties it. */
  async calls(): Promise<Call[]> {
    const text = await this.#box.peek(`${STATE}/calls`) ?? "";
    return text.split("\n").slice(0, -1).map(parseCall);
  }

  async forget(): Promise<void> {
    await this.#box.removeFile(`${STATE}/calls`);
  }
}

function parseCall(line: string): Call {
  const [seconds, phase, program, args] = line.split("\t");
  if (program === undefined || args === undefined) throw new Error(`Cannot read the call "${line}"`);
  const code = phase === "begin" ? undefined : Number(phase);
  return { atMs: Math.round(Number(seconds) * 1_000), program, args, code };
}
