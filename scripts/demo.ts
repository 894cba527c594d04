/**
 * Shows what drbdd does, on a machine without DRBD and without root: three real daemons with real promoters on a simulated
 * DRBD and systemd, and a story of about a minute, or keys to fail things oneself.
 */
import { parseArgs } from "node:util";
import { ancestors } from "./demo/ancestors.ts";
import { ClusterPage } from "./demo/screen/cluster_page.ts";
import { NODES, type PageAddress } from "./demo/nodes/definition.ts";
import { paintFor } from "./demo/screen/paint.ts";
import { FIRST_KEYS, Player } from "./demo/play.ts";
import { freePorts } from "./demo/ports.ts";
import { Run } from "./demo/run.ts";
import { LineScreen, Output, Screens, TerminalScreen } from "./demo/screen/screen.ts";
import { STORY, StoryError } from "./demo/story.ts";

const USAGE = `Usage: deno task demo [options]

Runs drbdd, as real processes, on three nodes of a simulated DRBD cluster, and shows what it decides while nodes,
networks, services and disks fail. It takes about a minute.

  --play       no story: keys to fail things yourself, until you quit
  --pause S    how many seconds the cluster is shown as it is after each step (2)
  --help       this text

Ctrl-C ends it. On a terminal it needs 80 columns and 24 rows; colors are off if NO_COLOR is set. Exit code 1: something
did not come out as expected.
`;

/** Exit codes of a program that a signal ended. */
const SIGNALS = new Map<Deno.Signal, number>([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]);

/** How often it is checked whether the process that started the demo still exists. */
const STARTER_LOOK_MS = 200;

/** Why the demo ends before its time. */
class Ended {
  constructor(readonly exitCode: number) {}
}

/** What the demo needs of this machine is not there. */
class SetUpError extends Error {
  override readonly name = "SetUpError";

  constructor(where: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot set up the demo in ${where}: ${why}. Another folder can be named with TMPDIR`);
  }
}

function say(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    to.writeSync(new TextEncoder().encode(text));
  } catch {
    // Nobody is there to read it.
  }
}

interface Options {
  readonly isPlay: boolean;
  readonly pauseS: number;
}

/** @throws {TypeError} If an option is unknown or makes no sense. Undefined: only help is wanted. */
function optionsFrom(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      play: { type: "boolean", default: false },
      pause: { type: "string", default: "2" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return undefined;
  const pauseS = Number(values.pause);
  if (values.pause.trim() === "" || !(pauseS >= 0 && pauseS <= 60)) {
    throw new TypeError(
      `Cannot use --pause: found "${values.pause}", expected a number of seconds from 0 to 60`,
    );
  }
  return { isPlay: values.play, pauseS };
}

async function show({ isPlay, pauseS }: Options): Promise<number> {
  const stop = new AbortController();
  const listeners = [...SIGNALS].map(([signal, code]) =>
    [signal, () => stop.abort(new Ended(isPlay && signal === "SIGINT" ? 0 : code))] as const
  );
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  const output = new Output(() => stop.abort(new Ended(0)));
  const starters = ancestors();
  const watch = setInterval(() => {
    if (ancestors() !== starters) stop.abort(new Ended(SIGNALS.get("SIGTERM") ?? 1));
  }, STARTER_LOOK_MS);
  const paint = paintFor(Deno.stdout.isTerminal(), Deno.env.get("NO_COLOR"));
  const directory = await Deno.makeTempDir({ prefix: "drbdd-demo-" }).catch((error) => {
    throw new SetUpError(Deno.env.get("TMPDIR") ?? "/tmp", error);
  });
  const ports = freePorts(NODES.length);
  const pages = NODES.map((node, place): PageAddress => ({ node, port: ports[place] ?? 0 }));
  await using page = new ClusterPage(pages);
  const own = Deno.stdout.isTerminal() ? new TerminalScreen(output, paint) : new LineScreen(output, paint);
  const screen = new Screens([own, page]);
  try {
    const ownPages = [{ node: "cluster", port: page.port }];
    const keys = isPlay ? FIRST_KEYS : "";
    const begun = Run.begin(directory, pages, ownPages, screen, paint, keys, stop);
    await using run = await begun.catch((error) => {
      throw new SetUpError(directory, error);
    });
    if (isPlay) await play(run, stop);
    else await run.playStory(STORY, pauseS * 1000);
    if (stop.signal.aborted) throw stop.signal.reason;
    run.narrate(
      `Everything came out as expected, in ${run.seconds} s. To fail things yourself: deno task demo --play`,
    );
    return 0;
  } catch (error) {
    if (error instanceof Ended) return error.exitCode;
    if (!(error instanceof StoryError)) throw error;
    screen.end();
    say(Deno.stderr, `\nThe demo did not come out as expected. ${error.message}\n`);
    return 1;
  } finally {
    clearInterval(watch);
    screen.end();
    await Deno.remove(directory, { recursive: true });
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  }
}

/** Takes keys until the demo is to end. */
async function play(run: Run, stop: AbortController): Promise<void> {
  const isTerminal = Deno.stdin.isTerminal();
  const player = new Player({
    cluster: run.cluster,
    narrate: (text) => run.narrate(text),
    control: (node, args) => run.control(node, args),
    quit: () => stop.abort(new Ended(0)),
  });
  for (const node of NODES) run.cluster.daemons.start(node);
  run.narrate("drbdd is started on three nodes. Fail something, and see what it does");
  if (isTerminal) Deno.stdin.setRaw(true, { cbreak: true });
  try {
    void readKeys((key) => {
      player.press(key);
      run.keys = player.help;
    });
    await run.rest(Infinity);
  } finally {
    if (isTerminal) Deno.stdin.setRaw(false);
  }
}

async function readKeys(press: (key: string) => void): Promise<void> {
  const buffer = new Uint8Array(64);
  const decoder = new TextDecoder();
  for (;;) {
    const count = await Deno.stdin.read(buffer).catch(() => null);
    if (count === null) return;
    for (const key of decoder.decode(buffer.subarray(0, count), { stream: true })) press(key);
  }
}

async function main(): Promise<number> {
  let options: Options | undefined;
  try {
    options = optionsFrom(Deno.args);
  } catch (error) {
    say(Deno.stderr, `${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options === undefined) {
    say(Deno.stdout, USAGE);
    return 0;
  }
  try {
    return await show(options);
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    say(Deno.stderr, `${error.message}\n`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
