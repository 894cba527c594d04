/** drbddctl called as drbd-reactorctl, by who knows no other name: LINSTOR's satellites, scripts, people. */

export const REACTORCTL = "drbd-reactorctl";
/** Read where the main file of drbdd is not there. */
export const REACTOR_CONFIG = "/etc/drbd-reactor.toml";

/** Takes its value from the next word. */
const RESOURCE = /^(-r|--resource)$/;
/** Has its value within. */
const RESOURCE_WITH_VALUE = /^(-r.|--resource=)/;

/**
 * The arguments as drbddctl reads them. drbd-reactorctl's `--resource` takes all words up to the next option: `-r a b` is
 * `-r a -r b`.
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
