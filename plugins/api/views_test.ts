import assert from "node:assert/strict";
import fc from "fast-check";
import type { Resource } from "../../src/drbd/model.ts";
import { EventStream } from "../../src/drbd/stream.ts";
import { take } from "../../tests/support/fed.ts";
import { changeOf, dumpOf } from "../../tests/support/api_world.ts";
import { changedViews, View, Views } from "./views.ts";

class Trial {
  readonly stream = new EventStream();
  readonly nodeIds = { version: 0, of: (): number => this.nodeIds.version };
  readonly views = new Views(() => this.stream.cluster(), this.nodeIds);

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

Deno.test("changedViews() leads from one list to the other, whatever they are", () => {
  const view = fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    version: fc.integer({ min: 1, max: 2 }),
  });
  const known = new Map<string, View>();
  const viewOf = ({ name, version }: { name: string; version: number }) => {
    const key = `${name}${version}`;
    const made = known.get(key) ?? new View({ name } as Resource, 0, version);
    known.set(key, made);
    return made;
  };
  const list = fc.uniqueArray(view, { selector: ({ name }) => name })
    .map((views) => views.sort((a, b) => a.name < b.name ? -1 : 1).map(viewOf));
  fc.assert(fc.property(list, list, (before, after) => {
    const shown = new Map(before.map((view) => [view.name, view]));
    let count = 0;
    for (const change of changedViews(before, after)) {
      if ("gone" in change) assert.ok(shown.delete(change.gone));
      else shown.set(change.view.name, change.view);
      count++;
    }
    assert.deepEqual([...shown.values()].sort((a, b) => a.name < b.name ? -1 : 1), after);
    const same = before.filter((view) => after.includes(view)).length;
    assert.ok(count <= before.length + after.length - 2 * same);
  }));
});
