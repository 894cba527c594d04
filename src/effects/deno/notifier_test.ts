import assert from "node:assert/strict";
import { notifierFromEnvironment } from "./notifier.ts";

/** Variables of the environment, by name. That of the process belongs to all tests that run at the same time. */
type Environment = (name: string) => string | undefined;

/** Runs `test` with a socket in the place of systemd's, and the variables that name it. */
async function withSocket(
  test: (receive: () => Promise<string>, folder: string, environment: Environment) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const socket = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/systemd` });
  const variables = new Map([["NOTIFY_SOCKET", `${folder}/systemd`], ["RUNTIME_DIRECTORY", `${folder}/run`]]);
  const receive = async () => new TextDecoder().decode((await socket.receive())[0]);
  try {
    await test(receive, folder, (name) => variables.get(name));
  } finally {
    socket.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("notifierFromEnvironment() sends to the socket that systemd names", async () => {
  await withSocket(async (receive, _folder, environment) => {
    const notifier = await notifierFromEnvironment((problem) => assert.fail(problem), environment);
    await notifier.send("READY=1\nSTATUS=fine");
    assert.equal(await receive(), "READY=1\nSTATUS=fine");
    await notifier.close();
  });
});

Deno.test("notifierFromEnvironment() sends what comes at once one after the other, and all before it is closed", async () => {
  await withSocket(async (receive, _folder, environment) => {
    const notifier = await notifierFromEnvironment((problem) => assert.fail(problem), environment);
    for (const message of ["a", "b", "c"]) void notifier.send(message);
    await notifier.close();
    assert.deepEqual([await receive(), await receive(), await receive()], ["a", "b", "c"]);
  });
});

Deno.test("notifierFromEnvironment() complains once when systemd does not listen, and goes on", async () => {
  await withSocket(async (_receive, folder, environment) => {
    const problems: string[] = [];
    const notifier = await notifierFromEnvironment(
      (problem) => problems.push(problem),
      (name) => name === "NOTIFY_SOCKET" ? `${folder}/nobody` : environment(name),
    );
    await notifier.send("READY=1");
    await notifier.send("READY=1");
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /Cannot notify systemd through .*nobody: /);
    await notifier.close();
    assert.deepEqual([...Deno.readDirSync(`${folder}/run`)], []);
  });
});

Deno.test("notifierFromEnvironment() keeps no more than some messages for a systemd that takes none, and closes", async () => {
  await withSocket(async (_receive, folder, environment) => {
    const problems: string[] = [];
    const notifier = await notifierFromEnvironment((problem) => problems.push(problem), environment);
    // Far more than the queue of the socket holds.
    for (let count = 0; count < 5_000; count++) void notifier.send("WATCHDOG=1");
    await notifier.close();
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /it accepts no messages, and 100 are queued/);
    assert.deepEqual([...Deno.readDirSync(`${folder}/run`)], []);
  });
});

Deno.test("notifierFromEnvironment() is silent without systemd", async () => {
  const notifier = await notifierFromEnvironment((problem) => assert.fail(problem), () => undefined);
  await notifier.send("READY=1");
});
