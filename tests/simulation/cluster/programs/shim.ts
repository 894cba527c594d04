/** drbd-service-shim.sh: what DRBD's units run. */
import type { Command, CommandResult } from "../../model/commands/commands.ts";
import type { ProcessListener, UnitProcess } from "../../systemd/service.ts";

/** Runs drbdsetup or drbdadm; `done` is not called if the node loses power. */
export type RunDrbd = (command: Command, done: (result: CommandResult) => void) => void;

/** With this, a resource that is not configured is as good as a Secondary. */
const OR_ESCALATE = /-or-escalate$/;
const NO_SUCH_RESOURCE = /\b158\b/;

export class Shim implements UnitProcess {
  #isOver = false;

  constructor(readonly drbd: RunDrbd, readonly listener: ProcessListener) {}

  /** `drbd-service-shim.sh VERB RESOURCE` */
  run(verb: string, resource: string): void {
    const setup = (...args: string[]): Command => ({ program: "drbdsetup", args: [...args, resource] });
    const plain = setup("secondary");
    const forced = setup("secondary", "--force=yes");
    const admin: Command = { program: "drbdadm", args: [verb, resource] };
    const verbs: Readonly<Record<string, readonly Command[]>> = {
      "adjust": [admin],
      "down": [admin],
      "primary": [setup("primary")],
      "secondary": [plain],
      "secondary-force": [forced],
      "secondary-secondary-force": [plain, forced],
    };
    const steps = verbs[verb.replace(OR_ESCALATE, "")];
    if (steps === undefined) throw new Error(`The shim has no verb "${verb}"`);
    this.#try(steps, OR_ESCALATE.test(verb));
  }

  /** The kernel goes on with what it was asked for. */
  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.drbd({ program: "drbdsetup", args: ["status"] }, () => {
      this.listener.ended({ code: undefined, signal });
    });
  }

  freeze(): void {
    // It is too short to be frozen.
  }

  /** The first that works is enough. */
  #try([step, ...rest]: readonly Command[], isGoneFine: boolean): void {
    if (step === undefined) return this.#end(1);
    this.drbd(step, ({ code, stderr }) => {
      if (this.#isOver) return;
      if (code === 0 || (isGoneFine && NO_SUCH_RESOURCE.test(stderr))) this.#end(0);
      else if (rest.length > 0) this.#try(rest, isGoneFine);
      else this.#end(code);
    });
  }

  #end(code: number): void {
    this.#isOver = true;
    this.listener.ended({ code });
  }
}
