/** Parts of messages. */
import { withoutSecrets } from "./secrets.ts";

/** A value in a message: short, and as it is written in the file. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    return String(value).toLowerCase().replace("inity", "");
  }
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return value instanceof Date ? "a date" : "a table";
}

const LONGEST_QUOTE = 60;

/** A quoted string, truncated if long, without secrets. */
export function quoted(given: string): string {
  const text = withoutSecrets(given);
  return text.length > LONGEST_QUOTE
    ? `${JSON.stringify(text.slice(0, LONGEST_QUOTE))}...`
    : JSON.stringify(text);
}

/** `"a", "b" or "c"` */
export function alternatives(words: readonly string[]): string {
  const all = words.map((word) => JSON.stringify(word));
  const last = all.pop();
  return last === undefined ? "nothing" : all.length === 0 ? last : `${all.join(", ")} or ${last}`;
}
