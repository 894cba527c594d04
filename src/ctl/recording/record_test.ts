import assert from "node:assert/strict";
import { DUMP_END, dumpOf } from "../../../tests/support/core/events2_text.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { TypedTerminal } from "../../../tests/support/simulated/typed_terminal.ts";
import type { Ctl } from "../cli/ctl.ts";
import { Output } from "../screen/output.ts";
import { Style } from "../screen/style.ts";
import { record, type RecordArguments } from "./record.ts";

const SHOWN = JSON.stringify([{
  resource: "web",
  options: { quorum: "majority" },
  connections: [{ net: { "_name": "beta", "shared-secret": "hush", "cram-hmac-alg": "sha1" } }],
}]);

class Trial {
  readonly effects = new SimulatedEffects();
  readonly terminal = new TypedTerminal();
  text = "";
  failure: Error | undefined;
  isClosed = false;
  said = "";

  constructor() {
    this.effects.processes.install("drbdsetup", (role) => {
      if (role.argv[1] === "show") {
        role.print(SHOWN);
        return role.exit(0);
      }
      role.onEndOfInput = () => role.exit(0);
      role.print([...dumpOf("web"), DUMP_END, ""].join("\n"));
    });
    this.effects.processes.install("drbdadm", (role) => {
      role.print("DRBDADM_API_VERSION=2\nDRBD_KERNEL_VERSION=9.2.18\nDRBDADM_VERSION=9.34.0\n");
      role.exit(0);
    });
  }

  record(options: Partial<RecordArguments> = {}): Promise<number> {
    const sink = {
      isTerminal: false,
      write: (text: string) => {
        this.said += text;
        return Promise.resolve(true);
      },
    };
    const output = new Output(sink, new Style({ isColoured: false, isUnicode: false }));
    const ctl = {
      effects: this.effects,
      terminal: this.terminal,
      out: output,
      err: output,
      makeFile: () =>
        Promise.resolve({
          write: (text: string) => {
            if (this.failure !== undefined) return Promise.reject(this.failure);
            this.text += text;
            return Promise.resolve();
          },
          close: () => {
            this.isClosed = true;
            return Promise.resolve();
          },
        }),
    } as Partial<Ctl> as Ctl;
    return record({ file: "/rec", force: false, seconds: Infinity, interval: 60, ...options }, ctl);
  }
}

Deno.test("a recording begins with what is known of the node, without its secrets", async () => {
  const trial = new Trial();
  const recording = trial.record();
  await settle();
  trial.terminal.interrupt();
  await trial.effects.clock.advance(5_000);
  assert.equal(await recording, 0);
  assert.match(trial.text, /^# node: alpha$/m);
  assert.match(trial.text, /^# DRBD_KERNEL_VERSION: 9\.2\.18$/m);
  assert.match(trial.text, /^# show: \{"resource":"web".*"cram-hmac-alg":"sha1"/m);
  assert.doesNotMatch(trial.text, /hush/);
  assert.match(trial.text, / exists -\n$/);
  assert.ok(trial.isClosed);
  assert.match(trial.said, /^6 lines in \/rec; to view them: drbddctl replay \/rec$/m);
});

Deno.test("it ends after so long, and asks for counters meanwhile", async () => {
  const trial = new Trial();
  const recording = trial.record({ seconds: 300, interval: 100 });
  await settle();
  const asked: string[] = [];
  const [events2] = trial.effects.processes.alive;
  if (events2 !== undefined) events2.role.onInput = (text) => asked.push(text);
  await trial.effects.clock.advance(310_000);
  assert.equal(await recording, 0);
  assert.ok(asked.length >= 2, asked.join());
});

Deno.test("a disk that is full ends it, with the reason, and the file is closed", async () => {
  const trial = new Trial();
  const recording = assert.rejects(trial.record(), {
    message: "Cannot write /rec",
    cause: new Error("No space left on device"),
    remedy: "the recording up to here can be replayed",
  });
  trial.failure = new Error("No space left on device");
  await trial.effects.clock.advance(5_000);
  await recording;
  assert.ok(trial.isClosed);
  assert.deepEqual(trial.effects.processes.alive, []);
});

Deno.test("a drbdsetup that ends is reported, and started again", async () => {
  const trial = new Trial();
  const recording = trial.record();
  await settle();
  trial.effects.processes.alive[0]?.role.die("SIGKILL");
  await trial.effects.clock.advance(300);
  trial.terminal.interrupt();
  await trial.effects.clock.advance(5_000);
  await recording;
  assert.match(trial.text, / # drbdsetup ended: it was killed by SIGKILL\n.* # drbdsetup started\n/);
  assert.match(
    trial.said,
    /^drbdsetup events2 ended: it was killed by SIGKILL; restarting it in 0\.2 s$/m,
  );
});
