/**
 * Keeps the compatibility with Node out of the start of the bundled program: the first import of a `node:` module makes
 * Deno load dozens of scripts, a fifth of the time until the daemon reads its configuration.
 */

/** What Deno's bundler writes for `require` in packages made for Node, needed or not. */
const REQUIRE =
  /^import \{ createRequire(?: as \w+)? \} from "node:module";\nvar __require = \w+\(import\.meta\.url\);$/m;
/** Packages call it by names of Node's own modules only; all else is in the bundle. */
const LATE_REQUIRE = "var __require = (name) => globalThis.process.getBuiltinModule(name);";

/** LogTape's way to show values in Node, which the bundler takes in place of the one for Deno. */
const LOGTAPE_INSPECT =
  /(\/@logtape\/logtape\/[\d.]+\/dist\/util\.node\.js\n(?:(?!^\/\/ ).*\n)*?)import util from "node:util";$/m;

/** A file of the bundle, `text`, as it is to be. */
export function withoutNode(text: string): string {
  return text.replace(REQUIRE, LATE_REQUIRE).replace(LOGTAPE_INSPECT, "$1const util = Deno;");
}
