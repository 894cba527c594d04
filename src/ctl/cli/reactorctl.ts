/** drbddctl called as drbd-reactorctl, for LINSTOR's satellites, scripts and people that use that name. */

export const REACTORCTL = "drbd-reactorctl";
/** Used if the main file of drbdd does not exist. */
export const REACTOR_CONFIG = "/etc/drbd-reactor.toml";

/** Options whose value is the next word. */
const RESOURCE = /^(-r|--resource)$/;
/** Options with `=VALUE`. */
const RESOURCE_WITH_VALUE = /^(-r.|--resource=)/;

/**
 * Converts arguments to drbddctl's syntax: `--resource` of drbd-reactorctl takes all words up to the next option, so `-r a
 * b` becomes `-r a -r b`.
 */
export function fromReactorctl(args: readonly string[]): string[] {
  const words: string[] = [];
  let isList = false;
  let hasValue = false;
  for (const [place, arg] of args.entries()) {
    if (arg === "--") return [...words, ...args.slice(place)];
    if (arg.startsWith("-")) {
      hasValue = RESOURCE_WITH_VALUE.test(arg);
      isList = hasValue || RESOURCE.test(arg);
    } else if (isList) {
      if (hasValue) words.push("--resource");
      hasValue = true;
    }
    words.push(arg);
  }
  return words;
}
