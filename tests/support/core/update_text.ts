/**
 * Updates as one line of text each, for tests and golden streams: what happened to whom, and for a change the fields
 * that differ, as `field=OLD->NEW`. Fields have the model's names.
 */
import type { Unplaced } from "../../../src/drbd/model/update.ts";

/** Fields that say who the object is; they come first. */
const IDENTITY = ["peerNodeId", "volume", "local", "peer"];

/** The resource that comes with the update is not shown. */
export function updateText(update: Unplaced): string {
  return [update.type, update.kind, update.name, ...details(update)].join(" ");
}

function details(update: Unplaced): string[] {
  if (update.type === "rename") return [field("newName", update.newName)];
  if (update.kind === "helper") {
    const { object: _object, verb: _verb, name: _name, ...rest } = update.helper;
    return Object.entries(rest).flatMap(([key, value]) => value === undefined ? [] : [field(key, value)]);
  }
  const identity = Object.entries(update).filter(([key]) => IDENTITY.includes(key));
  return [
    ...identity.map(([key, value]) => field(key, value)),
    ...states(update.old ?? {}, update.new ?? {}),
  ];
}

/** What is there before only belongs to something that is gone, and is not shown. */
function states(before: object, after: object): string[] {
  const old = new Map(Object.entries(before));
  return Object.entries(after).filter(([key]) => !IDENTITY.includes(key)).flatMap(([key, value]) => {
    const now = text(value);
    if (old.size === 0) return [`${key}=${now}`];
    const was = text(old.get(key));
    return was === now ? [] : [`${key}=${was}->${now}`];
  });
}

function field(key: string, value: unknown): string {
  return `${key}=${text(value)}`;
}

function text(value: unknown): string {
  if (value === undefined) return "-";
  if (Array.isArray(value)) return value.length === 0 ? "no" : value.join(",");
  return value === true ? "yes" : value === false ? "no" : String(value);
}
