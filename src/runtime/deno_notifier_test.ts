import assert from "node:assert/strict";
import { notifierFromEnvironment } from "./deno_notifier.ts";

/** Runs `test` with a socket in the place of systemd's, and the variables that name it. */
async function withSocket(
  test: (receive: () => Promise<string>, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const socket = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/systemd` });
  Deno.env.set("NOTIFY_SOCKET", `${folder}/systemd`);
  Deno.env.set("RUNTIME_DIRECTORY", `${folder}/run`);
  try {
    await test(async () => new TextDecoder().decode((await socket.receive())[0]), folder);
  } finally {
    Deno.env.delete("NOTIFY_SOCKET");
    Deno.env.delete("RUNTIME_DIRECTORY");
    socket.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("notifierFromEnvironment() sends to the socket that systemd names", async () => {
  await withSocket(async (receive) => {
    const notifier = await notifierFromEnvironment((problem) => assert.fail(problem));
    await notifier.send("READY=1\nSTATUS=fine");
    assert.equal(await receive(), "READY=1\nSTATUS=fine");
    await notifier.close();
  });
});

Deno.test("notifierFromEnvironment() sends what comes at once one after the other, and all before it is closed", async () => {
  await withSocket(async (receive) => {
    const notifier = await notifierFromEnvironment((problem) => assert.fail(problem));
    for (const message of ["a", "b", "c"]) void notifier.send(message);
    await notifier.close();
    assert.deepEqual([await receive(), await receive(), await receive()], ["a", "b", "c"]);
  });
});

Deno.test("notifierFromEnvironment() complains once when systemd does not listen, and goes on", async () => {
  await withSocket(async (_receive, folder) => {
    Deno.env.set("NOTIFY_SOCKET", `${folder}/nobody`);
    const problems: string[] = [];
    const notifier = await notifierFromEnvironment((problem) => problems.push(problem));
    await notifier.send("READY=1");
    await notifier.send("READY=1");
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /Cannot tell systemd how the daemon is, through .*nobody: /);
    await notifier.close();
    assert.deepEqual([...Deno.readDirSync(`${folder}/run`)], []);
  });
});

Deno.test("notifierFromEnvironment() is silent without systemd", async () => {
  const notifier = await notifierFromEnvironment((problem) => assert.fail(problem));
  await notifier.send("READY=1");
});
