import assert from "node:assert/strict";
import fc from "fast-check";
import { EventStream } from "../../../src/drbd/state/stream.ts";
import { take } from "../../../tests/support/core/take_lines.ts";
import { changeOf, dumpOf } from "../../../tests/support/trials/api_world.ts";
import type { Health } from "../../../src/health/problem.ts";
import { type View, Views } from "./views.ts";

class Trial {
  readonly stream = new EventStream();
  readonly nodeIds = { version: 0, of: (): number => this.nodeIds.version };
  health: Health = { severity: "ok", problems: [] };
  readonly views = new Views(this.stream, this.nodeIds, {
    ofResource: () => this.health,
    promoterOf: () => undefined,
    version: "",
  });

  constructor() {
    take(this.stream, ...dumpOf("a", "b"));
  }
}

Deno.test("Views gives the same views until something changes, counters included", () => {
  const { stream, views } = new Trial();
  const before = views.all();
  assert.equal(views.all(), before);
  assert.equal(views.get("a"), before.views[0]);
  take(stream, changeOf.written("b", 99));
  const after = views.all();
  assert.notEqual(after.version, before.version);
  assert.equal(after.views[0], before.views[0]);
  assert.notEqual(after.views[1], before.views[1]);
  assert.notEqual(after.views[1]?.version, before.views[1]?.version);
});

Deno.test("Views gives other views when the node's ids are learnt", () => {
  const { nodeIds, views } = new Trial();
  const before = views.all();
  nodeIds.version = 1;
  assert.notEqual(views.all().version, before.version);
  assert.match(views.get("a")?.json ?? "", /"node-id":1,/);
});

Deno.test("Views knows nothing of what is not there", () => {
  assert.equal(new Trial().views.get("none"), undefined);
});

const step = fc.record({
  action: fc.constantFrom("change", "go", "come", "rename"),
  name: fc.constantFrom("a", "b", "c", "d"),
  other: fc.constantFrom("a", "b", "c", "d"),
});
type Step = { readonly action: string; readonly name: string; readonly other: string };

/** Lets resources come, change and go. What is not possible is not done. */
function act(stream: EventStream, { action, name, other }: Step, count: number): void {
  const isThere = stream.cluster().has(name);
  if (action === "change" && isThere) take(stream, changeOf.written(name, count));
  else if (action === "go" && isThere) take(stream, `destroy resource name:${name}`);
  else if (action === "rename" && isThere && !stream.cluster().has(other)) {
    take(stream, `rename resource name:${name} new_name:${other}`);
  } else if (action === "come" && !isThere) {
    take(stream, `create resource name:${name} role:Secondary`);
  }
}

/** Takes changes, a few at a time. */
class Follower {
  readonly shown = new Map<string, View>();
  #version = 0;
  #changes: ReturnType<Views["changes"]> | undefined;

  constructor(readonly views: Views) {}

  /** Takes so many changes, or all that are left of what was begun. */
  take(most: number): void {
    for (let count = 0; count < most; count++) {
      this.#changes ??= this.#begin();
      const { done, value } = this.#changes.next();
      if (done) {
        this.#changes = undefined;
        return;
      }
      if ("gone" in value) this.shown.delete(value.gone);
      else this.shown.set(value.view.name, value.view);
    }
  }

  #begin(): ReturnType<Views["changes"]> {
    const since = this.#version;
    this.#version = this.views.all().version;
    return this.views.changes(since);
  }
}

Deno.test("changes() leads a follower to what is there, however slow it is and whatever happens meanwhile", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.array(fc.nat({ max: 3 })), (steps, patience) => {
      const { stream, views } = new Trial();
      const follower = new Follower(views);
      steps.forEach((step, count) => {
        act(stream, step, count);
        follower.take(patience[count] ?? 1);
      });
      // The rest of what was begun, then what came meanwhile.
      follower.take(100);
      follower.take(100);
      const { views: all } = views.all();
      assert.deepEqual([...follower.shown.keys()].sort(), all.map(({ name }) => name));
      for (const view of all) assert.equal(follower.shown.get(view.name), view);
    }),
  );
});

Deno.test("changes() returns nothing twice to a client that keeps up", () => {
  const { stream, views } = new Trial();
  const { version } = views.all();
  assert.deepEqual([...views.changes(version)], []);
  take(stream, changeOf.written("b", 7));
  assert.equal([...views.changes(version)].length, 1);
  assert.deepEqual([...views.changes(views.all().version)], []);
});

Deno.test("Views remembers 10,000 names of what is gone, and knows when that is not enough", () => {
  const { stream, views } = new Trial();
  const names = Array.from({ length: 10_001 }, (_, number) => `r${number}`);
  take(stream, ...names.map((name) => `create resource name:${name} role:Secondary`));
  const { version } = views.all();
  take(stream, ...names.slice(0, 10_000).map((name) => `destroy resource name:${name}`));
  assert.equal([...views.changes(version)].length, 10_000);
  assert.equal(views.remembers(version), true);
  take(stream, "destroy resource name:r10000");
  const { version: now } = views.all();
  assert.deepEqual([views.remembers(version), views.remembers(now)], [false, true]);
});
