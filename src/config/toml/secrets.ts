/** Hides secrets of a configuration before it is shown. */
import { isTable } from "./table.ts";

/** Replaces a secret. */
const HIDDEN = "***";

/** Keys whose values are secret: `incoming_password`, `API_TOKEN`. Names of files are not (`token-file`). */
const SECRET_NAME = /(pass(word|wd|phrase)?|secret|token)$/i;

/** `name=value` within a text, as in a start list: the value with its quotes, closed or not. */
const ASSIGNMENT =
  /([A-Za-z0-9_]*(?:pass(?:word|wd|phrase)?|secret|token))=((?:'[^']*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|\\.|[^\s'"\\])+)/gi;

/** The text with its secrets replaced. Empty values are kept: it can matter that they are empty. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(
    ASSIGNMENT,
    (all, name: string, value: string) => value === "''" || value === '""' ? all : `${name}=${HIDDEN}`,
  );
}

/** A value with the secrets anywhere in it replaced. */
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
