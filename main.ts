/** drbdd and drbddctl, which are one program under two names: arguments, the real world, signals, exit code. */
import { PLUGIN_SCHEMAS } from "./plugins/schemas.ts";
import { PLUGINS } from "./plugins/mod.ts";
import { App, EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./src/app/app.ts";
import type { OpenThreads } from "./src/app/monitor_part.ts";
import type { MonitorThreads } from "./src/monitor/thread.ts";
import { readArguments, USAGE } from "./src/app/arguments.ts";
import { denoClock } from "./src/effects/deno/clock.ts";
import { denoEffects } from "./src/app/deno_effects.ts";
import { denoLocks } from "./src/effects/deno/locks.ts";
import { denoPermissions, giveBackForDaemon } from "./src/effects/deno/permissions.ts";
import { logsWritten } from "./src/logging/logging.ts";
import { notifierFromEnvironment, silentNotifier } from "./src/effects/deno/notifier.ts";
import { takeWatchersGroup } from "./src/effects/deno/watchers_group.ts";
import { StderrSink } from "./src/logging/stderr_sink.ts";
import { VERSION } from "./src/version.ts";

/** A log whose reader is stuck must not hold up the end; what is wrong with a configuration is worth waiting for. */
const FLUSH_MS = 100;
const FLUSH_WRONG_MS = 10_000;

/** drbddctl by its own name, or as `drbdd ctl`. A link of another name that ends alike is drbddctl as well. */
const CTL_NAME = "drbddctl";
const CTL_COMMAND = "ctl";
const IS_CTL = /ctl$/;

/** Why the sandbox refuses something to drbddctl. */
const CTL_PLACES =
  "the sandbox of drbddctl does not reach there, docs/security.md has the places it does reach";

/**
 * The daemon gives up what only drbddctl needs before it does anything else. drbddctl, which a person runs, keeps what the
 * program is given.
 */
async function main(): Promise<number> {
  const [first, ...rest] = Deno.args;
  const name = await calledAs();
  if (name !== undefined && IS_CTL.test(name)) return await control(name, Deno.args);
  if (first === CTL_COMMAND) return await control(CTL_NAME, rest);
  await giveBackForDaemon();
  return await daemon();
}

/**
 * The name of the link; a program that is run from its source has none. It takes Node's modules to know it, for which drbddctl
 * pays, but not the main process of the service.
 */
async function calledAs(): Promise<string | undefined> {
  if (!Deno.build.standalone || Deno.env.get("WATCHDOG_PID") === `${Deno.pid}`) return undefined;
  const { argv0 } = (await import("node:process")).default;
  return argv0.slice(argv0.lastIndexOf("/") + 1);
}

/** Loaded for itself, so that the daemon does not pay for it. */
async function control(name: string, args: readonly string[]): Promise<number> {
  const { runDrbddctl } = await import("./src/ctl/main.ts");
  const { denoTerminal } = await import("./src/effects/deno/terminal.ts");
  const { makeDenoFile: makeFile } = await import("./src/effects/deno/growing_file.ts");
  const { denoFilesWith } = await import("./src/effects/deno/files.ts");
  const effects = denoEffects(silentNotifier, denoFilesWith(CTL_PLACES));
  const known = { schemas: PLUGIN_SCHEMAS, plugins: PLUGINS };
  return await runDrbddctl(name, args, { effects, terminal: denoTerminal(), known, makeFile });
}

async function daemon(): Promise<number> {
  const request = readArguments(Deno.args);
  switch (request.kind) {
    case "help":
      await Deno.stdout.write(new TextEncoder().encode(USAGE));
      return EXIT_OK;
    case "version":
      await Deno.stdout.write(new TextEncoder().encode(`drbdd ${VERSION}\n`));
      return EXIT_OK;
    case "wrong":
      await Deno.stderr.write(new TextEncoder().encode(`drbdd: ${request.message}\n\n${USAGE}`));
      return EXIT_USAGE;
    case "run":
      return await run(request.configPath);
  }
}

async function run(configPath: string): Promise<number> {
  takeWatchersGroup(configPath);
  const stderr = new StderrSink(Deno.stderr);
  const form = Deno.env.has("JOURNAL_STREAM") ? "journal" : "plain";
  const write = (lines: string) => stderr.write(lines);
  const notifier = await notifierFromEnvironment((problem) =>
    write(`${form === "journal" ? "<4>" : ""}${problem}\n`)
  );
  const known = { schemas: PLUGIN_SCHEMAS, plugins: PLUGINS };
  const app = new App(denoEffects(notifier), denoPermissions(), denoLocks, configPath, known, {
    form,
    write,
  }, openThreads);
  let code = EXIT_FAILURE;
  try {
    code = await runUntilSignal(app);
    return code;
  } finally {
    await Promise.all([
      notifier.close(),
      Promise.race([logsWritten(), denoClock.sleep(FLUSH_MS)]),
      stderr.flush(denoClock.sleep(code === EXIT_USAGE ? FLUSH_WRONG_MS : FLUSH_MS)),
    ]);
  }
}

/** Loaded when there is something to show. */
async function openThreads(...[rightsFor]: Parameters<OpenThreads>): Promise<MonitorThreads> {
  const { openMonitorThreads } = await import("./src/monitor/deno_threads.ts");
  const name = import.meta.url.endsWith(".ts") ? "./monitor.ts" : "./monitor.js";
  return openMonitorThreads(new URL(name, import.meta.url).href, rightsFor);
}

async function runUntilSignal(app: App): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => stop.abort());
  // drbd-reactor's users send SIGUSR1. Without a listener it would end the program on some versions of Deno.
  for (const signal of ["SIGUSR1", "SIGUSR2"] as const) Deno.addSignalListener(signal, () => app.logState());
  Deno.addSignalListener("SIGHUP", () => void app.reload());
  return await app.run(stop.signal);
}

Deno.exit(await main());
