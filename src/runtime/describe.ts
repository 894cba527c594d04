/**
 * What went wrong, in one line: the message of an error and of all its causes, outermost first. Anything else as
 * people would write it.
 */
export function describe(value: unknown): string {
  if (value instanceof Error) {
    const message = messageOf(value);
    return value.cause === undefined ? message : `${message}: ${describe(value.cause)}`;
  }
  if (typeof value === "object" && value !== null) {
    return JSON.stringify(value, (_key, each) => typeof each === "bigint" ? String(each) : each) ??
      String(value);
  }
  return String(value);
}

/** In words for administrators: without the number of the error and the name of the call, without what Deno advises. */
function messageOf({ name, message }: Error): string {
  if (name === "NotCapable") return "drbdd's sandbox does not allow it";
  return message === "" ? name : message.replace(/ \(os error \d+\).*$/s, "");
}
