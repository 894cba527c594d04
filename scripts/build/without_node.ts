/**
 * Keeps the compatibility with Node out of what is loaded before the bundled program runs: with the first import of a
 * `node:` module Deno loads dozens of scripts, 30 of the 175 ms until "drbdd --version" with Deno 2.9.
 */

/** What Deno's bundler writes for `require` in packages made for Node, needed or not. */
const REQUIRE =
  /^import \{ createRequire(?: as \w+)? \} from "node:module";\nvar __require = \w+\(import\.meta\.url\);$/m;
/** Packages call it by names of Node's own modules only; all else is in the bundle. */
const LATE_REQUIRE = "var __require = (name) => globalThis.process.getBuiltinModule(name);";

/** LogTape's way to show values in Node, which the bundler takes instead of the one for Deno. */
const LOGTAPE_INSPECT =
  /(\/@logtape\/logtape\/[\d.]+\/dist\/util\.node\.js\n(?:(?!^\/\/ ).*\n)*?)import util from "node:util";$/m;

/** The changed text of a file of the bundle. */
export function withoutNode(text: string): string {
  return text.replace(REQUIRE, LATE_REQUIRE).replace(LOGTAPE_INSPECT, "$1const util = Deno;");
}
