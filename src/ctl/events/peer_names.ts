/** Names of peers by their node ids, as far as known. */
import { nameOf } from "../../../plugins/api/page/scripts/assessment.js";
import type { Message, Update } from "../feed/feed.ts";

export class PeerNames {
  readonly #names = new Map<string, string>();

  take(message: Message): void {
    if (message.event === "resource") {
      for (const connection of message.data.connections) {
        this.#put(message.data.name, connection["peer-node-id"], nameOf(connection));
      }
    } else if (message.event === "update") this.takeUpdate(message.data);
  }

  /** Takes the names of new connections. */
  takeUpdate(update: Update & { readonly new?: Readonly<Record<string, unknown>> }): void {
    const name = update.new?.["conn-name"];
    const id = update["peer-node-id"];
    if (update.kind === "connection" && typeof name === "string" && name !== "" && id !== undefined) {
      this.#put(update.name, id, name);
    }
  }

  of(resource: string, peerNodeId: number): string {
    return this.#names.get(`${resource} ${peerNodeId}`) ?? `node ${peerNodeId}`;
  }

  #put(resource: string, id: number, name: string): void {
    this.#names.set(`${resource} ${id}`, name);
  }
}
