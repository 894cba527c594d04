/** The children of one kind of all resources, by their identity. */
import type { ChildRecord, ChildRecords, ResourceRecord } from "./record.ts";
import type { Kind } from "../kinds/kinds.ts";
import { placeOf } from "../kinds/order.ts";
import type { UpdateBatch } from "./update_batch.ts";

export class RecordTable<Key, State extends Key, Child extends State> {
  readonly records = new Map<string, ChildRecord<Key, State, Child>>();

  constructor(
    readonly kind: Kind<Key, State, Child>,
    readonly of: (resource: ResourceRecord) => ChildRecords<Key, State, Child>,
    /** Whether the resource can have a child of this key: paths and peer-devices need their connection. */
    readonly fits: (resource: ResourceRecord, key: Key) => boolean = () => true,
  ) {}

  placeOf(resource: ResourceRecord, key: Key): number {
    return placeOf(this.of(resource), key, (child, like) => this.kind.order(child.state, like));
  }

  /** Changes the identity of a child. It includes the connection's name, which can change. */
  identify(child: ChildRecord<Key, State, Child>, identity: string): void {
    this.records.delete(child.identity);
    child.identity = identity;
    this.records.set(identity, child);
  }

  /** The resource was renamed; its old name had `oldLength` characters. */
  rename(resource: ResourceRecord, oldLength: number): void {
    for (const child of this.of(resource)) {
      this.identify(child, resource.name + child.identity.slice(oldLength));
    }
  }

  /** Emits `exists` updates for the children of a resource. */
  emit(resource: ResourceRecord, batch: UpdateBatch): void {
    for (const child of this.of(resource)) {
      batch.add(this.kind.update("exists", resource.name, undefined, child.state), resource);
    }
  }
}

/** Whether the resource has the child's connection. */
export function isConnected(resource: ResourceRecord, child: { readonly peerNodeId: number }): boolean {
  return placeOf(resource.connections, child.peerNodeId, (child, id) => child.state.peerNodeId - id) >= 0;
}
