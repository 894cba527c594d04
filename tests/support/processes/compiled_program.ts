/** The compiled program: the one that DRBDD_PROGRAM names, or one that is made of the sources as they are. */
import { kept, runScript } from "./build_cache.ts";

/** Absolute path of the program. */
export async function compiledProgram(): Promise<string> {
  const given = Deno.env.get("DRBDD_PROGRAM");
  if (given) return await Deno.realPath(given);
  made ??= kept({
    name: "drbdd",
    sources: [
      "deno.json",
      "deno.lock",
      "main.ts",
      "monitor.ts",
      "src",
      "plugins",
      "scripts/build",
      "scripts/compile.ts",
    ],
    facts: [Deno.env.get("DENO_COMPILE") ?? "", Deno.env.get("DENORT_BIN") ?? ""],
    make: async (path) => void await runScript(["scripts/compile.ts", "--output", path]),
  });
  return await made;
}

let made: Promise<string> | undefined;
