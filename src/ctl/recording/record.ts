/** Records the output of our own drbdsetup. */
import type { Clock, Effects, Timer } from "../../effects/effects.ts";
import { runLimited } from "../../effects/limited_run.ts";
import { ANSWER_LIMIT_MS } from "../cli/in_time.ts";
import { Events2Source, type SourceListener } from "../../daemon/source/events2_source.ts";
import type { GrowingFile } from "../../effects/growing_file.ts";
import { VERSION } from "../../version.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import type { Output } from "../screen/output.ts";
import { quietLogger } from "../cli/quiet_logger.ts";
import { headingText, RecordingWriter } from "./write.ts";

export interface RecordArguments {
  /** `-` for standard output. */
  readonly file: string;
  /** Overwrite an existing file. */
  readonly force: boolean;
  /** How long; Infinity: until Ctrl-C. */
  readonly seconds: number;
  /** How often to read counters, in seconds. */
  readonly interval: number;
}

const TELL_EVERY_MS = 1_000;

/** Records until Ctrl-C or the end of the time. Returns the exit code. @throws {CtlError} If it cannot start or write. */
export async function record(
  { file: path, force, seconds, interval }: RecordArguments,
  ctl: Ctl,
): Promise<number> {
  const { effects, err, terminal } = ctl;
  const name = path === "-" ? "standard output" : path;
  const file = path === "-" ? standardOutput(ctl.out) : await makeFile(ctl, path, force);
  using interrupts = terminal.interrupts();
  const over = new AbortController();
  let failure: CtlError | undefined;
  const fail = (error: CtlError) => {
    failure ??= error;
    over.abort();
  };
  const keep = (text: string) => void file.write(text).catch((cause) => fail(unwritable(name, cause)));
  const writer = new RecordingWriter(() => effects.clock.wallMs(), keep);
  let timer: Timer | undefined;
  const signal = AbortSignal.any([interrupts.signal, over.signal, ctl.out.closed]);
  const progress = new Progress(effects.clock, err, writer);
  try {
    keep(await heading(effects));
    err.line(`Recording to ${name}${seconds === Infinity ? "; press Ctrl-C to stop" : `, for ${seconds} s`}`);
    if (seconds !== Infinity) timer = effects.clock.setTimer(seconds * 1_000, () => over.abort());
    const source = new Events2Source(effects, { ...quietLogger, warn: complaints(err) }, interval * 1_000);
    await source.run(signal, guarded(writer, err, fail));
  } finally {
    timer?.cancel();
    progress.end();
    await file.close().catch((cause) => fail(unwritable(name, cause)));
  }
  if (failure !== undefined) throw failure;
  err.line(
    `${writer.lines} lines in ${name}${path === "-" ? "" : `; to view them: drbddctl replay ${path}`}`,
  );
  return EXIT.ok;
}

function unwritable(name: string, cause: unknown): CtlError {
  return new CtlError(`Cannot write ${name}`, {
    remedy: "the recording up to here can be replayed",
    cause,
  });
}

/** Gives up if the first drbdsetup fails without output; one that ends later is restarted. */
function guarded(writer: RecordingWriter, err: Output, fail: (error: CtlError) => void): SourceListener {
  return {
    started: () => writer.started(),
    chunk: (bytes) => writer.chunk(bytes),
    ended: (reason, restartInMs) => {
      writer.ended(reason);
      if (writer.lines === 0) {
        fail(
          new CtlError(`Nothing to record: drbdsetup events2: ${reason}`, {
            remedy: "drbdadm status",
          }),
        );
      } else {
        err.line(`drbdsetup events2 ended: ${reason}; restarting it in ${restartInMs / 1000} s`);
      }
    },
  };
}

function complaints(err: Output) {
  return (message: string, fields: Record<string, unknown> = {}) =>
    err.line(message.replace(/\{(\w+)\}/g, (_, name) => String(fields[name])));
}

async function makeFile(ctl: Ctl, path: string, force: boolean): Promise<GrowingFile> {
  if (!force && await ctl.effects.files.stat(path) !== undefined) {
    throw new CtlError(`"${path}" exists already`, {
      remedy: "use another name, or --force to overwrite it",
    });
  }
  return await ctl.makeFile(path, force);
}

function standardOutput(out: Output): GrowingFile {
  return {
    write: async (text) => {
      out.write(text);
      await out.flush();
    },
    close: () => out.flush(),
  };
}

/** Facts about the node that replays would otherwise have to assume; unknown ones are omitted. */
async function heading(effects: Effects): Promise<string> {
  const run = async (argv: readonly string[]) => {
    try {
      const result = await runLimited(effects, argv, {
        limitMs: ANSWER_LIMIT_MS,
        maxOutputBytes: 64 * 1024 * 1024,
      });
      return result.code === 0 ? result.stdout : "";
    } catch {
      return "";
    }
  };
  const [shown, versions] = await Promise.all([
    run(["drbdsetup", "show", "--json", "--show-defaults"]),
    run(["drbdadm", "--version"]),
  ]);
  const known = versions.split("\n").filter((line) => /^DRBD(ADM|_KERNEL)_VERSION=/.test(line));
  return headingText({
    node: effects.nodeName(),
    facts: [`drbdd: ${VERSION}`, ...known.map((line) => line.replace("=", ": "))],
    shown: resourcesIn(shown),
  });
}

/** Recordings are shared: secrets are removed. */
function resourcesIn(json: string): string[] {
  const open = (key: string, value: unknown) => /secret|password/i.test(key) ? undefined : value;
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map((each) => JSON.stringify(each, open)) : [];
  } catch {
    return [];
  }
}

/** Shows progress on a terminal. */
class Progress {
  #timer: Timer | undefined;

  constructor(readonly clock: Clock, readonly err: Output, readonly writer: RecordingWriter) {
    if (err.isTerminal) this.#reportLater();
  }

  end(): void {
    this.#timer?.cancel();
    if (this.err.isTerminal) this.err.write("\r\x1b[K");
  }

  #reportLater(): void {
    this.#timer = this.clock.setTimer(TELL_EVERY_MS, () => {
      this.err.write(`\r\x1b[K${this.writer.lines} lines`);
      this.#reportLater();
    });
  }
}
