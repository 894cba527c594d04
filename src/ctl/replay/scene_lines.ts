/** Output of a replay as text and as JSON. */
import { TimedUpdate } from "../../../plugins/api/events/history.ts";
import type { Update } from "../feed/feed.ts";
import { PeerNames } from "../events/peer_names.ts";
import { updateLine } from "../events/update_line.ts";
import { type Line, line, type Span, span } from "../screen/line.ts";
import { momentOf } from "../screen/moment.ts";
import type { Symbols } from "../screen/symbols.ts";
import { toned } from "../screen/toned.ts";
import type { Scene } from "./scene.ts";

/** Filter of a replay's output. */
export interface Wanted {
  /** Only these; all if empty. */
  readonly resources: readonly string[];
  /** Without updates. */
  readonly onlyDecisions: boolean;
}

export class SceneWriter {
  readonly #names = new PeerNames();

  constructor(readonly wanted: Wanted, readonly symbols: Symbols) {}

  /** Undefined if it is filtered out. */
  line(scene: Scene): Line | undefined {
    if (scene.kind === "update") {
      const update = updateOf(scene);
      this.#names.takeUpdate(update);
      // The first dump is shown as resources.
      const isShown = this.#isWanted(scene) && update.type !== "exists";
      return isShown ? updateLine(update, this.#names, this.symbols) : undefined;
    }
    if (!this.#isWanted(scene)) return undefined;
    return line(span(momentOf(scene.atMs), "dim"), "  ", ...this.#spansOf(scene));
  }

  /** One line of JSON; undefined as for `line`. */
  json(scene: Scene): string | undefined {
    if (!this.#isWanted(scene) || scene.kind === "present") return undefined;
    const time = new Date(scene.atMs).toISOString();
    if (scene.kind === "update") return JSON.stringify({ event: "update", data: updateOf(scene) });
    const { kind: event, text } = scene;
    return JSON.stringify({
      event,
      data: { time, ...("resource" in scene ? { name: scene.resource } : {}), text },
    });
  }

  #spansOf(scene: Exclude<Scene, { kind: "update" }>): Span[] {
    const { arrow } = this.symbols;
    switch (scene.kind) {
      case "present": {
        // Its name comes first.
        const rest = scene.text.slice(scene.resource.length + 1);
        return [span(scene.resource, "strong"), span("  "), ...toned(rest, this.symbols)];
      }
      case "decision":
        return [span(scene.resource, "strong"), span("  "), span(`${arrow} ${scene.text}`, "busy")];
      case "outcome":
        return [span(scene.resource, "strong"), span("  "), span(scene.text, "dim")];
      case "note":
        return [span(scene.text, "warning")];
    }
  }

  #isWanted(scene: Scene): boolean {
    const { resources, onlyDecisions } = this.wanted;
    if (onlyDecisions && (scene.kind === "update" || scene.kind === "present")) return false;
    if (resources.length === 0 || scene.kind === "note") return true;
    return resources.includes(scene.kind === "update" ? scene.update.name : scene.resource);
  }
}

function updateOf({ update, atMs }: Extract<Scene, { kind: "update" }>): Update {
  return JSON.parse(new TimedUpdate(update, atMs).json);
}
