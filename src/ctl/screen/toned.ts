/** Text in which DRBD's words have their tones. */
import { type Span, span, type Tone } from "./line.ts";
import type { Symbols } from "./symbols.ts";

const TONES: Readonly<Record<string, Tone>> = {
  Primary: "strong",
  UpToDate: "good",
  Connected: "good",
  Established: "good",
  SyncSource: "busy",
  SyncTarget: "busy",
  VerifyS: "busy",
  VerifyT: "busy",
  WFBitMapS: "busy",
  WFBitMapT: "busy",
  Negotiating: "busy",
  Attaching: "busy",
  Inconsistent: "warning",
  Outdated: "warning",
  Consistent: "warning",
  DUnknown: "warning",
  Diskless: "warning",
  Detaching: "warning",
  PausedSyncS: "warning",
  PausedSyncT: "warning",
  Connecting: "warning",
  Unconnected: "warning",
  Disconnecting: "warning",
  TearDown: "warning",
  StandAlone: "warning",
  Ahead: "warning",
  Behind: "warning",
  Failed: "bad",
  Timeout: "bad",
  BrokenPipe: "bad",
  NetworkFailure: "bad",
  ProtocolError: "bad",
};
const BY_WORD: ReadonlyMap<string, Tone> = new Map(Object.entries(TONES));

export function toned(text: string, { arrow }: Symbols): Span[] {
  return text.replaceAll(" -> ", ` ${arrow} `).split(/\b/).map((part) => span(part, BY_WORD.get(part)));
}
