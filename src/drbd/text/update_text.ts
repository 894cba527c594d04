/** Updates as text: one line for people, or one JSON object for programs. */
import type { Unplaced } from "../model/update.ts";
import { type Fields, fieldsOf, type FieldValue } from "./update_fields.ts";

/** One line in DRBD's words, for example `web device 0: disk-state UpToDate -> Failed`. */
export function describeUpdate(update: Unplaced): string {
  const { identity, old, new: now } = fieldsOf(update);
  if (update.kind === "helper") return `${update.name} ${update.type} helper ${words(identity)}`;
  if (update.type === "rename") return `${update.name} renamed to ${update.newName}`;
  const object = update.kind === "resource"
    ? update.name
    : `${update.name} ${update.kind} ${words(identity)}`;
  if (now === undefined) return `${object}: destroyed`;
  return `${object}: ${old === undefined ? `${update.type}, ${words(now)}` : changes(old, now)}`;
}

/** One JSON object without line breaks: kind, type, name, identity, old and new fields. */
export function updateToJson(update: Unplaced): string {
  const { identity, old, new: now } = fieldsOf(update);
  return JSON.stringify({
    kind: update.kind,
    type: update.type,
    name: update.name,
    ...identity,
    old,
    new: now,
  });
}

function words(fields: Fields): string {
  return Object.entries(fields).map(([key, value]) => `${key} ${text(key, value)}`).join(", ");
}

function changes(old: Fields, now: Fields): string {
  return Object.entries(now)
    .map(([key, value]): [string, string, string] => [key, text(key, old[key] ?? null), text(key, value)])
    .filter(([, before, after]) => before !== after)
    .map(([key, before, after]) => `${key} ${before} -> ${after}`)
    .join(", ");
}

function text(key: string, value: FieldValue): string {
  // Without a backing device drbdsetup prints "none"; for anything else null means unknown.
  if (value === null) return key === "backing-dev" ? "none" : "unknown";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "object") return value.length === 0 ? "no" : value.join(",");
  return value === "" ? '""' : String(value);
}
