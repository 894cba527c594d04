/** A master agent of AgentX in memory: its own encoding of messages (RFC 2741), so that it shares no mistakes. */
import assert from "node:assert/strict";
import type { SimulatedNetwork } from "./simulated_network.ts";
import { ServerEnd } from "./simulated_network.ts";
import { settle } from "./simulated_clock.ts";

const HEADER_BYTES = 20;
const NETWORK_BYTE_ORDER = 0x10;
const [OPEN, CLOSE, REGISTER, PING, RESPONSE] = [1, 2, 3, 13, 18];

/** A message of the subagent. */
export interface Message {
  readonly type: number;
  readonly session: number;
  readonly packet: number;
  readonly payload: DataView;
}

/** `OID TYPE VALUE`, or `OID` and why there is no value. */
export type Answer = readonly string[];

const ABSENT = new Map([[128, "noSuchObject"], [129, "noSuchInstance"], [130, "endOfMibView"]]);

export class Master {
  /** Connections that came, in order. */
  readonly ends: ServerEnd[] = [];
  readonly messages: Message[] = [];
  /** Error codes for messages of these types, instead of success. */
  readonly refuse = new Map<number, number>();
  /** Types that are left without an answer. */
  readonly ignore = new Set<number>();
  #packet = 100;

  constructor(network: SimulatedNetwork, name: string) {
    network.servers.set(name, (end) => {
      this.ends.push(end);
      end.onBytes = (bytes) => this.#take(end, bytes);
    });
  }

  get end(): ServerEnd {
    const end = this.ends.at(-1);
    assert.ok(end, "nobody connected");
    return end;
  }

  /** How many messages of a type came. */
  count(type: "open" | "close" | "register" | "ping"): number {
    const wanted = { open: OPEN, close: CLOSE, register: REGISTER, ping: PING }[type];
    return this.messages.filter((message) => message.type === wanted).length;
  }

  /** Asks for instances. */
  get(...oids: string[]): Promise<Answer> {
    return this.ask(5, oids.flatMap((oid) => [...oidBytes(oid), ...oidBytes("")]));
  }

  /** Asks for what comes after each, before `end`. */
  getNext(oid: string, end = ""): Promise<Answer> {
    return this.ask(6, [...oidBytes(oid), ...oidBytes(end)]);
  }

  getBulk(nonRepeaters: number, maxRepetitions: number, ...oids: string[]): Promise<Answer> {
    const counts = [nonRepeaters >> 8, nonRepeaters & 255, maxRepetitions >> 8, maxRepetitions & 255];
    return this.ask(7, [...counts, ...oids.flatMap((oid) => [...oidBytes(oid), ...oidBytes("")])]);
  }

  /** Sends a request, and returns what is answered; a number alone is an error. */
  async ask(type: number, payload: readonly number[]): Promise<Answer> {
    const packet = ++this.#packet;
    this.end.send(message(type, 7, packet, payload));
    await settle();
    const response = this.messages.findLast((each) => each.type === RESPONSE && each.packet === packet);
    assert.ok(response, "no answer");
    return answerOf(response.payload);
  }

  #take(end: ServerEnd, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
      const length = view.getUint32(16);
      const [type, session, packet] = [view.getUint8(1), view.getUint32(4), view.getUint32(12)];
      const payload = new DataView(bytes.buffer, bytes.byteOffset + at + HEADER_BYTES, length);
      this.messages.push({ type, session, packet, payload });
      at += HEADER_BYTES + length;
      if (type === RESPONSE || this.ignore.has(type)) continue;
      const error = this.refuse.get(type) ?? 0;
      end.send(message(RESPONSE, 7, packet, [0, 0, 0, 0, error >> 8, error & 255, 0, 0]));
    }
  }
}

/** A message in network byte order. */
export function message(
  type: number,
  session: number,
  packet: number,
  payload: readonly number[],
): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + payload.length));
  view.setUint8(0, 1);
  view.setUint8(1, type);
  view.setUint8(2, NETWORK_BYTE_ORDER);
  view.setUint32(4, session);
  view.setUint32(12, packet);
  view.setUint32(16, payload.length);
  payload.forEach((byte, place) => view.setUint8(HEADER_BYTES + place, byte));
  return new Uint8Array(view.buffer);
}

/** Without the prefix that may shorten it; empty for none. */
function oidBytes(oid: string): number[] {
  const parts = oid === "" ? [] : oid.split(".").map(Number);
  return [
    parts.length,
    0,
    0,
    0,
    ...parts.flatMap((part) => [part >>> 24, part >> 16 & 255, part >> 8 & 255, part & 255]),
  ];
}

function answerOf(payload: DataView): Answer {
  const error = payload.getUint16(4);
  if (error !== 0) return [String(error)];
  const answers: string[] = [];
  let at = 8;
  while (at < payload.byteLength) {
    const type = payload.getUint16(at);
    const [count, prefix] = [payload.getUint8(at + 4), payload.getUint8(at + 5)];
    const parts = Array.from({ length: count }, (_, place) => payload.getUint32(at + 8 + place * 4));
    const oid = [...(prefix === 0 ? [] : [1, 3, 6, 1, prefix]), ...parts].join(".");
    at += 8 + count * 4;
    if (ABSENT.has(type)) answers.push(`${oid} ${ABSENT.get(type)}`);
    else if (type === 4) {
      const length = payload.getUint32(at);
      const bytes = new Uint8Array(payload.buffer, payload.byteOffset + at + 4, length);
      answers.push(`${oid} string ${new TextDecoder().decode(bytes)}`);
      at += 4 + Math.ceil(length / 4) * 4;
    } else if (type === 70) {
      answers.push(`${oid} counter64 ${payload.getBigUint64(at)}`);
      at += 8;
    } else {
      answers.push(`${oid} ${type === 2 ? "integer" : "gauge"} ${payload.getUint32(at)}`);
      at += 4;
    }
  }
  return answers;
}
