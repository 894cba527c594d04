/** How fast drbdd.service is restarted: what its ExecStartPre= does, run by a shell with a sleep that only notes. */
import assert from "node:assert/strict";
import { AppWorld } from "./support/trials/app_world.ts";

const UNIT = new URL("../example/drbdd.service", import.meta.url);

/** The script of ExecStartPre=, as the shell gets it from systemd. */
async function startScript(): Promise<string> {
  const unit = (await Deno.readTextFile(UNIT)).replaceAll("\\\n", " ");
  const [, script] = /^ExecStartPre=-\/bin\/sh -c '(.*)'$/m.exec(unit) ?? [];
  assert.ok(script !== undefined && !script.includes("%"));
  return script.replaceAll("$$", "$");
}

class Trial implements AsyncDisposable {
  private constructor(readonly folder: string, readonly script: string) {}

  static async begin(): Promise<Trial> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/bin/sleep`, `#!/bin/sh\necho "$*" >> ${folder}/slept\n`, {
      mode: 0o755,
    });
    return new Trial(folder, await startScript());
  }

  /** Runs the script. Returns how long it waited, in seconds. */
  async start(): Promise<number> {
    await Deno.writeTextFile(`${this.folder}/slept`, "");
    // Nothing after the pace: the control group of the test is not the script's.
    const [pace = ""] = this.script.split("while IFS=");
    const { code } = await new Deno.Command("/bin/sh", {
      args: ["-c", pace],
      clearEnv: true,
      env: { RUNTIME_DIRECTORY: this.folder, PATH: `${this.folder}/bin:/usr/bin:/bin` },
    }).output();
    assert.equal(code, 0);
    const slept = await Deno.readTextFile(`${this.folder}/slept`);
    return slept.split("\n").slice(0, -1).reduce((sum, seconds) => sum + Number(seconds), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("drbdd.service: five starts are not held up, those after them within a minute wait 5 s", async () => {
  await using trial = await Trial.begin();
  const waits: number[] = [];
  for (let start = 1; start <= 8; start++) waits.push(await trial.start());
  assert.deepEqual(waits, [0, 0, 0, 0, 0, 5, 5, 5]);
});

Deno.test("drbdd.service: a start that is the sixth within more than a minute does not wait", async () => {
  await using trial = await Trial.begin();
  const [uptime = ""] = (await Deno.readTextFile("/proc/uptime")).split(".");
  const nowS = Number(uptime);
  const put = (agesS: readonly number[]) =>
    Deno.writeTextFile(`${trial.folder}/starts`, `${agesS.map((ageS) => nowS - ageS).join(" ")}\n`);
  await put([70, 40, 30, 20, 10]);
  assert.equal(await trial.start(), 0);
  // The oldest is forgotten.
  assert.equal(await trial.start(), 5);
  await put([50, 40, 30, 20, 10]);
  assert.equal(await trial.start(), 5);
});

Deno.test("drbdd.service: a daemon that ends in an orderly way has its starts forgotten", async () => {
  for (const [config, code] of [["", 0], ["[[", 2]] as const) {
    const world = new AppWorld([]);
    world.effects.variables.set("RUNTIME_DIRECTORY", "/run/drbdd");
    world.effects.processes.install("drbdsetup", (role) => {
      role.onEndOfInput = () => role.exit(0);
    });
    await world.effects.files.makeDirectory("/run/drbdd");
    world.effects.files.put("/run/drbdd/starts", "1 2 3 4 5\n");
    assert.equal(await world.run(config), code);
    assert.equal(await world.effects.files.stat("/run/drbdd/starts"), undefined);
  }
});
