/** An error as one line: its message and those of its causes, outermost first. Anything else as text. */
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

/** The message without error number, call name and Deno's advice, which administrators cannot use. */
function messageOf({ name, message }: Error): string {
  if (name === "NotCapable") return refusedBySandbox(message);
  return message === "" ? name : message.replace(/ \(os error \d+\).*$/s, "");
}

/** Deno's text is `Requires write access to "/run/x", run again with the --allow-write flag`, which does not help here. */
function refusedBySandbox(message: string): string {
  const [, access, what] = /Requires (\w+) access(?: to ("[^"]*"))?/.exec(message) ?? [];
  const refused = [access, what].filter((word) => word !== undefined).join(" ");
  return refused === ""
    ? "drbdd's sandbox does not allow it"
    : `drbdd's sandbox does not allow it: ${refused}`;
}
