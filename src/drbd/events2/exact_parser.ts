/** The five known line formats, and which of them a line can have. */
import type { StateObject } from "./event.ts";
import {
  CONNECTION_LINE,
  DEVICE_LINE,
  type LinePatterns,
  PATH_LINE,
  PEER_DEVICE_LINE,
  RESOURCE_LINE,
} from "./patterns.ts";

export interface LineFormat extends LinePatterns {
  readonly object: StateObject;
  /** Where the identity begins in a line. */
  readonly identityAt: number;
  /** How many blanks there are from there to the state, including the one before it. */
  readonly blanks: number;
}

/** Where the object begins: the three verbs of these lines all have six letters. */
export const OBJECT_AT = "change ".length;

function lineFormat(object: StateObject, patterns: LinePatterns, blanks: number): LineFormat {
  return { object, ...patterns, identityAt: OBJECT_AT + `${object} name:`.length, blanks };
}

const RESOURCE = lineFormat("resource", RESOURCE_LINE, 1);
const DEVICE = lineFormat("device", DEVICE_LINE, 2);
const CONNECTION = lineFormat("connection", CONNECTION_LINE, 2);
const PEER_DEVICE = lineFormat("peer-device", PEER_DEVICE_LINE, 4);
const PATH = lineFormat("path", PATH_LINE, 5);

export const LINE_FORMATS: Readonly<Record<StateObject, LineFormat>> = {
  "resource": RESOURCE,
  "device": DEVICE,
  "connection": CONNECTION,
  "peer-device": PEER_DEVICE,
  "path": PATH,
};

const [A, C, D, R] = [..."acdr"].map((letter) => letter.charCodeAt(0));

/** The format that the line at `at` can have, by the first letters of its object. */
export function formatAt(block: string, at: number): LineFormat {
  switch (block.charCodeAt(at + OBJECT_AT)) {
    case D:
      return DEVICE;
    case R:
      return RESOURCE;
    case C:
      return CONNECTION;
    default:
      return block.charCodeAt(at + OBJECT_AT + 1) === A ? PATH : PEER_DEVICE;
  }
}
