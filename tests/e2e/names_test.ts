/** One program under two names. */
import assert from "node:assert/strict";
import { daemonCommand } from "../support/processes/daemon_process.ts";

async function said(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** A link to the program in a folder of its own; from source, to Deno itself. */
async function called(name: string, args: readonly string[]): Promise<string> {
  const { program, args: all } = daemonCommand(args);
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  try {
    await Deno.symlink(program, `${folder}/${name}`);
    return await said(`${folder}/${name}`, all);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const name of ["drbdd", "drbdd-0.1", "drbddctl-not"]) {
  Deno.test(`called as ${name} it is the daemon`, async () => {
    assert.match(await called(name, ["--help"]), /^Usage: drbdd /);
  });
}

Deno.test("called as drbddctl, and as drbdd ctl, it is the control program", async () => {
  const asCommand = await called("drbdd", ["ctl", "--help"]);
  assert.match(asCommand, /drbddctl COMMAND/);
  // What is run from source has no name of its own.
  if (!Deno.env.has("DRBDD_PROGRAM")) return;
  assert.equal(await called("drbddctl", ["--help"]), asCommand);
  assert.match(await called("drbd-reactorctl", ["--help"]), /^Usage: drbd-reactorctl .*COMMAND/m);
});
