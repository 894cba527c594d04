/** Passwords of a configuration, hidden from those who read logs. */
import { isTable } from "./table.ts";

/** What stands where a secret was. */
const HIDDEN = "***";

/** Names of what nobody but root should read: `incoming_password`, `API_TOKEN`. Names of files are none (`token-file`). */
const SECRET_NAME = /(pass(word|wd|phrase)?|secret|token)$/i;

/** `name=value` within a text, as in a start list: the value with its quotes, also if they are not closed. */
const ASSIGNMENT =
  /([A-Za-z0-9_]*(?:pass(?:word|wd|phrase)?|secret|token))=((?:'[^']*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|\\.|[^\s'"\\])+)/gi;

/** The text with the values of its secrets hidden. Empty ones stay: that there is none can matter. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(
    ASSIGNMENT,
    (all, name: string, value: string) => value === "''" || value === '""' ? all : `${name}=${HIDDEN}`,
  );
}

/** A value of a configuration file with its secrets hidden, wherever in it they are. */
export function valueWithoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(valueWithoutSecrets);
  if (!isTable(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_NAME.test(key) && typeof inner === "string" && inner !== ""
        ? HIDDEN
        : valueWithoutSecrets(inner),
    ]),
  );
}
