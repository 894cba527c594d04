/** What plugins/umh/README.md promises: keys, variables, and each recipe as it is printed there. */
import assert from "node:assert/strict";
import type { UmhConfig } from "../plugins/umh/config.ts";
import { environmentOf } from "../plugins/umh/environment.ts";
import { RULE_TABLES } from "../plugins/umh/filters/rule_tables.ts";
import { Runner } from "../plugins/umh/runner.ts";
import { type SchemaNode, unwrapped } from "../src/config/schema/schema_node.ts";
import type { Update } from "../src/drbd/model/update.ts";
import { denoEffects } from "../src/app/deno_effects.ts";
import { silentNotifier } from "../src/effects/deno/notifier.ts";
import type { Effects, Processes } from "../src/effects/effects.ts";
import { Metrics } from "../src/daemon/status/metrics.ts";
import { DEADLINE_MS } from "./support/processes/deadline.ts";
import { loadText, pluginConfig } from "./support/trials/load_text.ts";
import { LogRecorder } from "./support/simulated/log_recorder.ts";
import { SimulatedClock } from "./support/simulated/simulated_clock.ts";
import { RecordedUpdates } from "./support/core/recorded_updates.ts";

const README = await Deno.readTextFile(new URL("../plugins/umh/README.md", import.meta.url));

const DUMP = [
  "exists resource name:web role:Primary suspended:no force-io-failures:no may_promote:no promotion_score:10101",
  "exists resource name:vm1 role:Primary suspended:no force-io-failures:no may_promote:no promotion_score:10101",
  "exists connection name:web peer-node-id:1 conn-name:bravo connection:Connected role:Secondary congested:no",
  "exists device name:web volume:0 minor:1000 backing_dev:/dev/vg/web disk:UpToDate client:no open:yes quorum:yes size:1024",
  "exists device name:vm1 volume:0 minor:1001 backing_dev:/dev/vg/vm1 disk:UpToDate client:no open:yes quorum:yes size:1024",
  "exists peer-device name:web peer-node-id:1 conn-name:bravo volume:0 replication:Established peer-disk:UpToDate peer-client:no resync-suspended:no",
  "exists path name:web peer-node-id:1 conn-name:bravo local:ipv4:10.0.0.1:7789 peer:ipv4:10.0.0.2:7789 established:yes",
  "exists -",
];
const device = (fields: string, name = "web") => `change device name:${name} volume:0 ${fields}`;
const peerDevice = (fields: string) =>
  `change peer-device name:web peer-node-id:1 conn-name:bravo volume:0 ${fields}`;

/** A configuration at work on a simulated clock, with a real shell and stand-ins for the programs it calls. */
class Trial implements AsyncDisposable {
  readonly clock = new SimulatedClock();
  readonly log = new LogRecorder();
  readonly #recorded = new RecordedUpdates();
  readonly #runner: Runner;
  /** Commands that were started. */
  started = 0;

  private constructor(readonly folder: string, config: UmhConfig) {
    const effects: Effects = {
      ...denoEffects(silentNotifier),
      clock: this.clock,
      processes: this.#standInsFirst(denoEffects(silentNotifier).processes),
    };
    this.#runner = new Runner(config, { effects, log: this.log, metrics: new Metrics() });
  }

  /** `programs` are shell scripts by the names of what they stand in for. Each notes how it was called. */
  static async of(toml: string, programs: Record<string, string>): Promise<Trial> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-recipe-" });
    await Deno.writeTextFile(`${folder}/calls`, "");
    for (const [name, script] of Object.entries(programs)) {
      const noted =
        `line=$(printf '%s' '${name}'; printf ' [%s]' "$@"); printf '%s\\n' "$line" >> '${folder}/calls'`;
      const text = `#!/bin/sh\n${noted}\n${script.replaceAll("$CALLS", `'${folder}/calls'`)}\n`;
      await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
    }
    const trial = new Trial(folder, await pluginConfig(toml) as UmhConfig);
    trial.print(...DUMP);
    assert.equal(trial.started, 0, "it fires for what was there");
    return trial;
  }

  print(...lines: string[]): void {
    for (const line of lines) {
      for (const update of this.#recorded.read(line)) this.#runner.take(update);
    }
  }

  /** Waits until that many commands have ended in all, and returns the calls of programs since it was last asked. */
  async calls(ended: number): Promise<string[]> {
    const endsAt = performance.now() + DEADLINE_MS;
    while (this.#ends() < ended) {
      assert.ok(
        performance.now() < endsAt,
        `Timed out waiting for ${ended} ends:\n${this.log.lines.join("\n")}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
      await this.clock.advance(0);
    }
    assert.equal(this.#ends(), ended);
    assert.equal(this.started, ended);
    assert.deepEqual(this.log.from("warn"), []);
    const calls = await Deno.readTextFile(`${this.folder}/calls`);
    await Deno.writeTextFile(`${this.folder}/calls`, "");
    return calls.split("\n").slice(0, -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner.stop();
    await Deno.remove(this.folder, { recursive: true });
  }

  #ends(): number {
    return this.log.lines.filter((line) => /Rule .*: the command for /.test(line)).length;
  }

  #standInsFirst({ spawn, run }: Processes): Processes {
    return {
      run,
      spawn: (argv, options) => {
        this.started++;
        const path = `${this.folder}:${options.env["PATH"]}`;
        return spawn(argv, { ...options, env: { ...options.env, PATH: path } });
      },
    };
  }
}

const NODE = Deno.hostname();
const PASS = "exit 0";

/** What each recipe does, by its heading. */
const RECIPES: Readonly<Record<string, (toml: string) => Promise<void>>> = {
  "Mail on degraded": async (toml) => {
    await using trial = await Trial.of(toml, { mail: "cat >> $CALLS" });
    trial.print(device("disk:Failed"), device("disk:Diskless backing_dev:none"));
    trial.print(peerDevice("peer-disk:DUnknown replication:Off"));
    trial.print(peerDevice("peer-disk:UpToDate replication:Established"), peerDevice("peer-disk:Outdated"));
    await trial.clock.advance(9_999);
    assert.equal(trial.started, 0);
    await trial.clock.advance(1);
    assert.deepEqual(
      (await trial.calls(2)).sort(),
      [
        "The disk was UpToDate and is Failed now. Backing device: /dev/vg/web",
        `mail [-s] [DRBD web/0 on ${NODE}: Failed] [root]`,
        "mail [-s] [DRBD web/0 on bravo: Outdated] [root]",
      ].sort(),
    );
    trial.print(
      device("disk:UpToDate"),
      peerDevice("peer-disk:UpToDate"),
      "destroy device name:web volume:0",
    );
    await trial.clock.advance(60_000);
    assert.equal(trial.started, 2, "it fires for what is no trouble");
  },

  "Notify on split brain": async (toml) => {
    await using trial = await Trial.of(toml, { logger: PASS, curl: PASS });
    const about = "helper name:web peer-node-id:1 conn-name:bravo volume:0 minor:1000";
    trial.print(`call ${about} helper:initial-split-brain`, `call ${about} helper:split-brain`);
    trial.print(`response ${about} helper:split-brain status:0`);
    const text = `DRBD split brain: web volume 0 on ${NODE} and bravo`;
    assert.deepEqual(await trial.calls(1), [
      `logger [-p] [daemon.crit] [-t] [drbd] [${text}]`,
      "curl [--silent] [--show-error] [--fail] [--max-time] [30] " +
      `[--data-urlencode] [text=${text}] [https://chat.example.com/hooks/storage]`,
    ]);
  },

  "Fence on lost quorum": async (toml) => {
    const status = (quorum: string) =>
      `printf '%s\\n' 'exists resource name:web role:Primary suspended:no' \
        'exists device name:web volume:1 minor:1001 backing_dev:/dev/vg/a disk:UpToDate client:no open:yes quorum:no' \
        'exists device name:web volume:0 minor:1000 backing_dev:/dev/mapper/vg_storage-lv_postgres_production disk:UpToDate client:no open:yes quorum:${quorum}' \
        'exists -'`;
    const programs = { sleep: PASS, logger: PASS, systemctl: PASS };
    {
      await using trial = await Trial.of(toml, { ...programs, drbdsetup: status("no") });
      trial.print(device("open:no"), device("quorum:no"), device("quorum:yes"), device("open:yes"));
      assert.equal(trial.started, 0, "it fires though nobody has it open");
      trial.print(device("quorum:no"));
      assert.deepEqual(await trial.calls(1), [
        "sleep [20]",
        "drbdsetup [events2] [--now] [--full] [web]",
        "logger [-p] [daemon.emerg] [-t] [drbd] [No quorum of web/0 for 20 s: resetting this node]",
        "systemctl [reboot] [--force] [--force]",
      ]);
      trial.print(device("disk:Failed"), device("quorum:yes"));
      assert.equal(trial.started, 1, "it fires though quorum is not lost");
    }
    await using trial = await Trial.of(toml, { ...programs, drbdsetup: status("yes") });
    trial.print(device("quorum:no"));
    assert.deepEqual(await trial.calls(1), ["sleep [20]", "drbdsetup [events2] [--now] [--full] [web]"]);
  },

  "Quorum lost and gained": async (toml) => {
    await using trial = await Trial.of(toml, { logger: PASS });
    trial.print(device("quorum:no"));
    const [lost] = await trial.calls(1);
    assert.equal(lost, "logger [-p] [daemon.crit] [-t] [drbd] [quorum lost: web volume 0]");
    trial.print(device("disk:Failed"), device("quorum:yes"), "destroy device name:web volume:0");
    const [gained] = await trial.calls(2);
    assert.equal(gained, "logger [-p] [daemon.notice] [-t] [drbd] [quorum gained: web volume 0]");
  },

  "Resync throttling": async (toml) => {
    await using trial = await Trial.of(toml, { drbdsetup: PASS });
    const options = (rate: string) => `drbdsetup [peer-device-options] [web] [1] [0] [--c-max-rate=${rate}]`;
    trial.print(peerDevice("replication:WFBitMapT"), peerDevice("replication:SyncTarget"));
    trial.print(peerDevice("peer-disk:Outdated"), peerDevice("replication:PausedSyncT"));
    trial.print(peerDevice("replication:SyncTarget"), peerDevice("replication:Established"));
    trial.print(peerDevice("replication:SyncSource"), peerDevice("replication:Established"));
    assert.deepEqual(await trial.calls(8), ["20M", "100M", "20M", "100M"].map(options));
  },

  "Suspend and unsuspend a virtual machine": async (toml) => {
    await using trial = await Trial.of(toml, { virsh: PASS });
    trial.print(device("quorum:no"), device("quorum:yes"));
    assert.equal(trial.started, 0, "it fires for another resource");
    trial.print(device("quorum:no", "vm1"), device("disk:Failed", "vm1"), device("quorum:yes", "vm1"));
    assert.deepEqual(await trial.calls(3), ["virsh [suspend] [vm1]", "virsh [resume] [vm1]"]);
  },
};

/** The recipes of the README: heading and TOML. */
function recipesInReadme(): [string, string][] {
  const section = README.slice(README.indexOf("\n## Recipes\n"), README.indexOf("\n## Coming from"));
  return section.split(/^### /m).slice(1).map((text): [string, string] => {
    const blocks = tomlBlocks(text);
    assert.equal(blocks.length, 1);
    return [text.slice(0, text.indexOf("\n")), blocks[0] ?? ""];
  });
}

function tomlBlocks(text: string): string[] {
  return Array.from(text.matchAll(/^```toml\n(.*?)^```$/gms), ([, block = ""]) => block);
}

Deno.test("README of umh: there is a test for each recipe", () => {
  assert.deepEqual(recipesInReadme().map(([heading]) => heading), Object.keys(RECIPES));
});

for (const [heading, toml] of recipesInReadme()) {
  Deno.test({
    name: `README of umh: the recipe "${heading}" does what it says`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => await RECIPES[heading]?.(toml),
  });
}

Deno.test("README of umh: all of its TOML loads without a word", async () => {
  const blocks = tomlBlocks(README);
  assert.ok(blocks.length >= 7);
  for (const block of blocks) assert.deepEqual((await loadText(block)).lines, [], block);
});

/** Keys and filters of rules, tables as dotted keys. */
function* keysOf(schema: SchemaNode): Generator<string> {
  for (const [key, entry] of Object.entries(unwrapped(schema).entries ?? {})) {
    if (key === "old" || key === "new") {
      for (const inner of keysOf(entry)) yield `${key}.${inner}`;
    } else yield key;
  }
}

Deno.test("README of umh has every key of every kind of rule, and no other", () => {
  const keys = new Set(Object.values(RULE_TABLES).flatMap((table) => [...keysOf(table)]));
  const tables = README.split("\n").filter((line) => line.startsWith("|")).join("\n");
  const said = Array.from(tables.matchAll(/`([a-z.-]+)`/g), ([, key = ""]) => key);
  const others = new Set(["sh", "old", "new", "split-brain"]);
  assert.deepEqual(
    [...new Set([...said, "resource-name", "event-type"])].filter((key) => !others.has(key)).sort(),
    [
      ...keys,
    ].sort(),
  );
  for (const key of ["resource-name", "event-type"]) assert.match(README, new RegExp(`have .*\`${key}\``));
});

/** One update of each kind, and one of each that has variables of its own. */
function updatesOfAllKinds(): Update[] {
  const recorded = new RecordedUpdates();
  return [
    ...recorded.read(...DUMP),
    ...recorded.read("call helper name:web volume:0 minor:1000 helper:quorum-lost"),
    ...recorded.read("rename resource name:vm1 new_name:vm2"),
  ];
}

Deno.test("README of umh has every variable, with the kinds that have it, and no other", () => {
  const kinds = new Map<string, Set<string>>();
  for (const update of updatesOfAllKinds()) {
    for (const name of Object.keys(environmentOf({ label: "", env: {} }, update))) {
      const known = kinds.get(name.replace(/_\d+$/, "_n")) ?? new Set();
      kinds.set(name.replace(/_\d+$/, "_n"), known.add(update.kind.replace("-", "")));
    }
  }
  const said = new Map<string, Set<string>>();
  let of: string[] = [];
  for (
    const line of README.split("\n").filter((line) =>
      /^\|.*`DRBD_/.test(line) && !/`command`|`name`/.test(line)
    )
  ) {
    const [, who = "", variables = ""] = line.split("|").map((cell) => cell.trim());
    if (who === "all") of = ["resource", "device", "peerdevice", "connection", "path", "helper"];
    else if (who !== "") of = who.split(", ");
    for (const [, name = ""] of variables.matchAll(/`(\w+)`/g)) said.set(name, new Set(of));
  }
  const asText = (map: Map<string, Set<string>>) =>
    [...map].map(([name, kinds]) => `${name}: ${[...kinds].sort()}`).sort();
  for (const name of ["HOME", "TERM", "PATH"]) kinds.delete(name);
  assert.deepEqual(asText(said), asText(kinds));
});
