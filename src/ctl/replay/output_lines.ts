/** Output of a replay as text and as JSON. */
import { TimedUpdate } from "../../../plugins/api/events/history.ts";
import type { Update } from "../feed/feed.ts";
import { PeerNames } from "../events/peer_names.ts";
import { updateLine } from "../events/update_line.ts";
import { type Line, line, type Span, span } from "../screen/line.ts";
import { momentOf } from "../screen/moment.ts";
import type { Symbols } from "../screen/symbols.ts";
import { toned } from "../screen/toned.ts";
import type { ReplayOutput } from "./replay_output.ts";

/** Filter of a replay's output. */
export interface Wanted {
  /** Only these; all if empty. */
  readonly resources: readonly string[];
  /** Without updates. */
  readonly onlyDecisions: boolean;
}

export class OutputWriter {
  readonly #names = new PeerNames();

  constructor(readonly wanted: Wanted, readonly symbols: Symbols) {}

  /** Undefined if it is filtered out. */
  line(output: ReplayOutput): Line | undefined {
    if (output.kind === "update") {
      const update = updateOf(output);
      this.#names.takeUpdate(update);
      // The first dump is shown as resources.
      const isShown = this.#isWanted(output) && update.type !== "exists";
      return isShown ? updateLine(update, this.#names, this.symbols) : undefined;
    }
    if (!this.#isWanted(output)) return undefined;
    return line(span(momentOf(output.atMs), "dim"), "  ", ...this.#spansOf(output));
  }

  /** One line of JSON; undefined as for `line`. */
  json(output: ReplayOutput): string | undefined {
    if (!this.#isWanted(output) || output.kind === "present") return undefined;
    const time = new Date(output.atMs).toISOString();
    if (output.kind === "update") return JSON.stringify({ event: "update", data: updateOf(output) });
    const { kind: event, text } = output;
    return JSON.stringify({
      event,
      data: { time, ...("resource" in output ? { name: output.resource } : {}), text },
    });
  }

  #spansOf(output: Exclude<ReplayOutput, { kind: "update" }>): Span[] {
    const { arrow } = this.symbols;
    switch (output.kind) {
      case "present": {
        // Its name comes first.
        const rest = output.text.slice(output.resource.length + 1);
        return [span(output.resource, "strong"), span("  "), ...toned(rest, this.symbols)];
      }
      case "decision":
        return [span(output.resource, "strong"), span("  "), span(`${arrow} ${output.text}`, "busy")];
      case "outcome":
        return [span(output.resource, "strong"), span("  "), span(output.text, "dim")];
      case "note":
        return [span(output.text, "warning")];
    }
  }

  #isWanted(output: ReplayOutput): boolean {
    const { resources, onlyDecisions } = this.wanted;
    if (onlyDecisions && (output.kind === "update" || output.kind === "present")) return false;
    if (resources.length === 0 || output.kind === "note") return true;
    return resources.includes(output.kind === "update" ? output.update.name : output.resource);
  }
}

function updateOf({ update, atMs }: Extract<ReplayOutput, { kind: "update" }>): Update {
  return JSON.parse(new TimedUpdate(update, atMs).json);
}
