/** Programs that Ctrl-C at the terminal does not reach. */
import type { Effects, Processes } from "../../effects/effects.ts";

/** The same effects, with programs outside of the terminal's process group: to be used where Ctrl-C is waited for. */
export function shielded(effects: Effects): Effects {
  const processes: Processes = {
    spawn: (argv, options) => effects.processes.spawn(argv, { ...options, group: true }),
    run: (argv, options) => effects.processes.run(argv, { ...options, group: true }),
  };
  return Object.create(effects, { processes: { value: processes, enumerable: true } });
}
