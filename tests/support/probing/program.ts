/** The compiled program with threads that say what they may do. Made of the sources as they are. */
import { kept, runScript } from "../processes/build_cache.ts";

const SOURCES = [
  "deno.json",
  "deno.lock",
  "main.ts",
  "monitor.ts",
  "src",
  "plugins",
  "scripts/build",
  "scripts/compile.ts",
];

/** Absolute path of the program. */
export async function probingProgram(): Promise<string> {
  return await kept({
    name: "probing",
    sources: [...SOURCES, "tests/support/probing"],
    facts: [Deno.env.get("DENO_COMPILE") ?? "", Deno.env.get("DENORT_BIN") ?? ""],
    make: async (path) =>
      void await runScript(["scripts/compile.ts", "--threads", "tests/support/probing", "--output", path]),
  });
}
