/**
 * What drbdd uses of the package net-snmp: the messages of AgentX (RFC 2741) and their encoding.
 *
 * Its `Subagent` is not used. It takes each block of bytes from the socket for one message, so of two messages in one
 * block it loses the second, and one in two blocks is misread; it answers GetBulk wrongly; it registers with a fixed
 * timeout; and it sorts all rows of a table for each step of a walk.
 */
import { Buffer } from "node:buffer";
import snmp from "net-snmp";

/** Types of messages. Source: RFC 2741, section 6.1. */
export const PduType = {
  open: 1,
  close: 2,
  register: 3,
  get: 5,
  getNext: 6,
  getBulk: 7,
  testSet: 8,
  commitSet: 9,
  undoSet: 10,
  cleanupSet: 11,
  ping: 13,
  response: 18,
} as const;

/** Types of values, and of their absence. Source: RFC 2741, section 5.4. */
export const VarType = {
  integer: 2,
  octetString: 4,
  gauge: 66,
  counter64: 70,
  noSuchObject: 128,
  noSuchInstance: 129,
  endOfMibView: 130,
} as const;

/** Errors in responses. Source: RFC 2741, section 6.2.16, and RFC 1905. */
export const ErrorCode = {
  genErr: 5,
  commitFailed: 14,
  notWritable: 17,
  unsupportedContext: 262,
  parseError: 266,
} as const;

const ERROR_NAMES: ReadonlyMap<number, string> = new Map([
  [256, "openFailed"],
  [257, "notOpen"],
  [262, "unsupportedContext"],
  [263, "duplicateRegistration"],
  [264, "unknownRegistration"],
  [266, "parseError"],
  [267, "requestDenied"],
  [268, "processingError"],
]);

export function errorName(code: number): string {
  return ERROR_NAMES.get(code) ?? `error ${code}`;
}

export interface VarBind {
  readonly type: number;
  readonly oid: string;
  readonly value: number | bigint | string | null;
}

export interface SearchRange {
  readonly start: string;
  /** Null: there is no end. */
  readonly end: string | null;
}

/** A message, as far as one can be sent or received. What it has besides depends on its type. */
export interface Pdu {
  readonly pduType: number;
  readonly sessionID: number;
  readonly transactionID: number;
  readonly packetID: number;
  readonly error?: number;
  readonly searchRangeList?: readonly SearchRange[];
  readonly nonRepeaters?: number;
  readonly maxRepetitions?: number;
}

/** What a message to be sent is made of. */
export interface PduContent {
  readonly pduType: number;
  readonly sessionID?: number;
  readonly transactionID?: number;
  readonly packetID: number;
  readonly oid?: string;
  readonly descr?: string;
  readonly timeout?: number;
  readonly error?: number;
  readonly index?: number;
  readonly varbinds?: readonly VarBind[];
}

/** The parts of the package that are used; it has no types of its own for them. */
interface Package {
  readonly AgentXPdu: {
    createFromVariables(content: PduContent): { toBuffer(): Uint8Array };
    createFromBuffer(buffer: Buffer): Pdu;
  };
}

const { AgentXPdu }: Package = snmp;

export function encode(content: PduContent): Uint8Array {
  return AgentXPdu.createFromVariables(content).toBuffer();
}

/** Reads one whole message. @throws If it has no form that is known. */
export function decode(bytes: Uint8Array): Pdu {
  return AgentXPdu.createFromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
