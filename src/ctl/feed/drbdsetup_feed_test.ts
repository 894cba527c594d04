import assert from "node:assert/strict";
import { DUMP_END, dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { drbdsetupFeed } from "./drbdsetup_feed.ts";
import type { Again, Lost, Message, Wanted } from "./feed.ts";

class Trial {
  readonly effects = new SimulatedEffects();
  readonly received: (Message | Lost | Again)[] = [];
  /** Whoever takes messages does so no faster than this. */
  taking: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();

  static async start(wanted: Wanted = { resources: true, updates: true }): Promise<Trial> {
    const trial = new Trial();
    trial.effects.processes.install("drbdsetup", (role) => role.onEndOfInput = () => role.exit(0));
    const feed = drbdsetupFeed(trial.effects, 2_000);
    trial.#over = (async () => {
      for await (const message of feed.messages(wanted, trial.#stop.signal)) {
        trial.received.push(message);
        await trial.taking;
      }
    })();
    await settle();
    return trial;
  }

  get role() {
    const [only] = this.effects.processes.alive;
    assert.ok(only);
    return only.role;
  }

  async print(...lines: string[]): Promise<string[]> {
    this.role.print(lines.map((each) => `${each}\n`).join(""));
    await settle();
    return this.take();
  }

  take(): string[] {
    return this.received.splice(0).map((message) => {
      switch (message.event) {
        case "resource":
          return `resource ${message.data.name} ${message.data.role}`;
        case "update":
          return `update ${message.data.text}`;
        case "gone":
          return `gone ${message.data.name}`;
        case "lost":
          return `lost ${message.reason}`;
        default:
          return message.event;
      }
    });
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.effects.clock.advance(5_000);
    await this.#over;
    assert.deepEqual(this.effects.processes.alive, []);
    assert.equal(this.effects.clock.pendingTimers, 0);
  }
}

Deno.test("it begins with a snapshot, then has updates, in the words of the API", async () => {
  const trial = await Trial.start();
  assert.deepEqual(await trial.print(...dumpOf("web")), []);
  assert.deepEqual(await trial.print(DUMP_END), ["status", "resource web Secondary", "snapshot-end"]);
  assert.deepEqual(await trial.print(line("change", "resource", { role: "Primary" })), [
    "update web: role Secondary -> Primary",
    "resource web Primary",
  ]);
  assert.deepEqual((await trial.print(line("destroy", "resource"))).at(-1), "gone web");
  await trial.end();
});

Deno.test("a resource that changes faster than messages are taken is sent once, as it is by then", async () => {
  const trial = await Trial.start({ resources: true, updates: false });
  await trial.print(...dumpOf("web"), DUMP_END);
  const held = Promise.withResolvers<void>();
  trial.taking = held.promise;
  await trial.print(line("change", "resource", { role: "Unknown" }));
  // Whoever takes it is busy with the first of these.
  for (const role of ["Primary", "Secondary", "Primary"]) {
    await trial.print(line("change", "resource", { role }));
  }
  trial.take();
  held.resolve();
  await settle();
  assert.deepEqual(trial.take(), ["resource web Primary"]);
  await trial.end();
});

Deno.test("only what is wanted is sent", async () => {
  const trial = await Trial.start({ resources: false, updates: true, names: ["web"] });
  await trial.print(...dumpOf("web"), ...dumpOf("db"), DUMP_END);
  assert.deepEqual(
    await trial.print(
      line("change", "resource", { name: "db", role: "Primary" }),
      line("change", "resource", { role: "Primary" }),
    ),
    ["update web: role Secondary -> Primary"],
  );
  await trial.end();
});

Deno.test("counters are read, and the resource is sent again", async () => {
  const trial = await Trial.start();
  const asked: string[] = [];
  trial.role.onInput = (text) => asked.push(text);
  await trial.print(...dumpOf("web"), DUMP_END);
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(asked, ["n\n", "n\n"]);
  const counted = line("change", "device", { blocked: "no", written: 77 });
  assert.deepEqual(await trial.print(counted), ["resource web Secondary"]);
  await trial.end();
});

Deno.test("an end of drbdsetup is reported with its error output; a new one starts with a snapshot, and what changed meanwhile", async () => {
  const trial = await Trial.start();
  await trial.print(...dumpOf("web"), ...dumpOf("db"), DUMP_END);
  trial.role.complain("all: module unloaded\n");
  await settle();
  trial.role.exit(121);
  await settle();
  assert.deepEqual(trial.take(), [
    "lost drbdsetup events2: the drbd kernel module was unloaded (exit code 121): all: module unloaded",
  ]);
  await trial.effects.clock.advance(200);
  const messages = await trial.print(...dumpOf("web"), DUMP_END);
  assert.deepEqual(messages.slice(0, 3), ["status", "resource web Secondary", "snapshot-end"]);
  assert.ok(messages.includes("update db: destroyed"), messages.join("\n"));
  await trial.end();
});

Deno.test("a drbdsetup that cannot be started is reported", async () => {
  const trial = await Trial.start();
  trial.effects.processes.install("drbdsetup", undefined);
  trial.role.die("SIGKILL");
  await settle();
  trial.take();
  await trial.effects.clock.advance(200);
  assert.deepEqual(trial.take(), [
    "lost drbdsetup events2: Cannot start drbdsetup: it was not found in PATH",
  ]);
  await trial.end();
});

/** As drbdadm prints it. */
function installDrbdadm({ effects }: Trial, moduleCode: string): void {
  effects.processes.install("drbdadm", (role) => {
    role.print(`DRBD_KERNEL_VERSION_CODE=0x${moduleCode}\nDRBDADM_VERSION_CODE=0x091600\n`);
    role.exit(0);
  });
}

Deno.test("a kernel module of DRBD 8 is a problem of the node, and the health of what is read from it is unknown", async () => {
  const trial = await Trial.start();
  installDrbdadm(trial, "080411");
  trial.role.print([...dumpOf("web"), DUMP_END, ""].join("\n"));
  await settle();
  const [status, web] = trial.received;
  assert.ok(status?.event === "status" && web?.event === "resource");
  const said = ["kernel module 8.4.17 found, DRBD 9 needed"];
  assert.deepEqual(status.data.problems?.map(({ what }) => what), said);
  assert.deepEqual(web.data.health.problems.map(({ what }) => what), said);
  assert.equal(web.data.health.severity, "unknown");
  await trial.end();
});

Deno.test("of a drbdsetup that ends it is said whether the kernel module is of DRBD 8, even if drbdadm hangs then", async () => {
  for (
    const [install, want] of [
      [
        (trial: Trial) => installDrbdadm(trial, "080411"),
        /^lost kernel module 8\.4\.17 found, DRBD 9 needed \(drbdsetup /,
      ],
      [(trial: Trial) => installDrbdadm(trial, "09020e"), /^lost drbdsetup events2: .*exit code 20/],
      [
        ({ effects }: Trial) => effects.processes.install("drbdadm", () => {}),
        /^lost drbdsetup events2: .*exit code 20/,
      ],
    ] as const
  ) {
    const trial = await Trial.start();
    install(trial);
    trial.role.exit(20);
    await trial.effects.clock.advance(2_000);
    assert.match(trial.take()[0] ?? "", want);
    await trial.end();
  }
});

Deno.test("who stops listening ends drbdsetup", async () => {
  const effects = new SimulatedEffects();
  effects.processes.install("drbdsetup", (role) => {
    role.onEndOfInput = () => role.exit(0);
    role.print(`${DUMP_END}\n`);
  });
  const never = new AbortController().signal;
  for await (const _ of drbdsetupFeed(effects, 2_000).messages({ resources: true, updates: false }, never)) {
    break;
  }
  assert.deepEqual(effects.processes.alive, []);
});

Deno.test("a split brain of before is known from the kernel's log, as to the other commands", async () => {
  const trial = await Trial.start({ resources: true, updates: false });
  trial.effects.processes.install("journalctl", (role) => {
    role.print("drbd web/0 drbd1000 beta: Split-Brain detected but unresolved, dropping connection!\n");
    role.exit(0);
  });
  const standAlone = dumpOf("web").map((text) =>
    text.replace("connection:Connected", "connection:StandAlone")
  );
  trial.role.print([...standAlone, DUMP_END].map((text) => `${text}\n`).join(""));
  await settle();
  const problems = trial.received.flatMap((message) =>
    message.event === "resource" ? message.data.health.problems.map(({ id }) => id) : []
  );
  assert.equal(problems[0], "split-brain");
  await trial.end();
});
