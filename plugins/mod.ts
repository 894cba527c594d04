/** The plugins, in the order in which they are started. */
import type { Plugin } from "../src/runtime/plugin.ts";
import { apiPlugin } from "./api/mod.ts";
import { debuggerPlugin } from "./debugger/mod.ts";
import { promoter } from "./promoter/mod.ts";

/** A plugin's configuration comes from its schema, so each gets what it expects. */
export const PLUGINS: readonly Plugin<unknown>[] = [
  debuggerPlugin as Plugin<unknown>,
  promoter as Plugin<unknown>,
  apiPlugin as Plugin<unknown>,
];
