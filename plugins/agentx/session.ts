/** One session with the master agent: open, register, answer until it ends. */
import { aborted } from "../../src/effects/waiting/aborted.ts";
import { describe } from "../../src/effects/describe.ts";
import type { Clock } from "../../src/effects/effects.ts";
import { type Link, MasterError } from "./link.ts";
import { PduType } from "./net_snmp.ts";
import { formatOid, ROOT } from "./oid.ts";

/** How often to ask the master agent whether it still knows this session. */
const PING_EVERY_MS = 30_000;
const DUPLICATE_REGISTRATION = 263;
/** Neither `agentx` nor its predecessors have an identifier: RFC 2741 allows none. */
const DESCRIPTION = "drbdd";
const SHUTDOWN_TIMEOUT_MS = 500;

export interface SessionOptions {
  /** How long the master agent waits for an answer; 0 leaves it to the master agent. */
  readonly agentTimeoutS: number;
  /** Called when the master agent has taken the registration. */
  readonly registered: () => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Runs until the session ends and returns the reason; undefined if it was stopped. */
export async function runSession(link: Link, options: SessionOptions): Promise<string | undefined> {
  const { clock, signal, registered } = options;
  const over = new AbortController();
  const stopped = aborted(signal).then(() => undefined);
  try {
    // A master agent may never answer: stopping drbdd does not wait for that.
    const sessionID = await Promise.race([openSession(link, options), stopped]);
    if (sessionID === undefined) return undefined;
    registered();
    const reason = await Promise.race([
      link.ended,
      keepAlive(link, sessionID, clock, over.signal),
      stopped,
    ]);
    if (reason === undefined) await closeSession(link, sessionID, clock);
    return reason;
  } catch (error) {
    return signal.aborted ? undefined : describe(error);
  } finally {
    over.abort();
    link.close();
    await link.ended;
  }
}

/** Returns the session ID from the master agent. */
async function openSession(link: Link, { agentTimeoutS }: SessionOptions): Promise<number> {
  const { sessionID } = await link.ask({
    pduType: PduType.open,
    // One byte, followed by three that are reserved; net-snmp writes them as one number.
    timeout: agentTimeoutS * 2 ** 24,
    descr: DESCRIPTION,
  });
  const oid = formatOid(ROOT);
  try {
    await link.ask({ pduType: PduType.register, sessionID, oid, timeout: agentTimeoutS });
  } catch (cause) {
    const isTaken = cause instanceof MasterError && cause.code === DUPLICATE_REGISTRATION;
    const why = isTaken
      ? "another subagent has it, perhaps a drbd-reactor that still runs"
      : "it was refused";
    throw new Error(`Cannot register ${oid} with the master agent: ${why}`, { cause });
  }
  return sessionID;
}

/** Pings the master agent until it does not answer; returns the reason. */
async function keepAlive(
  link: Link,
  sessionID: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    await clock.sleep(PING_EVERY_MS, signal);
    if (signal.aborted) return undefined;
    try {
      await link.ask({ pduType: PduType.ping, sessionID });
    } catch (error) {
      return describe(error);
    }
  }
}

/** Closes the session; failures are ignored. */
async function closeSession(link: Link, sessionID: number, clock: Clock): Promise<void> {
  const given = new AbortController();
  await Promise.race([
    link.notify({ pduType: PduType.close, sessionID }),
    clock.sleep(SHUTDOWN_TIMEOUT_MS, given.signal),
  ]);
  given.abort();
}
