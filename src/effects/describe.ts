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
  if (name === "NotCapable") return refusedBySandbox(message);
  return message === "" ? name : message.replace(/ \(os error \d+\).*$/s, "");
}

/** Deno says `Requires write access to "/run/x", run again with the --allow-write flag`: nobody can do that here. */
function refusedBySandbox(message: string): string {
  const [, access, what] = /Requires (\w+) access(?: to ("[^"]*"))?/.exec(message) ?? [];
  const refused = [access, what].filter((word) => word !== undefined).join(" ");
  return refused === ""
    ? "drbdd's sandbox does not allow it"
    : `drbdd's sandbox does not allow it: ${refused}`;
}
