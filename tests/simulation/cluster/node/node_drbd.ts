/** drbdsetup and drbdadm on a node, whoever runs them. */
import type { Command, CommandResult } from "../../model/commands/commands.ts";
import type { Model } from "../../model/model.ts";
import type { Impairments } from "./impairments.ts";

export interface DrbdHost {
  readonly name: string;
  readonly world: { readonly model: Model };
  readonly impairments: Impairments;
  /** A timer that is void when the node loses power. */
  setTimer(delayMs: number, fire: () => void): { cancel(): void };
  note(text: () => string): void;
}

/** `done` is called with the clock of the cluster, and never if power fails meanwhile. */
export function runDrbd(host: DrbdHost, command: Command, done: (result: CommandResult) => void): void {
  const { drbdLatenessMs } = host.impairments;
  if (drbdLatenessMs === 0) return run(host, command, done);
  const end = host.impairments.begin();
  host.setTimer(drbdLatenessMs, () => {
    end();
    run(host, command, done);
  });
}

function run(host: DrbdHost, command: Command, done: (result: CommandResult) => void): void {
  host.world.model.run(host.name, command, (result) => {
    host.setTimer(0, () => {
      if (result.code !== 0) {
        host.note(() => `${command.program} ${command.args.join(" ")}: ${result.stderr.trim()}`);
      }
      done(result);
    });
  });
}
