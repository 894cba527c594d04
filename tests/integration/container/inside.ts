/** Runs programs inside a container, by entering all namespaces of its first process. */
import { DEADLINE_MS } from "../../support/processes/deadline.ts";

export interface RunOptions {
  /** Default: the null device. */
  readonly stdin?: string;
  /** The program is killed when it takes longer. Default: two minutes. */
  readonly timeoutMs?: number;
  /** Added to PATH, LC_ALL and HOME. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a finished program left. */
export interface RunResult {
  /** 128 and the number of the signal for a program that was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", HOME: "/root" };

const KILLED = 128 + 9;

/**
 * Runs a program as root inside the container whose first process has this id outside.
 * @throws {Error} If it did not end in time. An exit code other than 0 is a result.
 */
export async function runInside(
  initPid: number,
  argv: readonly string[],
  { stdin, timeoutMs = DEADLINE_MS, env = {} }: RunOptions = {},
): Promise<RunResult> {
  const startedMs = performance.now();
  // timeout(1) is inside: killing nsenter would leave the program running.
  const limit = ["timeout", "--signal=KILL", String(timeoutMs / 1_000)];
  await using child = new Deno.Command("nsenter", {
    args: ["--target", String(initPid), "--all", "--", ...limit, ...argv],
    clearEnv: true,
    env: { ...ENVIRONMENT, ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) await feed(child.stdin, stdin);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const result = { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  if (code === KILLED && performance.now() - startedMs >= timeoutMs) {
    throw new Error(`"${argv.join(" ")}" did not end within ${timeoutMs} ms\n${describe(result)}`);
  }
  return result;
}

/** A result for a message: what a person needs to see of it. */
export function describe({ code, stdout, stderr }: RunResult): string {
  return [`exit code ${code}`, stdout.trimEnd(), stderr.trimEnd()].filter((part) => part !== "").join("\n");
}

async function feed(pipe: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = pipe.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A program may end without reading all of it.
  }
}
