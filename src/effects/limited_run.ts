/**
 * Runs a program of drbdd's own with a time limit: nobody waits for ever for systemctl, drbdadm or drbdsetup, not even for
 * one that cannot be killed because it hangs in the kernel.
 */
import { type Effects, programEnvironment, type RunResult, type Timer } from "./effects.ts";

/** From SIGTERM to SIGKILL. */
const KILL_AFTER_MS = 2_000;
/** A program that is still there so long after SIGKILL hangs in the kernel. It will never run a line of its own again. */
const ABANDON_AFTER_MS = 1_000;

export interface LimitedResult extends RunResult {
  /** It was killed because of its limit. */
  readonly isLate: boolean;
}

export interface LimitedOptions {
  /** Infinity: no limit, but `signal` ends it and is obeyed in time. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly maxOutputBytes?: number;
  /** Beside `programEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs `argv`. A program that takes longer than its limit is killed; its result has no exit code, and its standard error
 * says "no answer within N s". An exit code other than 0 is a result.
 *
 * @throws {ProgramError} If the program cannot be started.
 */
export async function runLimited(
  effects: Pick<Effects, "clock" | "processes" | "environment">,
  argv: readonly string[],
  { limitMs, signal, env, ...options }: LimitedOptions,
): Promise<LimitedResult> {
  const { clock } = effects;
  const ending = new AbortController();
  const abandoned = Promise.withResolvers<RunResult>();
  const timers: Timer[] = [];
  let isLate = false;
  const end = () => {
    if (ending.signal.aborted) return;
    ending.abort();
    timers.push(
      clock.setTimer(KILL_AFTER_MS + ABANDON_AFTER_MS, () => abandoned.resolve(killedInVain())),
    );
  };
  if (Number.isFinite(limitMs)) {
    timers.push(clock.setTimer(limitMs, () => {
      isLate = true;
      end();
    }));
  }
  const running = effects.processes.run(argv, {
    ...options,
    env: { ...programEnvironment(effects), ...env },
    signal: ending.signal,
    killAfterMs: KILL_AFTER_MS,
  });
  // Once it is abandoned, nobody else takes its failure.
  running.catch(() => {});
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  try {
    const result = await Promise.race([running, abandoned.promise]);
    if (!isLate || result.code === 0) return { ...result, isLate: false };
    const stderr = [`no answer within ${limitMs / 1000} s`, result.stderr.trim()].filter((text) =>
      text !== ""
    );
    return { ...result, code: undefined, stderr: stderr.join(": "), isLate };
  } finally {
    signal?.removeEventListener("abort", end);
    for (const timer of timers) timer.cancel();
  }
}

/** "exit code 1: why" or "killed by SIGTERM: no answer within 10 s": what to say of a run that failed. */
export function failureOf({ code, signal, stderr }: RunResult): string {
  const words = stderr.trim();
  const how = words.startsWith("no answer within")
    ? undefined
    : signal === undefined
    ? `exit code ${code}`
    : `killed by ${signal}`;
  return [how, words].filter((text) => text !== undefined && text !== "").join(": ");
}

function killedInVain(): RunResult {
  return { code: undefined, signal: "SIGKILL", stdout: "", stderr: "" };
}
