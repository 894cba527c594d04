/**
 * What a plugin knows that looks at nothing but updates. It checks that each update fits to what it knows: `old` is the
 * state that was published last, nothing is published twice or about something unknown.
 *
 * Write ordering and where requests wait move without updates of their own, so they are left out.
 */
import assert from "node:assert/strict";
import type { Cluster } from "../../../src/drbd/model/cluster.ts";
import type { Update } from "../../../src/drbd/model/update.ts";

/** States by kind and identity, for each resource by name. */
export type View = Record<string, Record<string, object>>;

export class Mirror {
  readonly #resources = new Map<string, Map<string, object>>();

  apply(update: Update): void {
    const { name } = update;
    const known = this.#resources.get(name);
    if (update.kind === "helper") {
      assert.ok(known, `A helper of ${name}, which is unknown`);
    } else if (update.type === "rename") {
      assert.ok(known && !this.#resources.has(update.newName), `A rename of ${name} to ${update.newName}`);
      this.#resources.delete(name);
      this.#resources.set(update.newName, known);
    } else {
      this.#change(update, idOf(update));
    }
  }

  view(): View {
    return Object.fromEntries(
      Array.from(this.#resources, ([name, states]) => [name, Object.fromEntries(states)]),
    );
  }

  #change(update: Exclude<Update, { kind: "helper" } | { type: "rename" }>, id: string): void {
    const { name } = update;
    const states = this.#resources.get(name) ?? new Map<string, object>();
    assert.ok(id === "resource" || states.size > 0, `${id} of ${name}, which is unknown`);
    assert.deepEqual(update.old && fieldsOf(update.old), states.get(id), `Old state of ${id} of ${name}`);
    assert.equal(update.old === undefined, update.type === "exists" || update.type === "create");
    assert.equal(update.new === undefined, update.type === "destroy");
    if (update.new !== undefined) states.set(id, fieldsOf(update.new));
    else states.delete(id);
    if (id === "resource" && update.new === undefined) {
      assert.equal(states.size, 0, `Children of ${name}, which is gone`);
      this.#resources.delete(name);
    } else {
      this.#resources.set(name, states);
    }
  }
}

function idOf(update: Update): string {
  switch (update.kind) {
    case "device":
      return `device ${update.volume}`;
    case "connection":
      return `connection ${update.peerNodeId}`;
    case "peer-device":
      return `peer-device ${update.peerNodeId} ${update.volume}`;
    case "path":
      return `path ${update.peerNodeId} ${update.local} ${update.peer}`;
    default:
      return update.kind;
  }
}

/** The same view of a snapshot. */
export function viewOf(cluster: Cluster): View {
  return Object.fromEntries(
    Array.from(cluster, ({ name, devices, connections, peerDevices, paths, ...state }) => [
      name,
      Object.fromEntries([
        ["resource", fieldsOf(state)],
        ...devices.map((device) => [`device ${device.volume}`, fieldsOf(device)]),
        ...connections.map((connection) => [`connection ${connection.peerNodeId}`, fieldsOf(connection)]),
        ...peerDevices.map((each) => [`peer-device ${each.peerNodeId} ${each.volume}`, fieldsOf(each)]),
        ...paths.map((path) => [`path ${path.peerNodeId} ${path.local} ${path.peer}`, fieldsOf(path)]),
      ]),
    ]),
  );
}

const UNTOLD = ["writeOrdering", "blocked", "rawStatistics"];

function fieldsOf(state: object): object {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !UNTOLD.includes(key)));
}
