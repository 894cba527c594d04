/** The screen of `top` on a terminal: draws what is known, at most some times a second, and does what keys say. */
import type { Clock, Timer } from "../../effects/effects.ts";
import type { Terminal } from "../../effects/terminal.ts";
import type { Decision, Feed } from "../feed/feed.ts";
import { type Frame, transition } from "../screen/frame.ts";
import { keysOf } from "../screen/keys.ts";
import type { Paint } from "../screen/paint.ts";
import type { Symbols } from "../screen/symbols.ts";
import { type Choice, chosen } from "./state/order.ts";
import { type ResourceRow, Snapshot } from "./state/snapshot.ts";
import { extentOf, screenLines } from "./pages/screen_lines.ts";
import { FIRST_VIEW, press, settled, type View } from "./state/view.ts";

/** What changed is drawn at most this often; keys are answered at once. */
const CALM_MS = 200;
/** The clock on the screen. */
const TICK_MS = 1_000;
const USUAL_SIZE = { columns: 80, rows: 24 };

export interface TopOptions {
  readonly paint: Paint;
  readonly symbols: Symbols;
  readonly choice: Choice;
  /** The last decisions about a resource; undefined if they cannot be asked for. Never rejects. */
  decisionsOf(resource: string): Promise<readonly Decision[] | undefined>;
}

export class Screen {
  readonly snapshot: Snapshot;
  #view: View;
  #frame: Frame | undefined;
  #drawnMs = -Infinity;
  #soon: Timer | undefined;
  #tick: Timer | undefined;
  /** The terminal has not taken the last snapshot yet. */
  #isBusy = false;
  /** What is listed, and what of the snapshot and the choice it was made of. */
  #listed:
    | { readonly version: number; readonly choice: Choice; readonly resourceRows: readonly ResourceRow[] }
    | undefined;
  /** Of the selected resource. */
  #decisions: readonly Decision[] | undefined;
  #isOver = false;

  constructor(
    readonly source: Feed["source"],
    readonly terminal: Terminal,
    readonly clock: Clock,
    readonly options: TopOptions,
  ) {
    this.#view = { ...FIRST_VIEW, choice: options.choice };
    this.snapshot = new Snapshot(() => clock.nowMs());
  }

  /** False if the user has seen enough. */
  typed(text: string): boolean {
    for (const key of keysOf(text)) {
      if (key === "redraw") {
        this.#frame = undefined;
        continue;
      }
      const extent = extentOf({ resourceRows: this.#rows() }, this.#size());
      const next = press(this.#view, key, extent);
      if (next === undefined) return false;
      if (next.page === "details" && this.#view.page === "list") void this.#askDecisions(next.selected ?? "");
      this.#view = next;
    }
    this.#draw();
    return true;
  }

  /** Redraws everything. */
  redraw(): void {
    this.#frame = undefined;
    this.#draw();
  }

  drawSoon(): void {
    if (this.#isOver) return;
    const dueMs = this.#drawnMs + CALM_MS - this.clock.nowMs();
    this.#soon ??= this.clock.setTimer(Math.max(0, dueMs), () => this.#draw());
  }

  close(): void {
    this.#isOver = true;
    this.#soon?.cancel();
    this.#tick?.cancel();
  }

  #size() {
    return this.terminal.size() ?? USUAL_SIZE;
  }

  #rows(): readonly ResourceRow[] {
    const { version } = this.snapshot;
    const { choice } = this.#view;
    if (this.#listed?.version !== version || this.#listed.choice !== choice) {
      this.#listed = { version, choice, resourceRows: chosen(this.snapshot.resourceRows(), choice) };
    }
    return this.#listed.resourceRows;
  }

  #draw(): void {
    if (this.#isOver) return;
    this.#soon?.cancel();
    this.#tick?.cancel();
    this.#soon = undefined;
    this.#tick = this.clock.setTimer(TICK_MS - this.clock.wallMs() % TICK_MS, () => this.#draw());
    // A slow line gets the snapshot of the moment at which it can take one, not all that were before.
    if (!this.#isBusy) void this.#write(this.#next());
  }

  /** What leads from the last snapshot to that of now. */
  #next(): string {
    this.#drawnMs = this.clock.nowMs();
    const size = this.#size();
    const resourceRows = this.#rows();
    this.#view = settled(this.#view, extentOf({ resourceRows }, size));
    const behind = { decisions: this.#decisions, now: new Date(this.clock.wallMs()) };
    const shown = { snapshot: this.snapshot, resourceRows, source: this.source, behind };
    const { paint, symbols } = this.options;
    const frame = {
      columns: size.columns,
      lines: screenLines(shown, this.#view, size, symbols).map(paint),
    };
    const text = transition(this.#frame, frame);
    this.#frame = frame;
    return text;
  }

  async #write(text: string): Promise<void> {
    if (text === "") return;
    this.#isBusy = true;
    await this.terminal.stdout.write(text);
    this.#isBusy = false;
    if (this.#isOver) return;
    await this.#write(this.#next());
  }

  async #askDecisions(resource: string): Promise<void> {
    this.#decisions = undefined;
    const decisions = await this.options.decisionsOf(resource);
    if (this.#view.selected !== resource || this.#isOver) return;
    this.#decisions = decisions;
    this.#draw();
  }
}
