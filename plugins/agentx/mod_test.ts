/** The plugin in a daemon, with a master agent in memory. */
import assert from "node:assert/strict";
import { Master, message } from "../../tests/support/simulated/agentx_master.ts";
import { DUMP_END, dumpOf, line } from "../../tests/support/core/events2_text.ts";
import { FedDaemon } from "../../tests/support/trials/fed_daemon.ts";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { SimulatedNetwork } from "../../tests/support/simulated/simulated_network.ts";
import type { AgentxConfig } from "./config.ts";
import { agentxPlugin } from "./mod.ts";

const CONFIG: AgentxConfig = {
  address: { transport: "tcp", hostname: "localhost", port: 705 },
  cacheMaxS: 60,
  agentTimeoutS: 60,
  peerStates: true,
};
const ROOT = "1.3.6.1.4.1.23302.1";
const at = (column: number, minor = 1000) => `${ROOT}.2.1.${column}.${minor}`;

/** A daemon with the plugin, whose master agent is there from the beginning, or comes when it is made. */
class Trial implements AsyncDisposable {
  readonly network = new SimulatedNetwork();
  #master: Master | undefined;
  #fed: FedDaemon | undefined;

  async start(config: Partial<AgentxConfig> = {}): Promise<this> {
    this.#fed = await FedDaemon.start(agentxPlugin, { ...CONFIG, ...config }, { network: this.network });
    await this.#fed.print(...dumpOf("web"), DUMP_END);
    await settle();
    return this;
  }

  /** With a master agent, and a session with it. */
  async withMaster(config: Partial<AgentxConfig> = {}): Promise<this> {
    this.makeMaster();
    return await this.start(config);
  }

  makeMaster(): Master {
    return this.#master = new Master(this.network, "localhost:705");
  }

  get master(): Master {
    assert.ok(this.#master);
    return this.#master;
  }

  get fed(): FedDaemon {
    assert.ok(this.#fed);
    return this.#fed;
  }

  async advance(durationMs: number): Promise<void> {
    await this.fed.effects.clock.advance(durationMs);
    await settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fed?.[Symbol.asyncDispose]();
    assert.deepEqual(this.#master?.ends.filter(({ isOpen }) => isOpen) ?? [], []);
  }
}

Deno.test("agentx opens a session, registers the subtree, and closes in an orderly way", async () => {
  const trial = await new Trial().withMaster();
  const { master } = trial;
  const [open, register] = master.messages;
  assert.equal(master.count("open"), 1);
  assert.equal(open?.payload.getUint8(0), 60);
  assert.equal(register?.session, 7);
  // Timeout, priority, then the subtree: its identifier without the prefix 1.3.6.1.4.
  assert.equal(register?.payload.getUint8(0), 60);
  const parts = Array.from({ length: 3 }, (_, place) => register?.payload.getUint32(8 + place * 4));
  assert.deepEqual([register?.payload.getUint8(5), ...parts], [4, 1, 23302, 1]);
  await trial[Symbol.asyncDispose]();
  assert.equal(master.count("close"), 1);
});

Deno.test("agentx answers what is asked for, by its type", async () => {
  await using trial = await new Trial().withMaster();
  const { master, fed } = trial;
  await fed.print(line("change", "device", { read: "9007199254740993", size: "4398046511104" }));
  assert.deepEqual(
    await master.get(at(1), at(2), at(3), at(4), at(7), at(16), at(23), at(24), at(34), at(36)),
    [
      `${at(1)} integer 1000`,
      `${at(2)} string web`,
      `${at(3)} string Secondary`,
      `${at(4)} integer 2`,
      `${at(7)} integer 1`,
      `${at(16)} counter64 9007199254740993`,
      `${at(23)} string no`,
      `${at(24)} integer 1`,
      `${at(34)} integer 1`,
      `${at(36)} integer 1`,
    ],
  );
  // 4 PiB: the least units in which it has 32 bits are GiB.
  assert.deepEqual(await master.get(at(14), at(15)), [
    `${at(14)} gauge 4194304`,
    `${at(15)} gauge ${2 ** 30}`,
  ]);
});

Deno.test("agentx answers the versions with and without the .0 that SNMP wants", async () => {
  await using trial = await new Trial().withMaster();
  const versions = [`${ROOT}.1.1`, `${ROOT}.1.1.0`, `${ROOT}.1.2`, `${ROOT}.1.2.0`];
  assert.deepEqual(await trial.master.get(...versions), [
    `${ROOT}.1.1 string 9.2.14`,
    `${ROOT}.1.1.0 string 9.2.14`,
    `${ROOT}.1.2 string 9.34.0`,
    `${ROOT}.1.2.0 string 9.34.0`,
  ]);
});

Deno.test("agentx answers noSuchObject for unknown columns, noSuchInstance for missing values", async () => {
  await using trial = await new Trial().withMaster();
  await trial.fed.print(line("change", "device", { "al-writes": "18446744073709551615" }));
  const asked = [at(50), at(1, 1001), at(18), `${at(1)}.0`, `${ROOT}.2.1.1`, `${ROOT}.3`];
  const answers = await trial.master.get(...asked);
  assert.deepEqual(answers.map((text) => text.split(" ")[1]), [
    "noSuchObject",
    "noSuchInstance",
    "noSuchInstance",
    ...Array(3).fill("noSuchObject"),
  ]);
});

Deno.test("agentx leaves out what is about peers if that is configured", async () => {
  await using trial = await new Trial().withMaster({ peerStates: false });
  const [own, peers] = await trial.master.get(at(23), at(24));
  assert.deepEqual([own, peers], [`${at(23)} string no`, `${at(24)} noSuchObject`]);
  assert.match((await trial.master.getNext(at(23)))[0] ?? "", /endOfMibView$/);
});

Deno.test("agentx walks all instances in order, and stops at the end it is given", async () => {
  await using trial = await new Trial().withMaster();
  const { master } = trial;
  const seen: string[] = [];
  let oid = ROOT;
  for (;;) {
    const [answer = ""] = await master.getNext(oid);
    if (answer.endsWith("endOfMibView")) break;
    oid = answer.split(" ")[0] ?? "";
    seen.push(oid);
  }
  const columns = Array.from({ length: 49 }, (_, place) => at(place + 1));
  assert.deepEqual(seen, [`${ROOT}.1.1`, `${ROOT}.1.1.0`, `${ROOT}.1.2`, `${ROOT}.1.2.0`, ...columns]);
  assert.match((await master.getNext(at(1), at(2)))[0] ?? "", /endOfMibView$/);
  assert.match((await master.getNext(at(1), `${at(2)}.1`))[0] ?? "", /string web$/);
  assert.match(
    (await master.getNext("1.3"))[0] ?? "",
    new RegExp(`^${ROOT.replaceAll(".", "\\.")}\\.1\\.1 `),
  );
});

Deno.test("agentx answers GetBulk: some once, the others again and again, in turn", async () => {
  await using trial = await new Trial().withMaster();
  assert.deepEqual(await trial.master.getBulk(1, 2, `${ROOT}.1`, at(2), at(48)), [
    `${ROOT}.1.1 string 9.2.14`,
    `${at(3)} string Secondary`,
    `${at(49)} integer 0`,
    `${at(4)} integer 2`,
    `${at(49)} endOfMibView`,
  ]);
  // More than fits into an answer is not given at once; nor is nothing for ever.
  assert.equal((await trial.master.getBulk(0, 60_000, at(1), at(1))).length, 98);
});

Deno.test("agentx refuses to set anything", async () => {
  await using trial = await new Trial().withMaster();
  assert.deepEqual(await trial.master.ask(8, []), ["17"]);
  assert.deepEqual(await trial.master.ask(9, []), ["14"]);
});

Deno.test("agentx takes requests that are cut, and several at once", async () => {
  await using trial = await new Trial().withMaster();
  const { master } = trial;
  const bytes = [1, 2].flatMap((packet) => [...message(5, 7, packet, [])]);
  for (const byte of bytes) master.end.send(Uint8Array.of(byte));
  await settle();
  assert.deepEqual(master.messages.slice(-2).map(({ type, packet }) => [type, packet]), [[18, 1], [18, 2]]);
});

Deno.test("agentx shows values as old as cache-max, and newer ones then", async () => {
  await using trial = await new Trial().withMaster({ cacheMaxS: 60 });
  const role = async () => (await trial.master.get(at(3)))[0]?.split(" ").at(-1);
  assert.equal(await role(), "Secondary");
  await trial.fed.print(line("change", "resource", { role: "Primary" }));
  await trial.advance(59_000);
  assert.equal(await role(), "Secondary");
  await trial.advance(1_000);
  assert.equal(await role(), "Primary");
});

Deno.test("agentx answers a walk from one snapshot, also if that takes longer than cache-max", async () => {
  await using trial = await new Trial().withMaster({ cacheMaxS: 0 });
  const { master, fed } = trial;
  await master.getNext(at(1));
  await fed.print(line("change", "resource", { role: "Primary" }));
  await trial.advance(14_000);
  assert.match((await master.getNext(at(2)))[0] ?? "", /Secondary$/);
  assert.match((await master.get(at(3)))[0] ?? "", /Primary$/);
  // A manager that got no answer asks once more.
  assert.match((await master.getNext(at(2)))[0] ?? "", /Secondary$/);
  await trial.advance(15_000);
  assert.match((await master.getNext(at(2)))[0] ?? "", /Primary$/);
});

Deno.test("agentx tries again when there is no master agent, later each time, up to every 30 s", async () => {
  await using trial = await new Trial().start();
  await trial.advance(10_000);
  const master = trial.makeMaster();
  await trial.advance(30_000);
  assert.equal(master.count("register"), 1);
});

Deno.test("agentx connects again when the master agent goes, soon when it was there", async () => {
  await using trial = await new Trial().withMaster();
  const { master } = trial;
  for (const [session, go] of [() => master.end.close(), () => master.end.break()].entries()) {
    go();
    await trial.advance(999);
    assert.equal(master.count("register"), session + 1);
    await trial.advance(1);
    assert.equal(master.count("register"), session + 2);
  }
  assert.match((await master.get(at(2)))[0] ?? "", /string web$/);
});

Deno.test("agentx leaves a master agent that does not answer, and one that has forgotten the session", async () => {
  await using trial = await new Trial().withMaster();
  const { master } = trial;
  await trial.advance(90_000);
  assert.equal(master.count("ping"), 3);
  assert.equal(master.ends.length, 1);
  master.refuse.set(13, 257);
  await trial.advance(31_000);
  assert.equal(master.ends.length, 2);
  master.refuse.clear();
  master.ignore.add(13);
  await trial.advance(61_000);
  assert.equal(master.ends.length, 3);
});

for (const [type, name] of [[1, "the first message"], [3, "the registration"]] as const) {
  Deno.test(`agentx ends at once while a master agent does not answer ${name}`, async () => {
    const trial = new Trial();
    trial.makeMaster().ignore.add(type);
    await trial.start();
    assert.deepEqual(trial.master.ends.map(({ isOpen }) => isOpen), [true]);
    await trial[Symbol.asyncDispose]();
    assert.deepEqual(trial.fed.log.from("error"), []);
  });
}

Deno.test("agentx leaves a master agent that has given the subtree to somebody else", async () => {
  await using trial = new Trial();
  trial.makeMaster().refuse.set(3, 263);
  await trial.start();
  assert.deepEqual(trial.master.ends.map(({ isOpen }) => isOpen), [false]);
  trial.master.refuse.clear();
  await trial.advance(1_000);
  assert.equal(trial.master.count("register"), 2);
});

for (
  const { name, bytes } of [
    { name: "is no AgentX", bytes: new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n") },
    { name: "is of another byte order", bytes: message(13, 7, 1, []).with(2, 0) },
    { name: "is much too long", bytes: message(13, 7, 1, []).with(16, 1) },
    { name: "is cut in its middle for ever", bytes: message(5, 7, 1, [200, 0, 0, 0]) },
  ]
) {
  Deno.test(`agentx starts over when what comes ${name}`, async () => {
    await using trial = await new Trial().withMaster();
    trial.master.end.send(bytes);
    await trial.advance(1_000);
    assert.equal(trial.master.count("register"), 2);
  });
}

Deno.test("agentx starts over when it cannot answer, and nothing else is harmed", async () => {
  await using trial = await new Trial().withMaster();
  const { master, fed } = trial;
  const { clock } = fed.effects;
  const now = clock.nowMs.bind(clock);
  clock.nowMs = () => {
    clock.nowMs = now;
    throw new Error("no time");
  };
  master.end.send(message(5, 7, 1, []));
  await settle();
  assert.equal(master.end.isOpen, false);
  await trial.advance(1_000);
  assert.match((await master.get(at(2)))[0] ?? "", /string web$/);
  assert.equal(fed.daemon.status(), "1 resource, 0 Primary here");
});
