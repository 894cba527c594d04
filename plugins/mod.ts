/** The plugins, in the order in which they are started. */
import type { Plugin } from "../src/runtime/plugin.ts";
import { apiPlugin } from "./api/mod.ts";
import { debuggerPlugin } from "./debugger/mod.ts";

export const PLUGINS: readonly Plugin<unknown>[] = [
  debuggerPlugin as Plugin<unknown>,
  apiPlugin as Plugin<unknown>,
];
