/** Plays a file to an output. */
import * as v from "valibot";
import type { PromoterConfig, ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { resourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { RESOURCE_TABLE } from "../../../plugins/promoter/config/resource_table.ts";
import type { SplitBrainProtection } from "../../../plugins/promoter/decide/state.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { load } from "../cli/load.ts";
import { readRecording } from "../recording/read.ts";
import type { Recording } from "../recording/recording.ts";
import { momentOf } from "../screen/moment.ts";
import { paintFor, symbolsOf } from "../screen/print.ts";
import { assumptionsOf, extentOf, recordedProtection, resourcesIn } from "./assumptions.ts";
import { replay } from "./replay.ts";
import { OutputWriter } from "./output_lines.ts";

export interface PlayArguments {
  readonly file: string;
  /** Show only these; all if empty. */
  readonly resources: readonly string[];
  readonly node: string | undefined;
  readonly protection: SplitBrainProtection;
  /** Times real speed; undefined: no delay. */
  readonly speed: number | undefined;
  readonly decisions: boolean;
  readonly json: boolean;
}

/** How much to write before waiting for the output. */
const FLUSH_LINES = 500;

/** Returns the exit code. @throws {CtlError} If the file cannot be used. */
export async function playFile(options: PlayArguments, ctl: Ctl): Promise<number> {
  const { effects, out, err } = ctl;
  using interrupts = ctl.terminal.interrupts();
  const signal = AbortSignal.any([interrupts.signal, out.closed]);
  const recording = await readFile(ctl, options.file);
  const extent = extentOf(recording);
  if (extent === undefined || extent.lines === 0) {
    throw new CtlError(`"${options.file}" has no lines of drbdsetup events2`, {
      remedy: "to make a recording: drbddctl record",
    });
  }
  const { resources, source } = await promotersFor(ctl, recording);
  const node = options.node ?? recording.node ?? effects.nodeName();
  if (!options.json) {
    const from = `from ${momentOf(extent.beginMs)} to ${momentOf(extent.endMs)}`;
    err.line(`${options.file}: ${extent.lines} lines in ${extent.groups} groups, ${from}`);
    err.line(`Evaluated as node ${node}, with ${source}. Assumptions:`);
    for (const text of assumptionsOf(recording, resources, options.protection)) err.line(`- ${text}`);
    await err.flush();
  }
  const writer = new OutputWriter(
    { resources: options.resources, onlyDecisions: options.decisions },
    symbolsOf(out),
  );
  const paint = paintFor(out);
  const pace = paceOf(ctl, extent.beginMs, options.speed, signal);
  let unflushed = 0;
  await replay(recording, {
    node,
    resources,
    protectionOf: (name) => recordedProtection(recording, name) ?? options.protection,
    pace: async (atMs) => {
      if (options.speed !== undefined || unflushed > FLUSH_LINES) {
        await out.flush();
        unflushed = 0;
      }
      await pace(atMs);
    },
  }, (output) => {
    if (signal.aborted) return;
    const text = options.json ? writer.json(output) : painted(writer, output, paint);
    if (text === undefined) return;
    out.line(text);
    unflushed++;
  }, signal);
  await out.flush();
  return interrupts.signal.aborted ? EXIT.interrupted : EXIT.ok;
}

function painted(
  writer: OutputWriter,
  output: Parameters<OutputWriter["line"]>[0],
  paint: ReturnType<typeof paintFor>,
): string | undefined {
  const line = writer.line(output);
  return line && paint(line);
}

async function readFile({ effects }: Ctl, path: string): Promise<Recording> {
  try {
    const text = await effects.files.readText(path);
    const beside = path.replace(/\.events2(\.txt)?$/, ".times$1");
    const hasTimes = beside !== path && await effects.files.stat(beside) !== undefined;
    const recording = readRecording({
      text,
      times: hasTimes ? await effects.files.readText(beside) : undefined,
    });
    // With a file of times, the node's name is that of the file.
    const [, name] = /([^/]+)\.events2(\.txt)?$/.exec(path) ?? [];
    return hasTimes ? { ...recording, node: name?.replace(/\..*$/, "") } : recording;
  } catch (error) {
    throw new CtlError(`Cannot play "${path}"`, {
      remedy: "name a file written by drbddctl record or drbdsetup events2",
      cause: error,
    });
  }
}

/** The promoters of the configuration, or one with defaults for each resource. */
async function promotersFor(
  ctl: Ctl,
  recording: Recording,
): Promise<{ resources: readonly ResourceConfig[]; source: string }> {
  const { config } = await load(ctl);
  const names = resourcesIn(recording);
  const configured = (config?.plugins ?? []).flatMap(({ plugin, config }) =>
    plugin === "promoter" ? (config as PromoterConfig).resources : []
  );
  const resources = configured.filter(({ name }) => names.includes(name));
  if (resources.length > 0) {
    return { resources, source: `the promoters of ${await ctl.mainFile()} for ${namesOf(resources)}` };
  }
  const defaults = v.parse(RESOURCE_TABLE, {});
  return {
    resources: names.map((name) => resourceConfig(name, defaults)),
    source: config === undefined
      ? `a promoter with defaults for every resource, because "${await ctl.mainFile()}" cannot be used`
      : `a promoter with defaults for every resource, because "${await ctl.mainFile()}" has none of them`,
  };
}

function namesOf(resources: readonly ResourceConfig[]): string {
  return resources.map(({ name }) => name).join(", ");
}

/** Waits in proportion to the recorded times. */
function paceOf(
  { effects: { clock } }: Ctl,
  beginMs: number,
  speed: number | undefined,
  signal: AbortSignal,
): (atMs: number) => Promise<void> {
  if (speed === undefined) return () => Promise.resolve();
  const startedMs = clock.nowMs();
  return async (atMs) => {
    const dueMs = startedMs + (atMs - beginMs) / speed;
    if (dueMs > clock.nowMs()) await clock.sleep(dueMs - clock.nowMs(), signal);
  };
}
