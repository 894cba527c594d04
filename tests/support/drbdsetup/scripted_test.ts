import assert from "node:assert/strict";
import { type Script, Scripted } from "./scripted.ts";

interface Row {
  readonly name: string;
  readonly script: Script;
  readonly stdin?: string;
  readonly want: {
    readonly code?: number;
    readonly signal?: string;
    readonly stdout?: string;
    readonly stderr?: string;
  };
}

const ROWS: readonly Row[] = [
  { name: "prints lines", script: [[{ print: ["a", "b"] }]], want: { stdout: "a\nb\n" } },
  { name: "prints bytes that are no text", script: [[{ bytes: [65, 0, 10] }]], want: { stdout: "A\0\n" } },
  {
    name: "says something and fails",
    script: [[{ error: "no luck\n" }, { exit: 10 }]],
    want: { code: 10, stderr: "no luck\n" },
  },
  {
    name: "kills itself",
    script: [[{ print: ["a"] }, { kill: "SIGKILL" }]],
    want: { signal: "SIGKILL", stdout: "a\n" },
  },
  {
    name: "waits for requests",
    script: [[{ wait: "request" }, { print: ["asked"] }, { wait: "end of input" }]],
    stdin: "n\n",
    want: { stdout: "asked\n" },
  },
  {
    name: "ends with its input instead of a request",
    script: [[{ wait: "request" }, { exit: 3 }]],
    want: { code: 0 },
  },
];

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function run(directory: string, stdin = ""): Promise<Deno.CommandOutput> {
  const command = new Deno.Command(`${directory}/drbdsetup`, {
    args: ["events2"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
  await writer.close().catch(() => {});
  return await child.output();
}

for (const { name, script, stdin, want } of ROWS) {
  Deno.test({
    name: `a scripted drbdsetup ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: () =>
      inDirectory(async (directory) => {
        await Scripted.write(directory, script);
        const { code, signal, stdout, stderr } = await run(directory, stdin);
        const decoder = new TextDecoder();
        assert.equal(decoder.decode(stdout), want.stdout ?? "");
        assert.equal(decoder.decode(stderr), want.stderr ?? "");
        if (want.signal === undefined) assert.equal(code, want.code ?? 0);
        else assert.equal(signal, want.signal);
      }),
  });
}

Deno.test({
  name: "a scripted drbdsetup does something else at each start, and its starts are noted",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: () =>
    inDirectory(async (directory) => {
      const scripted = await Scripted.write(directory, [[{ exit: 1 }], [{ exit: 2 }]]);
      const codes: number[] = [];
      for (let start = 0; start < 3; start++) codes.push((await run(directory)).code);
      assert.deepEqual(codes, [1, 2, 2]);
      assert.deepEqual((await scripted.starts()).map(({ args }) => args), ["events2", "events2", "events2"]);
    }),
});

Deno.test({
  name: "a scripted drbdsetup can ignore SIGTERM",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: () =>
    inDirectory(async (directory) => {
      await Scripted.write(directory, [[{ ignore: "SIGTERM" }, { print: ["ready"] }, { wait: "nothing" }]]);
      const child = new Deno.Command(`${directory}/drbdsetup`, { stdin: "null", stdout: "piped" }).spawn();
      const reader = child.stdout.getReader();
      await reader.read();
      child.kill("SIGTERM");
      child.kill("SIGKILL");
      assert.equal((await child.status).signal, "SIGKILL");
      await reader.cancel();
    }),
});
