/**
 * How fast a daemon starts many resources, and reads a changed table of one. `deno task bench:many --help`.
 *
 * The programs it runs are stand-ins that do next to nothing, so this is the daemon's own work, and that of the kernel to
 * start so many processes.
 */
import { parseArgs } from "node:util";
import { type Layout, makeNode } from "./parts/many_node.ts";
import { type Many, manyOf } from "./parts/many.ts";

const USAGE = `Usage: deno task bench:many [--program PATH] [--resources N,N...] [--runs N]

Prints, from the start of the process, when the first and the last of many resources are started and when the daemon is
ready, how long a reload takes that changes one of them, and the daemon's processor time until all are started; for tables
in one file and in as many snippets. Medians. Needs a mount namespace: root, or a kernel that lets users have them.

  --program PATH       the compiled drbdd (default: dist/drbdd)
  --resources N,N...   numbers of resources (default 200,1000)
  --runs N             starts for each line (default 3)
`;

const { values } = parseArgs({
  options: {
    program: { type: "string", default: "dist/drbdd" },
    resources: { type: "string", default: "200,1000" },
    runs: { type: "string", default: "3" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) print(USAGE.trimEnd());
else await main();

async function main(): Promise<void> {
  const program = [await Deno.realPath(values.program)];
  const [load] = (await Deno.readTextFile("/proc/loadavg")).split(" ");
  print(`${values.program}, ${values.runs} runs each, load ${load}`);
  print(["resources", "layout", "first start", "last start", "ready", "reload of one", "CPU"].join(" | "));
  for (const count of values.resources.split(",").map(Number)) {
    for (const layout of ["one file", "snippets"] satisfies Layout[]) {
      const results: Many[] = [];
      for (let run = 0; run < Number(values.runs); run++) results.push(await once(count, layout, program));
      const figures = (["firstStartMs", "lastStartMs", "readyMs", "reloadMs", "cpuMs"] as const).map((key) =>
        `${Math.round(median(results.map((each) => each[key])))} ms`
      );
      print([`${count}`, layout, ...figures].join(" | "));
    }
  }
}

async function once(count: number, layout: Layout, program: readonly string[]): Promise<Many> {
  const node = await makeNode(count, layout);
  try {
    return await manyOf(node, program);
  } finally {
    await Deno.remove(node.folder, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
