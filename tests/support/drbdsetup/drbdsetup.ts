/**
 * A stand-in for drbdsetup, drbdadm and other programs of a node that asks a model server. Started by the scripts that
 * `programs.ts` writes:
 *
 *     drbdsetup.ts SOCKET NODE PROGRAM ARGUMENTS...
 */
import { type Frame, LineCutter, type Started } from "./frames.ts";

const [socket = "", node = "", program = "", ...args] = Deno.args;
/** Exit code of drbdsetup when there is no DRBD to talk to. */
const NO_DRBD = 20;

function print(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

/** Passes standard input on; its end too. */
async function passInput(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  for (;;) {
    const count = await Deno.stdin.read(buffer);
    if (count === null) break;
    await writeAll(connection, buffer.subarray(0, count));
  }
  await connection.closeWrite();
}

function obey(frame: Frame): void {
  if ("out" in frame) print(Deno.stdout, frame.out);
  else if ("err" in frame) print(Deno.stderr, frame.err);
  else Deno.exit(frame.exit);
}

let connection: Deno.Conn;
try {
  connection = await Deno.connect({ transport: "unix", path: socket });
} catch {
  print(Deno.stderr, "Could not connect to 'drbd' generic netlink family\n");
  Deno.exit(NO_DRBD);
}
const started: Started = { node, program, args };
await writeAll(connection, new TextEncoder().encode(`${JSON.stringify(started)}\n`));
// Without an end of the input the program would wait for it; commands do not read any.
if (args.includes("--poll")) passInput(connection).catch(() => {});
const cutter = new LineCutter();
const buffer = new Uint8Array(65_536);
for (;;) {
  const count = await connection.read(buffer).catch(() => null);
  if (count === null) break;
  for (const line of cutter.take(buffer.subarray(0, count))) obey(JSON.parse(line) as Frame);
}
// The node has lost power: nothing more is said, and nobody is there to read the exit code.
Deno.exit(NO_DRBD);
