/** What is wrong with a drbdd on purpose: its decisions, its programs, its files, what it reads, its clock. */
import type { Mind } from "../../../plugins/promoter/actor.ts";
import type { PromoterConfig } from "../../../plugins/promoter/config.ts";
import type { ResourceConfig } from "../../../plugins/promoter/resource_config.ts";
import type { Files, Processes, RunResult } from "../../../src/runtime/effects.ts";

/** Each part is changed if it is there. */
export interface Wrong {
  /** Decides in place of the promoter's. */
  readonly mind?: Mind;
  /** What is run in place of a program; undefined: nothing is, and it seems to have worked. */
  readonly program?: (argv: readonly string[]) => readonly string[] | undefined;
  /** What drbdd takes for the output of a program. */
  readonly output?: (argv: readonly string[], stdout: string) => string;
  /** What is written in place of a file; undefined: nothing is. */
  readonly file?: (path: string, text: string) => string | undefined;
  /** Files are not removed. */
  readonly keepsFiles?: boolean;
  /** What is read in place of a line of drbdsetup events2; undefined: nothing is. */
  readonly line?: (line: string) => string | undefined;
  /** What is taken for the configuration of a resource. */
  readonly config?: (config: ResourceConfig) => ResourceConfig;
  /** The configuration is not read again. */
  readonly ignoresReload?: boolean;
  /** Its timers fire so much later, in ms. */
  readonly timersLateMs?: number;
  /** It does not signal what it started. */
  readonly ignoresSignals?: boolean;
}

const WORKED: RunResult = { code: 0, signal: undefined, stdout: "", stderr: "" };

export function processesOf(right: Processes, { program, output, ignoresSignals }: Wrong): Processes {
  if (program === undefined && output === undefined && ignoresSignals !== true) return right;
  return {
    spawn: (argv, options) => right.spawn(argv, options),
    run: async (argv, options) => {
      const wrong = program === undefined ? argv : program(argv);
      if (wrong === undefined) return WORKED;
      const { signal: _, ...rest } = options;
      const result = await right.run(wrong, ignoresSignals === true ? rest : options);
      return output === undefined ? result : { ...result, stdout: output(argv, result.stdout) };
    },
  };
}

export function filesOf(right: Files, { file, keepsFiles }: Wrong): Files {
  if (file === undefined && keepsFiles !== true) return right;
  return {
    readText: (path) => right.readText(path),
    list: (path) => right.list(path),
    stat: (path) => right.stat(path),
    makeDirectory: (path) => right.makeDirectory(path),
    realPath: (path) => right.realPath(path),
    rename: (from, to) => right.rename(from, to),
    remove: (path) => keepsFiles === true ? Promise.resolve() : right.remove(path),
    writeTextAtomic: (path, text, mode) => {
      const wrong = file === undefined ? text : file(path, text);
      return wrong === undefined ? Promise.resolve() : right.writeTextAtomic(path, wrong, mode);
    },
  };
}

export function configsOf(right: readonly PromoterConfig[], { config }: Wrong): readonly PromoterConfig[] {
  return config === undefined
    ? right
    : right.map((each) => ({ ...each, resources: each.resources.map(config) }));
}
