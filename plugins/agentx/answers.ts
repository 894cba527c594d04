/** Answers requests of the master agent. Nothing can be set. */
import type { Syntax, Value } from "./columns.ts";
import {
  ErrorCode,
  type Pdu,
  type PduContent,
  PduType,
  type SearchRange,
  type VarBind,
  VarType,
} from "./net_snmp.ts";
import { compareOids, formatOid, parseOid } from "./oid.ts";
import type { Absence, Instance } from "./view.ts";
import type { Views } from "./views.ts";

/** The result of a request: values, or an error of the value at `index`, counted from 1. */
type Outcome = Pick<PduContent, "varbinds" | "error" | "index">;

/** Limits the values in one response; the master agent then asks for the rest. */
const MOST_VALUES = 500;

/** The response to a request; undefined if it needs none. */
export function answer(request: Pdu, views: Views): PduContent | undefined {
  const outcome = outcomeOf(request, views);
  if (outcome === undefined) return undefined;
  const { sessionID, transactionID, packetID } = request;
  return { pduType: PduType.response, sessionID, transactionID, packetID, ...outcome };
}

function outcomeOf(request: Pdu, views: Views): Outcome | undefined {
  const { pduType, searchRangeList: ranges = [] } = request;
  switch (pduType) {
    case PduType.get: {
      const view = views.latest();
      return { varbinds: ranges.map(({ start }) => got(start, view.get(parseOid(start)))) };
    }
    case PduType.getNext:
      return { varbinds: ranges.map((range) => next(range, views)) };
    case PduType.getBulk:
      return { varbinds: bulk(request, ranges, views) };
    case PduType.testSet:
      return { error: ErrorCode.notWritable, index: 1 };
    case PduType.commitSet:
    case PduType.undoSet:
      // Never requested, because no TestSet succeeds.
      return { error: ErrorCode.commitFailed, index: 1 };
    case PduType.cleanupSet:
      return undefined;
    default:
      return { error: ErrorCode.parseError, index: 0 };
  }
}

function got(oid: string, found: Instance | Absence): VarBind {
  return typeof found === "string" ? { type: VarType[found], oid, value: null } : varBindOf(found);
}

function next({ start, end }: SearchRange, views: Views): VarBind {
  const view = views.after(start);
  const instance = view.next(parseOid(start));
  if (instance === undefined || (end !== null && compareOids(instance.oid, parseOid(end)) >= 0)) {
    return { type: VarType.endOfMibView, oid: start, value: null };
  }
  const varBind = varBindOf(instance);
  views.stepped(view, start, varBind.oid);
  return varBind;
}

/** The first ranges are stepped once; the others again and again, taking turns. Source: RFC 2741, section 7.2.3.3. */
function bulk(request: Pdu, ranges: readonly SearchRange[], views: Views): VarBind[] {
  const { nonRepeaters = 0, maxRepetitions = 0 } = request;
  const varbinds = ranges.slice(0, nonRepeaters).map((range) => next(range, views));
  let repeated = ranges.slice(nonRepeaters);
  const repetitions = Math.min(maxRepetitions, Math.ceil(MOST_VALUES / Math.max(repeated.length, 1)));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const row = repeated.map((range) => next(range, views));
    varbinds.push(...row);
    if (row.every(({ type }) => type === VarType.endOfMibView)) break;
    repeated = repeated.map(({ end }, place) => ({ start: row[place]?.oid ?? "", end }));
  }
  return varbinds;
}

function varBindOf({ oid, syntax, value }: Instance): VarBind {
  return { oid: formatOid(oid), ...encoded(syntax, value) };
}

const MOST_INTEGER = 2 ** 31 - 1;
const MOST_UNSIGNED = 2 ** 32 - 1;
/** The longest DisplayString (RFC 2579). */
const MOST_CHARACTERS = 255;

function encoded(syntax: Syntax, value: Value): Pick<VarBind, "type" | "value"> {
  switch (syntax) {
    case "Integer32":
      return { type: VarType.integer, value: Math.min(Number(value), MOST_INTEGER) };
    case "TruthValue":
      return { type: VarType.integer, value: value === true ? 1 : 2 };
    case "Unsigned32":
      return { type: VarType.gauge, value: Math.min(Number(value), MOST_UNSIGNED) };
    case "Counter64":
      return { type: VarType.counter64, value: BigInt.asUintN(64, BigInt(value)) };
    case "DisplayString":
      return { type: VarType.octetString, value: displayString(String(value)) };
  }
}

/** A DisplayString is ASCII. Resource names are, too, unless a parameter of the kernel module allows others. */
function displayString(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, "?").slice(0, MOST_CHARACTERS);
}
