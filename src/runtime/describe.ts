/**
 * What went wrong, in one line: the message of an error and of all its causes, outermost first. Anything else as
 * people would write it.
 */
export function describe(value: unknown): string {
  if (value instanceof Error) {
    const message = value.message === "" ? value.name : value.message;
    return value.cause === undefined ? message : `${message}: ${describe(value.cause)}`;
  }
  if (typeof value === "object" && value !== null) {
    return JSON.stringify(value, (_key, each) => typeof each === "bigint" ? String(each) : each) ??
      String(value);
  }
  return String(value);
}
