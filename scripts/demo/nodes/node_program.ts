/**
 * drbdd or drbddctl of one node of the demo, as a process of its own: the same as main.ts runs, but for the node's name and
 * its files in /run and /dev, which real machines have for themselves.
 *
 *     node_program.ts NODE ROOT drbdd CONFIG
 *     node_program.ts NODE ROOT drbddctl ARGUMENTS...
 *
 * drbdd ends when its standard input does: with the demo, however that ends.
 */
import { PLUGINS } from "../../../plugins/mod.ts";
import { PLUGIN_SCHEMAS } from "../../../plugins/schemas.ts";
import { App } from "../../../src/app/app.ts";
import type { OpenThreads } from "../../../src/app/monitor_part.ts";
import { denoFilesWith } from "../../../src/effects/deno/files.ts";
import { denoLocks } from "../../../src/effects/deno/locks.ts";
import { denoPermissions } from "../../../src/effects/deno/permissions.ts";
import { StderrSink } from "../../../src/logging/stderr_sink.ts";
import { openMonitorThreads } from "../../../src/monitor/deno_threads.ts";
import { filesBelow, nodeEffects } from "./node_effects.ts";

const [node = "", root = "", program = "", ...args] = Deno.args;
const known = { schemas: PLUGIN_SCHEMAS, plugins: PLUGINS };
/** A log that nobody reads must not hold up the end. */
const FLUSH_MS = 100;

async function drbdd(configPath: string): Promise<number> {
  const stderr = new StderrSink(Deno.stderr);
  const effects = nodeEffects(node, root);
  const stop = new AbortController();
  Deno.addSignalListener("SIGTERM", () => stop.abort());
  void untilInputEnds().then(() => stop.abort());
  const log = { form: "plain", write: (lines: string) => stderr.write(lines) } as const;
  const code = await new App(effects, denoPermissions(), denoLocks, configPath, known, log, openThreads).run(
    stop.signal,
  );
  await stderr.flush(effects.clock.sleep(FLUSH_MS));
  return code;
}

function openThreads(...[rightsFor]: Parameters<OpenThreads>): ReturnType<OpenThreads> {
  return Promise.resolve(
    openMonitorThreads(new URL("../../../monitor.ts", import.meta.url).href, rightsFor),
  );
}

async function untilInputEnds(): Promise<void> {
  const buffer = new Uint8Array(64);
  while (await Deno.stdin.read(buffer).catch(() => null) !== null);
}

async function drbddctl(): Promise<number> {
  const { runDrbddctl } = await import("../../../src/ctl/main.ts");
  const { denoTerminal } = await import("../../../src/effects/deno/terminal.ts");
  const { makeDenoFile: makeFile } = await import("../../../src/effects/deno/growing_file.ts");
  const effects = { ...nodeEffects(node, root), files: filesBelow(root, denoFilesWith("not permitted")) };
  return await runDrbddctl("drbddctl", args, { effects, terminal: denoTerminal(), known, makeFile });
}

Deno.exit(await (program === "drbdd" ? drbdd(args[0] ?? "") : drbddctl()));
