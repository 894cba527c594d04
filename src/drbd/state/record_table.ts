/** The children of one kind of all resources, by the text that identifies them. */
import type { Entry, Slot, Slots } from "./record.ts";
import type { Kind } from "./kinds.ts";
import { placeOf } from "./order.ts";
import type { UpdateBatch } from "./update_batch.ts";

export class Table<Key, State extends Key, Child extends State> {
  readonly slots = new Map<string, Slot<Key, State, Child>>();

  constructor(
    readonly kind: Kind<Key, State, Child>,
    readonly of: (entry: Entry) => Slots<Key, State, Child>,
    /** Whether a child of this key can be: paths and peer-devices need their connection. */
    readonly fits: (entry: Entry, key: Key) => boolean = () => true,
  ) {}

  placeOf(entry: Entry, key: Key): number {
    return placeOf(this.of(entry), key, (slot, like) => this.kind.order(slot.state, like));
  }

  /**
   * From here on the child is known by this text. The name of a connection is printed among what identifies its
   * children, though it identifies nothing: with it, their text changes.
   */
  identify(slot: Slot<Key, State, Child>, identity: string): void {
    this.slots.delete(slot.identity);
    slot.identity = identity;
    this.slots.set(identity, slot);
  }

  /** The resource has a new name; the old one had `oldLength` characters. */
  rename(entry: Entry, oldLength: number): void {
    for (const slot of this.of(entry)) this.identify(slot, entry.name + slot.identity.slice(oldLength));
  }

  /** Tells of the children of a resource as of something found. */
  tell(entry: Entry, told: UpdateBatch): void {
    for (const slot of this.of(entry)) {
      told.add(this.kind.update("exists", entry.name, undefined, slot.state), entry);
    }
  }
}

/** Whether the resource has the connection that a child of a peer belongs to. */
export function isConnected(entry: Entry, child: { readonly peerNodeId: number }): boolean {
  return placeOf(entry.connections, child.peerNodeId, (slot, id) => slot.state.peerNodeId - id) >= 0;
}
