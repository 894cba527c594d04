/** What has to be done before a resource may be started: its backing devices are there, and DRBD is configured. */
import { describe } from "../../src/runtime/describe.ts";
import { type Effects, programEnvironment } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";
import { patiently } from "./patience.ts";

const LOOK_EVERY_MS = 2_000;
const SAY_EVERY_MS = 60_000;

/**
 * Waits for the backing devices of `resource`, then runs `drbdadm adjust`. Ends without having done it when `signal`
 * aborts. A failure is said and left at that: the resource may be up all the same, and DRBD decides whether it can be
 * promoted.
 */
export async function adjust(
  effects: Effects,
  log: Logger,
  resource: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const device of await backingDevices(effects, resource, signal)) {
      await waitForDevice(effects, log, resource, device, signal);
    }
    if (signal.aborted) return;
    // Not ended by the signal: half an adjustment is worse than one nobody waits for.
    await patiently(effects.clock, log, resource, "drbdadm adjust", drbdadm(effects, ["adjust", resource]));
  } catch (error) {
    if (!signal.aborted) {
      log.warn("{resource}: cannot adjust it: {error}", { resource, error: describe(error) });
    }
  }
}

async function backingDevices(effects: Effects, resource: string, signal: AbortSignal): Promise<string[]> {
  const output = await drbdadm(effects, ["sh-ll-dev", resource], signal);
  return output.split("\n").filter((line) => line !== "" && line !== "none");
}

async function waitForDevice(
  effects: Effects,
  log: Logger,
  resource: string,
  device: string,
  signal: AbortSignal,
): Promise<void> {
  let saidMs = -Infinity;
  while (!signal.aborted && !await isBlockDevice(effects, device)) {
    if (effects.clock.nowMs() - saidMs >= SAY_EVERY_MS) {
      saidMs = effects.clock.nowMs();
      log.warn("{resource}: waits for its backing device {device}", { resource, device });
    }
    await effects.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** A device that cannot be looked at is left to drbdadm, which has more rights and better words. */
async function isBlockDevice(effects: Effects, device: string): Promise<boolean> {
  try {
    return (await effects.files.stat(device))?.isBlockDevice ?? false;
  } catch {
    return true;
  }
}

/** Returns what drbdadm printed. @throws If it fails, with what it said. */
async function drbdadm(effects: Effects, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const argv = ["drbdadm", ...args];
  const { code, signal: killer, stdout, stderr } = await effects.processes.run(argv, {
    env: programEnvironment(effects),
    ...(signal === undefined ? {} : { signal }),
  });
  if (code === 0) return stdout;
  const how = killer === undefined ? `exit code ${code}` : `killed by ${killer}`;
  throw new Error(`"${argv.join(" ")}" failed: ${how}: ${stderr.trim()}`);
}
