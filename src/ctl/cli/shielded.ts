/** Programs that Ctrl-C at the terminal does not interrupt. */
import type { Effects, Processes } from "../../effects/effects.ts";

/** The same effects, with programs outside of the terminal's process group: for commands that handle Ctrl-C themselves. */
export function shielded(effects: Effects): Effects {
  const processes: Processes = {
    spawn: (argv, options) => effects.processes.spawn(argv, { ...options, group: true }),
    run: (argv, options) => effects.processes.run(argv, { ...options, group: true }),
  };
  return Object.create(effects, { processes: { value: processes, enumerable: true } });
}
