/** Two daemons on one node: real processes, real locks. */
import assert from "node:assert/strict";
import { DaemonProcess, PLAIN_DRBDSETUP } from "../support/processes/daemon_process.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nrunner = "shell"\nstart = ["true"]\n';
const DB = WEB.replace("web", "db");

function e2e(name: string, test: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn: test });
}

/** A daemon of the node whose runtime directory is that of `beside`, or a new one. */
function start(config: string, beside?: DaemonProcess, args: readonly string[] = []): Promise<DaemonProcess> {
  return DaemonProcess.start({
    config,
    programs: { drbdsetup: PLAIN_DRBDSETUP, drbdadm: "exit 1" },
    files: { events2: "exists -\n" },
    env: beside === undefined ? {} : { RUNTIME_DIRECTORY: beside.path("runtime") },
    args,
  });
}

const RUNS = /state of all resources is known/;

e2e(
  "a second daemon for the same resource ends, and says who has it; one for another resource runs",
  async () => {
    await using first = await start(WEB);
    await first.said(RUNS);
    await using second = await start(WEB, first);
    assert.equal(await second.exitCode, 1);
    await second.said(
      new RegExp(
        `Not started: another drbdd, process ${first.pid} with the configuration .*/drbdd.toml, starts and stops ` +
          "the services of web on this node already",
      ),
    );
    await using third = await start(DB, first);
    await third.said(RUNS);
    await third.put("drbdd.toml", `${DB}[promoter.resources.web]\nrunner = "shell"\nstart = ["true"]\n`);
    third.kill("SIGHUP");
    const place = await third.said(/services of web on this node already/);
    await third.said(/not reloaded because of these errors/, place);
    assert.equal(await third.stop(), 0);
    assert.equal(await first.stop(), 0);
  },
);

e2e("a second daemon with the same configuration ends; after the first was killed, one starts", async () => {
  await using first = await start("[[debugger]]\n");
  await first.said(RUNS);
  const same = ["--config", first.path("drbdd.toml")];
  await using second = await start("", first, same);
  assert.equal(await second.exitCode, 1);
  await second.said(new RegExp(`process ${first.pid} with the configuration .*, runs on this node already`));
  first.kill("SIGKILL");
  await first.exitCode;
  await using third = await start("", first, same);
  await third.said(RUNS);
  assert.equal(await third.stop(), 0);
});
