/** Properties of the model under random faults and commands. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Cluster } from "../../src/drbd/model/cluster.ts";
import type { UnknownPart } from "../../src/drbd/events2/event.ts";
import { EventStream } from "../../src/drbd/state/stream.ts";
import { Chaos, randomCluster } from "./chaos.ts";
import { relate } from "./model/kernel/generation.ts";
import { Model } from "./model/model.ts";
import { Random } from "./model/random.ts";
import { blockOfLines } from "../support/core/blocks.ts";

const RUNS = 40;
/** For what holds nearly always: one run in some thousands ends where DRBD, too, needs a person to decide. */
const SEED = 1;
/** Simulated time of one run. */
const RUN_MS = 600_000;

/** What drbdd makes of the lines of one node. */
class Reader {
  readonly #stream = new EventStream();
  readonly #unknownParts: UnknownPart[] = [];

  take(groups: readonly string[][]): void {
    for (const group of groups) {
      if (group.some((line) => line === "exists -")) this.#stream.restart();
    }
    for (const group of groups) {
      const { rejected, orphans } = this.#stream.take(
        [blockOfLines(group)],
        (found) => this.#unknownParts.push(found),
      );
      assert.deepEqual(rejected, []);
      assert.deepEqual(orphans, []);
      assert.deepEqual(this.#unknownParts, []);
    }
  }

  get cluster(): Cluster {
    return this.#stream.cluster();
  }
}

/** All that is known of a cluster but counters, which move without lines. */
function withoutCounters(cluster: Cluster): unknown {
  return JSON.parse(JSON.stringify([...cluster], (key, value) => {
    return key === "rawStatistics" || key === "blocked" ? undefined : value;
  }));
}

function runChaos(seed: number, reckless: boolean, look: (model: Model) => void): Chaos {
  const random = new Random(seed);
  // A Primary without a disk can leave nobody with the newest data: that, too, only a person can resolve.
  const model = new Model(randomCluster(random, reckless), seed);
  model.settle();
  const chaos = new Chaos(model, random, { reckless });
  const endMs = model.nowMs + RUN_MS;
  while (model.nowMs < endMs) {
    chaos.act();
    model.advance(model.nowMs + random.between(10, 8_000));
    look(model);
  }
  return chaos;
}

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

Deno.test("drbdd reads every line of a random cluster, and knows what a fresh dump says", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const readers = new Map<string, Reader>();
      runChaos(seed, true, (model) => {
        for (const node of model.nodeNames) {
          const reader = readers.get(node) ?? new Reader();
          readers.set(node, reader);
          reader.take(model.takeLines(node));
          if (!model.isPowered(node)) continue;
          const fresh = new Reader();
          fresh.take([model.dump(node)]);
          assert.deepEqual(withoutCounters(reader.cluster), withoutCounters(fresh.cluster));
        }
      });
    }),
    { numRuns: RUNS },
  );
});

Deno.test("two Primaries are never connected with one another, and peers agree on roles", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      runChaos(seed, true, (model) => {
        for (const connection of liveConnections(model)) {
          const [mine, theirs] = [connection, connection.session?.ends.find((end) => end !== connection)];
          if (theirs?.session !== mine.session || theirs === undefined) continue;
          assert.equal(mine.is.peerRole, theirs.resource.is.role);
          assert.ok(mine.is.peerRole !== "Primary" || mine.resource.is.role !== "Primary");
        }
      });
    }),
    { numRuns: RUNS },
  );
});

Deno.test("without force all data are the same again when everything is back", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const chaos = runChaos(seed, false, () => {});
      chaos.calm();
      const { model } = chaos;
      // Disks that are Outdated count for quorum, so majorities may overlap in them alone: data can part ways.
      fc.pre(!haveParted(model));
      for (const node of model.nodeNames) {
        for (const resource of model.resources(node)) {
          for (const { is, client, disk } of resource.devices) {
            assert.equal(is.disk, client ? "Diskless" : "UpToDate", `${node} ${resource.name}`);
            assert.equal(is.quorum, true, `${node} ${resource.name}`);
            assert.ok(disk === undefined || [...disk.outOfSyncKib.values()].every((kib) => kib === 0));
          }
          for (const connection of resource.connections) {
            assert.equal(connection.is.connection, "Connected", `${node} ${resource.name}`);
            for (const { is } of connection.peerDevices) assert.equal(is.replication, "Established");
          }
        }
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

Deno.test("the same seed gives the same lines", () => {
  const linesOf = (seed: number) => {
    const lines: string[] = [];
    runChaos(seed, true, (model) => {
      for (const node of model.nodeNames) lines.push(...model.takeLines(node).flat());
    });
    return lines;
  };
  assert.deepEqual(linesOf(42), linesOf(42));
  assert.notDeepEqual(linesOf(42), linesOf(43));
});

/** Whether the data of two nodes have gone different ways. */
function haveParted(model: Model): boolean {
  return model.config.resources.some((config) =>
    config.volumes.some(({ volume }) => {
      const disks = model.nodeNames.flatMap((node) => {
        const resource = model.resources(node).find((resource) => resource.config === config);
        return resource?.device(volume)?.disk ?? [];
      });
      return disks.some((a) => disks.some((b) => relate(a.generation, b.generation) === "unrelated"));
    })
  );
}

function* liveConnections(model: Model) {
  for (const node of model.nodeNames) {
    for (const resource of model.resources(node)) {
      for (const connection of resource.connections) if (connection.isConnected) yield connection;
    }
  }
}
