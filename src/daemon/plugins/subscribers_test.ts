import assert from "node:assert/strict";
import { type Subscriber, Subscribers } from "./subscribers.ts";

const subscriber = (...names: string[]): Subscriber => ({
  resources: names.length === 0 ? undefined : new Set(names),
  kinds: undefined,
  put: () => {},
});

Deno.test("Subscribers wants what anybody wants, and says when that may have changed", () => {
  const subscribers = new Subscribers();
  const wants = () => ["web", "db"].map((name) => subscribers.wants(name));
  const versions = new Set([subscribers.version]);
  const [web, alsoWeb, all] = [subscriber("web"), subscriber("web"), subscriber()];
  assert.deepEqual([wants(), subscribers.isEmpty], [[false, false], true]);
  for (const each of [web, alsoWeb]) subscribers.add(each);
  versions.add(subscribers.version);
  assert.deepEqual([wants(), subscribers.isEmpty], [[true, false], false]);
  subscribers.add(all);
  versions.add(subscribers.version);
  assert.deepEqual(wants(), [true, true]);
  assert.deepEqual([[...subscribers.ofAll], [...subscribers.of("web")], [...subscribers.of("db")]], [
    [all],
    [web, alsoWeb],
    [],
  ]);
  subscribers.remove(all);
  subscribers.remove(web);
  versions.add(subscribers.version);
  assert.deepEqual(wants(), [true, false]);
  subscribers.remove(alsoWeb);
  versions.add(subscribers.version);
  assert.deepEqual([wants(), subscribers.isEmpty], [[false, false], true]);
  assert.equal(versions.size, 5);
});
