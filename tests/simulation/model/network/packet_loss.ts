/** What TCP and DRBD make of a link that loses packets. */
import type { Random } from "../random.ts";

/** A link between two nodes that loses each packet, either way, with the same probability. */
export interface LossyLink {
  readonly lossRate: number;
}

/** TCP sends again after so long what nobody acknowledged, and each time waits twice as long as before. */
const RESEND_MS = 200;
/** What was lost so often arrives at last: where more is lost in a row, a ping is, and the connection is given up. */
const MOST_RESENDS = 2;
/** Packets that are answered between the first one and the agreement about a connection. */
const ROUNDS_OF_HANDSHAKE = 4;

/** How much later a packet arrives. */
export function resendsMs(lossRate: number, random: Random): number {
  let resends = 0;
  while (resends < MOST_RESENDS && random.chance(lossRate)) resends++;
  return RESEND_MS * (2 ** resends - 1);
}

/** The probability that nothing of a packet and its answer, however often sent, is through within `timeoutMs`. */
export function timeoutProbability(lossRate: number, timeoutMs: number): number {
  const isLost = 1 - (1 - lossRate) ** 2;
  let tries = 0;
  while (RESEND_MS * (2 ** tries - 1) < timeoutMs) tries++;
  return isLost ** tries;
}

/** The probability that two nodes that have met do not come to an end with their handshake. */
export function failedHandshakeProbability(lossRate: number, timeoutMs: number): number {
  return 1 - (1 - timeoutProbability(lossRate, timeoutMs)) ** ROUNDS_OF_HANDSHAKE;
}
