/**
 * Shows what drbdd does, on a machine without DRBD: real daemons, one for each node of a simulated cluster, and a
 * story of about a minute.
 */
import { parseArgs } from "node:util";
import { Model } from "../tests/simulation/model/model.ts";
import { ModelServer } from "../tests/support/model_server.ts";
import { RealDaemons } from "./demo/daemons.ts";
import { paintFor } from "./demo/paint.ts";
import { picture } from "./demo/picture.ts";
import { RANDOM_STORY_MS, randomStory } from "./demo/random_story.ts";
import { sentence } from "./demo/said.ts";
import { LineScreen, type Screen, TerminalScreen } from "./demo/screen.ts";
import { type Act, CLUSTER, NODES, Stage } from "./demo/stage.ts";
import { STORY, STORY_MS } from "./demo/story.ts";

const USAGE = `Usage: deno task demo [options]

Runs drbdd on each node of a simulated three-node DRBD cluster and shows what happens.

  --speed X   as many times as fast (1)
  --seed S    random faults instead of the story; the same seed, the same faults
  --help      this text

Ctrl-C ends it. On a terminal it needs about 90 columns and 30 rows; colours are off if NO_COLOR is set.
`;

/** Whose drbdd is listened to: it lives through the whole story. */
const WITNESS = "gamma";
const FRAME_MS = 100;
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const CONFIG = new URL("../example/demo.toml", import.meta.url).pathname;

interface Options {
  readonly speed: number;
  readonly seed: number | undefined;
}

/** @throws {TypeError} If an option is unknown or makes no sense. Undefined: only help is wanted. */
function optionsFrom(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: { speed: { type: "string", default: "1" }, seed: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help === true) return undefined;
  const speed = Number(values.speed);
  if (!(speed >= 0.1 && speed <= 100)) {
    throw new TypeError(`Cannot use --speed: found "${values.speed}", expected a number from 0.1 to 100`);
  }
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new TypeError(`Cannot use --seed: found "${values.seed}", expected a whole number`);
  }
  return { speed, seed };
}

function say(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(text));
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Plays the acts when their time has come, until the story is over or somebody wants to stop. */
async function play(
  stage: Stage,
  acts: readonly Act[],
  lengthMs: number,
  screen: Screen,
  draw: () => void,
  stop: AbortSignal,
): Promise<void> {
  let next = 0;
  while (stage.model.nowMs < lengthMs && !stop.aborted) {
    for (; (acts[next]?.atMs ?? Infinity) <= stage.model.nowMs; next++) {
      const act = acts[next] as Act;
      if (act.say !== "") screen.narrate(act.say);
      act.do?.(stage);
    }
    draw();
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
  draw();
}

async function show({ speed, seed }: Options): Promise<number> {
  const isTerminal = Deno.stdout.isTerminal();
  const paint = paintFor(isTerminal, Deno.env.get("NO_COLOR"));
  const screen = isTerminal ? new TerminalScreen(paint) : new LineScreen();
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  for (const signal of ENDING) Deno.addSignalListener(signal, interrupt);
  const directory = await Deno.makeTempDir({ prefix: "drbdd-demo-" });
  let failure: string | undefined;
  try {
    const model = new Model(CLUSTER, seed ?? 1);
    await using server = await ModelServer.start(model, directory);
    const daemons = new RealDaemons((node) => server.programsOf(node), CONFIG, {
      onLine: (node, line) => {
        const heard = node === WITNESS ? sentence(line, NODES) : undefined;
        if (heard !== undefined) screen.hear(`${clock(model.nowMs)} ${heard}`);
      },
      onEnd: (node, how, lastLines) => {
        failure ??= `drbdd on ${node} ended with ${how}:\n${lastLines.join("\n")}\n`;
        stop.abort();
      },
    });
    const power = {
      start: (node: string) => daemons.start(node),
      kill: (node: string) => {
        server.cutOff(node);
        daemons.kill(node);
      },
    };
    const narrate = (text: string) => screen.narrate(text);
    const stage = new Stage(model, power, narrate);
    const lengthMs = seed === undefined ? STORY_MS : RANDOM_STORY_MS;
    const draw = () =>
      screen.draw({
        title: `drbdd demo: real daemons, simulated cluster   ${clock(model.nowMs)} of ${
          clock(lengthMs)
        }   Ctrl-C ends it`,
        picture: picture(model, paint),
        said: `drbdd on ${WITNESS} says:`,
      }, model.nowMs);
    server.keepTime(speed);
    try {
      await play(
        stage,
        seed === undefined ? STORY : randomStory(seed, narrate),
        lengthMs,
        screen,
        draw,
        stop.signal,
      );
    } finally {
      server.stopTime();
      await daemons.stopAll();
    }
  } finally {
    screen.end();
    await Deno.remove(directory, { recursive: true });
    for (const signal of ENDING) Deno.removeSignalListener(signal, interrupt);
  }
  if (failure === undefined) return 0;
  say(Deno.stderr, failure);
  return 1;
}

async function main(): Promise<number> {
  let options: Options | undefined;
  try {
    options = optionsFrom(Deno.args);
  } catch (error) {
    say(Deno.stderr, `${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options !== undefined) return await show(options);
  say(Deno.stdout, USAGE);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
