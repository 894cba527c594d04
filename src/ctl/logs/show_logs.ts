/** `drbddctl logs` */
import { type Child, programEnvironment } from "../../effects/effects.ts";
import { eachLine } from "../../daemon/source/text_lines.ts";
import { type Ctl, CtlError, DAEMON_UNIT, EXIT } from "../cli/ctl.ts";
import { lastMessages } from "../services/journal.ts";
import { cursorOf, type LogLine, logLineOf } from "./log_line.ts";

export interface LogsRequest {
  /** All, if absent. */
  readonly resource: string | undefined;
  readonly isFollowing: boolean;
  /** How many of the last lines to show. */
  readonly lines: number;
  /** One JSON object a line. */
  readonly isJsonLines: boolean;
}

/** How many messages of drbdd are searched. */
const MESSAGES = 50_000;

/** Returns the exit code. @throws {CtlError} If the journal cannot be read. */
export async function showLogs(request: LogsRequest, ctl: Ctl): Promise<number> {
  const argv = lastMessages(MESSAGES);
  const { lines: past, cursor } = await read(argv, request, ctl);
  for (const line of past.slice(Math.max(0, past.length - request.lines))) show(line, request, ctl);
  if (past.length === 0) {
    const what = request.resource === undefined ? "" : ` about ${request.resource}`;
    ctl.err.line(`The journal has no decisions or warnings of drbdd${what}`);
  }
  if (!request.isFollowing) return EXIT.ok;
  using interrupts = ctl.terminal.interrupts();
  await follow(request, cursor, ctl, AbortSignal.any([interrupts.signal, ctl.out.closed]));
  return EXIT.ok;
}

interface Past {
  readonly lines: readonly LogLine[];
  /** The cursor of the last message: later ones are new. */
  readonly cursor: string | undefined;
}

async function read(argv: readonly string[], { resource }: LogsRequest, ctl: Ctl): Promise<Past> {
  const child = ctl.effects.processes.spawn(argv, { env: programEnvironment(ctl.effects) });
  const lines: LogLine[] = [];
  let last = "";
  const complaints: string[] = [];
  await Promise.all([
    eachLine(child.stdout, (json) => {
      last = json;
      const line = logLineOf(json, resource);
      if (line !== undefined) lines.push(line);
    }),
    eachLine(child.stderr, (line) => void complaints.push(line)),
  ]);
  await orFail(child, complaints);
  return { lines, cursor: cursorOf(last) };
}

async function orFail(child: Child, complaints: readonly string[]): Promise<void> {
  const { code, signal } = await child.status;
  if (code === 0) return;
  const why = complaints[0] ?? (signal === undefined ? `exit code ${code}` : `killed by ${signal}`);
  throw new CtlError(`Cannot read the journal: ${why}`, {
    remedy: "run drbddctl as root, or as a member of the group systemd-journal",
  });
}

/** New lines until `signal` aborts. */
async function follow(
  request: LogsRequest,
  cursor: string | undefined,
  ctl: Ctl,
  signal: AbortSignal,
): Promise<void> {
  // Without any message so far, all are new.
  const from = cursor === undefined ? "--since=now" : `--after-cursor=${cursor}`;
  const argv = [
    "journalctl",
    `--unit=${DAEMON_UNIT}`,
    from,
    "--lines=all",
    "--follow",
    "--output=json",
    "--quiet",
  ];
  const child = ctl.effects.processes.spawn(argv, { env: programEnvironment(ctl.effects) });
  const end = () => child.kill("SIGTERM");
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const complaints: string[] = [];
  await Promise.all([
    eachLine(child.stdout, (json) => {
      const line = logLineOf(json, request.resource);
      if (line !== undefined) show(line, request, ctl);
    }),
    eachLine(child.stderr, (line) => void complaints.push(line)),
  ]);
  signal.removeEventListener("abort", end);
  if (!signal.aborted) await orFail(child, complaints);
}

function show({ wallMs, level, resource, text }: LogLine, { isJsonLines }: LogsRequest, { out }: Ctl): void {
  const time = new Date(wallMs).toISOString();
  if (isJsonLines) {
    out.line(JSON.stringify({ time, level, resource: resource ?? null, text }));
    return;
  }
  const { style } = out;
  const about = resource === undefined ? "" : `${style.bold(resource)}: `;
  const words = level === "error" ? style.bad(text) : level === "warning" ? style.odd(text) : text;
  const label = level === "info" ? "" : `${level}: `;
  out.line(`${style.faint(time)} ${label}${about}${words}`);
}
