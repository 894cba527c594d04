/** The plugins, in the order in which they are started. */
import type { Plugin } from "../src/runtime/plugin.ts";
import { debuggerPlugin } from "./debugger/mod.ts";
import { umhPlugin } from "./umh/mod.ts";

export const PLUGINS: readonly Plugin<unknown>[] = [
  debuggerPlugin as Plugin<unknown>,
  umhPlugin as Plugin<unknown>,
];
