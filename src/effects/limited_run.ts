/**
 * Runs a program with a time limit, so that nothing waits for ever for systemctl, drbdadm or drbdsetup, even if it hangs in the kernel
 * and cannot be killed.
 */
import { type Effects, programEnvironment, type RunResult, type Timer } from "./effects.ts";

/** From SIGTERM to SIGKILL. */
const KILL_AFTER_MS = 2_000;
/** A program that still exists this long after SIGKILL hangs in the kernel and is abandoned. */
const ABANDON_AFTER_MS = 1_000;

export interface LimitedResult extends RunResult {
  /** It was killed because of its time limit. */
  readonly isLate: boolean;
}

export interface LimitedOptions {
  /** Infinity: no limit, but `signal` kills it. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly maxOutputBytes?: number;
  /** In addition to `programEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs `argv`. A program that exceeds its limit is killed; its result has no exit code, and its standard error begins with "no answer
 * within N s". An exit code other than 0 is a result.
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
  // An abandoned run may still fail later: that must not be an unhandled rejection.
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

/** "exit code 1: why" or "killed by SIGTERM: no answer within 10 s": describes a failed run. */
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
