/**
 * Writes a stream of `drbdsetup events2 --full` lines for measuring: a first dump, then changes, then one line of a
 * resource called SENTINEL, by which a reader knows that it has read everything.
 *
 * The same options give the same stream. The lines are to the letter what drbdsetup prints, but what changes is drawn
 * at random: no cluster behaves like that. See `tests/simulation` for one that does.
 */
import { parseArgs } from "node:util";
import { Random } from "../../tests/simulation/model/random.ts";
import { streamLines, type StreamOptions } from "./stream_lines.ts";

const USAGE = `Usage: generate_stream.ts [options]

Writes a stream of drbdsetup events2 lines.

  --resources N       resources (10)
  --peers N           peers of each resource (2)
  --volumes N         volumes of each resource (1)
  --changes N         changes after the first dump (1000)
  --seed N            another seed, another stream (1)
  --state-fraction F  how many of the changes are more than counters, 0 to 1 (0.3)
  --no-sentinel       without the last line
  -o, --output FILE   instead of standard output
  --help              this text
`;

const BLOCK_CHARACTERS = 1024 * 1024;

/** @throws {TypeError} If an option is unknown, or a value is no number that makes sense. */
function optionsFrom(args: string[]): StreamOptions & { output: string | undefined; help: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      "resources": { type: "string", default: "10" },
      "peers": { type: "string", default: "2" },
      "volumes": { type: "string", default: "1" },
      "changes": { type: "string", default: "1000" },
      "seed": { type: "string", default: "1" },
      "state-fraction": { type: "string", default: "0.3" },
      "no-sentinel": { type: "boolean", default: false },
      "output": { type: "string", short: "o" },
      "help": { type: "boolean", default: false },
    },
  });
  const number = (
    name: "resources" | "peers" | "volumes" | "changes" | "seed" | "state-fraction",
    least: number,
  ) => {
    const value = Number(values[name]);
    if (!(value >= least)) {
      throw new TypeError(
        `Cannot use --${name}: found "${values[name]}", expected a number of at least ${least}`,
      );
    }
    return value;
  };
  return {
    resources: number("resources", 1),
    peers: number("peers", 1),
    volumes: number("volumes", 1),
    changes: number("changes", 0),
    seed: number("seed", 0),
    stateFraction: number("state-fraction", 0),
    sentinel: !values["no-sentinel"],
    output: values.output,
    help: values.help,
  };
}

function main(): number {
  let options: ReturnType<typeof optionsFrom>;
  try {
    options = optionsFrom(Deno.args);
  } catch (error) {
    Deno.stderr.writeSync(new TextEncoder().encode(`${(error as Error).message}\n\n${USAGE}`));
    return 2;
  }
  if (options.help) {
    Deno.stdout.writeSync(new TextEncoder().encode(USAGE));
    return 0;
  }
  const file = options.output === undefined
    ? Deno.stdout
    : Deno.openSync(options.output, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let block = "";
  const flush = () => {
    const bytes = encoder.encode(block);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    block = "";
  };
  let count = 0;
  for (const line of streamLines(options, new Random(options.seed))) {
    block += line + "\n";
    count++;
    if (block.length > BLOCK_CHARACTERS) flush();
  }
  flush();
  if (options.output !== undefined) {
    file.close();
    Deno.stderr.writeSync(encoder.encode(`${options.output}: ${count} lines\n`));
  }
  return 0;
}

if (import.meta.main) Deno.exit(main());
