/** What is wrong with a drbdd on purpose: its decisions, its programs, its files, what it reads, its clock. */
import type { StateMachine } from "../../../../plugins/promoter/control/actor.ts";
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import type { SecondaryStateMachine } from "../../../../plugins/promoter/secondary/secondary_actor.ts";
import type { ResourceConfig } from "../../../../plugins/promoter/config/resource_config.ts";
import type { Files, Processes, RunResult } from "../../../../src/effects/effects.ts";

/** What is wrong with the programs that it runs. */
export interface ProgramDefects {
  /** What is run instead of a program; undefined: nothing is, and it seems to have worked. */
  readonly program?: (argv: readonly string[]) => readonly string[] | undefined;
  /** What drbdd takes for the output of a program. */
  readonly output?: (argv: readonly string[], stdout: string) => string;
  /** The same for all that is known of the end of a program. */
  readonly result?: (argv: readonly string[], result: RunResult) => RunResult;
  /** A program that is run before another one. */
  readonly before?: (argv: readonly string[]) => readonly string[] | undefined;
}

/** Each part is changed if it is there. */
export interface Defect extends ProgramDefects {
  /** The same for one drbdd, where one has to remember something. */
  readonly programsOfLife?: () => ProgramDefects;
  /** Decides instead of the promoter's. */
  readonly stateMachine?: StateMachine;
  /** The same about services that run where a resource is Secondary. */
  readonly secondaryStep?: SecondaryStateMachine;
  /** What is written instead of a file; undefined: nothing is. */
  readonly file?: (path: string, text: string) => string | undefined;
  /** What cannot be written counts as written, or removed. */
  readonly forgivesFile?: (path: string) => boolean;
  /** Files are taken to be as it wrote them. */
  readonly remembersFiles?: boolean;
  /** Files are not removed. */
  readonly keepsFiles?: boolean;
  /** What is read instead of a line of drbdsetup events2; undefined: nothing is. */
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

/** The programs of one drbdd. */
export function processesOf(right: Processes, defect: Defect): Processes {
  const { program, output, result, before, ignoresSignals } = { ...defect, ...defect.programsOfLife?.() };
  const isRight = [program, output, result, before].every((part) => part === undefined) &&
    ignoresSignals !== true;
  if (isRight) return right;
  return {
    spawn: (argv, options) => right.spawn(argv, options),
    run: async (argv, options) => {
      const wanted = program === undefined ? argv : program(argv);
      if (wanted === undefined) return WORKED;
      const { signal: _, ...rest } = options;
      const first = before?.(argv);
      if (first !== undefined) await right.run(first, rest);
      const found = await right.run(wanted, ignoresSignals === true ? rest : options);
      const changed = result === undefined ? found : result(argv, found);
      return output === undefined ? changed : { ...changed, stdout: output(argv, changed.stdout) };
    },
  };
}

export function filesOf(right: Files, { file, forgivesFile, keepsFiles, remembersFiles }: Defect): Files {
  const isRight = file === undefined && forgivesFile === undefined;
  if (isRight && keepsFiles !== true && remembersFiles !== true) return right;
  const forgiving = (path: string, done: Promise<void>) =>
    forgivesFile?.(path) === true ? done.catch(() => {}) : done;
  const written = new Map<string, string>();
  return {
    readText: (path) => {
      const text = remembersFiles === true ? written.get(path) : undefined;
      return text === undefined ? right.readText(path) : Promise.resolve(text);
    },
    list: (path) => right.list(path),
    stat: (path) => right.stat(path),
    makeDirectory: (path) => forgiving(path, right.makeDirectory(path)),
    realPath: (path) => right.realPath(path),
    rename: (from, to) => right.rename(from, to),
    remove: (path) => {
      written.delete(path);
      return keepsFiles === true ? Promise.resolve() : forgiving(path, right.remove(path));
    },
    writeTextAtomic: (path, text, mode) => {
      const defect = file === undefined ? text : file(path, text);
      written.set(path, text);
      return defect === undefined
        ? Promise.resolve()
        : forgiving(path, right.writeTextAtomic(path, defect, mode));
    },
  };
}

export function configsOf(right: readonly PromoterConfig[], { config }: Defect): readonly PromoterConfig[] {
  return config === undefined
    ? right
    : right.map((each) => ({ ...each, resources: each.resources.map(config) }));
}
