/**
 * Random output of drbdsetup, as it keeps its rules: a dump, then lines about objects that are there, children after
 * their parents, every object under the name it has by then.
 */
import fc from "fast-check";
import type { ChildObject, StateVerb } from "../../../src/drbd/events2/event.ts";
import { valuesFor } from "./arbitrary_values.ts";
import { DUMP_END, line, type Values } from "../core/events2_text.ts";

/** Few, so that lines meet: one begins with another, and one is long enough to be a window onto its line in V8. */
const NAMES = ["a", "b", "a:b=€", "long-enough-to-be-cut"];
const PEER_NAMES = ["", "x:y", "gamma.example.com"];
const CHILDREN: readonly ChildObject[] = ["device", "connection", "peer-device", "path"];

interface Who {
  readonly name: string;
  readonly peer: number;
  readonly volume: number;
}

/** What happens next; what cannot happen is made possible first, or passed over. */
type Deed =
  | { readonly kind: "resource"; readonly who: Who; readonly values: Values }
  | { readonly kind: "child"; readonly object: ChildObject; readonly who: Who; readonly values: Values }
  | { readonly kind: "destroy"; readonly object: ChildObject; readonly who: Who }
  | { readonly kind: "destroy resource" | "helper" | "repeat"; readonly who: Who }
  | { readonly kind: "rename"; readonly who: Who; readonly to: string }
  | { readonly kind: "connect"; readonly who: Who; readonly connName: string };

const who: fc.Arbitrary<Who> = fc.record({
  name: fc.constantFrom(...NAMES),
  peer: fc.nat({ max: 1 }),
  volume: fc.nat({ max: 1 }),
});

const childDeed = fc.constantFrom(...CHILDREN).chain((object) =>
  fc.record({ who, values: valuesFor(object, "state") })
    .map(({ who, values: { "conn-name": _, ...values } }): Deed => ({ kind: "child", object, who, values }))
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("resource"), who, values: valuesFor("resource", "state") }),
  },
  { weight: 12, arbitrary: childDeed },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("repeat"), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("destroy"), object: fc.constantFrom(...CHILDREN), who }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("destroy resource", "helper"), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rename"), who, to: fc.constantFrom(...NAMES) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("connect"), who, connName: fc.constantFrom(...PEER_NAMES) }),
  },
);

/** The lines of one run of drbdsetup. */
export const arbitraryRun: fc.Arbitrary<string[]> = fc.tuple(
  fc.array(deed, { maxLength: 12, size: "max" }),
  fc.array(deed, { maxLength: 40, size: "max" }),
).map(([before, after]) => {
  const node = new Node();
  for (const each of before) node.do(each);
  const dump = node.dump();
  for (const each of after) node.do(each);
  return [...dump, ...node.lines.splice(0)];
});

/** What drbdsetup remembers of a resource: the latest values of all that is there, by what identifies it. */
interface Known {
  values: Values;
  readonly children: Map<string, { readonly object: ChildObject; readonly who: Who; values: Values }>;
  readonly connNames: Map<number, string>;
}

class Node {
  readonly lines: string[] = [];
  readonly #resources = new Map<string, Known>();

  /** Prints all that is there as a dump. What was printed before is forgotten. */
  dump(): string[] {
    this.lines.length = 0;
    for (const [name, { values, children }] of this.#resources) {
      this.lines.push(line("exists", "resource", { ...values, name }));
      const all = [...children.values()];
      for (const object of ["connection", "device", "peer-device", "path"] as const) {
        for (const child of all.filter((child) => child.object === object)) {
          this.#print("exists", object, child.who, child.values);
        }
      }
    }
    return [...this.lines.splice(0), DUMP_END];
  }

  do(deed: Deed): void {
    const { who } = deed;
    const { name } = who;
    const known = this.#resources.get(name);
    switch (deed.kind) {
      case "resource":
        this.#resource(name, deed.values);
        break;
      case "child":
        this.#child(deed.object, who, deed.values);
        break;
      case "connect":
        this.#child("connection", who, {});
        this.#resources.get(name)?.connNames.set(who.peer, deed.connName);
        this.#child("connection", who, {});
        break;
      case "destroy":
        this.#destroy(deed.object, who);
        break;
      case "repeat":
        for (const { object, who, values } of known?.children.values() ?? []) {
          this.#print("change", object, who, values);
        }
        break;
      case "helper":
        if (known !== undefined) {
          this.lines.push(`call helper name:${name} volume:${who.volume} helper:quorum-lost`);
        }
        break;
      case "destroy resource":
        if (this.#resources.delete(name)) this.lines.push(line("destroy", "resource", { name }));
        break;
      case "rename":
        this.#rename(name, deed.to);
    }
  }

  #resource(name: string, values: Values): Known {
    const known = this.#resources.get(name);
    this.lines.push(line(known === undefined ? "create" : "change", "resource", { ...values, name }));
    const now: Known = known ?? { values, children: new Map(), connNames: new Map() };
    now.values = values;
    this.#resources.set(name, now);
    return now;
  }

  #child(object: ChildObject, who: Who, values: Values): void {
    const resource = this.#resources.get(who.name) ?? this.#resource(who.name, {});
    const needsConnection = object === "peer-device" || object === "path";
    if (needsConnection && !resource.children.has(keyOf("connection", who))) {
      this.#child("connection", who, {});
    }
    const key = keyOf(object, who);
    const known = resource.children.get(key);
    this.#print(known === undefined ? "create" : "change", object, who, values);
    const blocked = "blocked" in values ? values["blocked"] : known?.values["blocked"];
    resource.children.set(key, {
      object,
      who,
      values: object === "device" ? { ...values, blocked } : values,
    });
  }

  #destroy(object: ChildObject, who: Who): void {
    const resource = this.#resources.get(who.name);
    if (resource?.children.has(keyOf(object, who)) !== true) return;
    this.#print("destroy", object, who, {});
    resource.children.delete(keyOf(object, who));
    for (const [key, child] of resource.children) {
      const goesWithPeer = object === "connection" && child.object !== "device" &&
        child.who.peer === who.peer;
      const goesWithVolume = object === "device" && child.object === "peer-device" &&
        child.who.volume === who.volume;
      if (goesWithPeer || goesWithVolume) resource.children.delete(key);
    }
  }

  #rename(from: string, to: string): void {
    const resource = this.#resources.get(from);
    if (resource === undefined || this.#resources.has(to)) return;
    this.lines.push(`rename resource name:${from} new_name:${to}`);
    this.#resources.delete(from);
    this.#resources.set(to, resource);
    for (const [key, child] of resource.children) {
      resource.children.set(key, { ...child, who: { ...child.who, name: to } });
    }
  }

  #print(verb: StateVerb, object: ChildObject, { name, peer, volume }: Who, values: Values): void {
    const connName = this.#resources.get(name)?.connNames.get(peer) ?? PEER_NAMES[peer];
    const ofPeer = { name, "peer-node-id": peer, "conn-name": connName };
    const identity: Readonly<Record<ChildObject, Values>> = {
      "device": { name, volume },
      "connection": ofPeer,
      "peer-device": { ...ofPeer, volume },
      "path": { ...ofPeer, local: "ipv4:10.0.0.1:7789", peer: `ipv4:10.0.${peer}.${volume}:7789` },
    };
    this.lines.push(line(verb, object, { ...values, ...identity[object] }));
  }
}

function keyOf(object: ChildObject, { peer, volume }: Who): string {
  return object === "device"
    ? `device ${volume}`
    : object === "connection"
    ? `connection ${peer}`
    : `${object} ${peer} ${volume}`;
}
