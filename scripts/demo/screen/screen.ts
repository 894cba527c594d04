/** Shows the demo: a screen that is drawn over and over on a terminal, plain lines everywhere else. */
import { type Entry, entryLines, screenLines, type Size, type View } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** Where the demo is shown. */
export interface Screen {
  /** What is done to the cluster. */
  narrate(time: string, text: string): void;
  /** What a daemon decided, or what was seen. */
  add(entry: Entry): void;
  /** The page of a node answers from now on. Screens that are drawn have it in what they draw. */
  page(entry: Entry): void;
  draw(view: View): void;
  /** The table as it is now is worth keeping. */
  keep(view: View): void;
  end(): void;
}

/** Several screens that show the same. */
export class Screens implements Screen {
  constructor(readonly all: readonly Screen[]) {}

  narrate(time: string, text: string): void {
    for (const screen of this.all) screen.narrate(time, text);
  }

  add(entry: Entry): void {
    for (const screen of this.all) screen.add(entry);
  }

  page(entry: Entry): void {
    for (const screen of this.all) screen.page(entry);
  }

  draw(view: View): void {
    for (const screen of this.all) screen.draw(view);
  }

  keep(view: View): void {
    for (const screen of this.all) screen.keep(view);
  }

  end(): void {
    for (const screen of this.all) screen.end();
  }
}

/** Entries that a terminal of any size has use for. */
const KEPT_ENTRIES = 200;

/** Where the text of a screen goes. */
export interface TextOutput {
  write(text: string): void;
}

/** Writes to standard output; calls `onClosed` when nobody reads it any more. */
export class Output implements TextOutput {
  #isClosed = false;

  constructor(readonly onClosed: () => void) {}

  write(text: string): void {
    if (this.#isClosed) return;
    const bytes = new TextEncoder().encode(text);
    try {
      for (let written = 0; written < bytes.length;) {
        written += Deno.stdout.writeSync(bytes.subarray(written));
      }
    } catch {
      // The pipe is closed, or the terminal is gone.
      this.#isClosed = true;
      this.onClosed();
    }
  }
}

/** Plain lines, as for a file. */
export class LineScreen implements Screen {
  #hasTitle = false;

  constructor(readonly output: TextOutput, readonly paint: Paint) {}

  narrate(time: string, text: string): void {
    this.output.write(`\n${time} === ${text}\n`);
  }

  add(entry: Entry): void {
    this.output.write(`${entryLines(entry, Infinity, this.paint).join("\n")}\n`);
  }

  page(entry: Entry): void {
    this.add(entry);
  }

  draw({ title, keys }: View): void {
    if (this.#hasTitle) return;
    this.#hasTitle = true;
    this.output.write([title, keys].filter((line) => line !== "").map((line) => `${line}\n`).join(""));
  }

  keep({ table }: View): void {
    this.output.write(`\n${table.map((line) => `${line}\n`).join("")}`);
  }

  end(): void {}
}

/** A terminal. */
export class TerminalScreen implements Screen {
  readonly #record: Entry[] = [];
  #drawnLines = 0;

  constructor(readonly output: TextOutput, readonly paint: Paint, readonly size: () => Size = terminalSize) {
    output.write("\x1b[?25l");
  }

  narrate(time: string, text: string): void {
    this.add({ time, who: "demo", severity: "warn", text });
  }

  add(entry: Entry): void {
    this.#record.push(entry);
    this.#record.splice(0, this.#record.length - KEPT_ENTRIES);
  }

  page(): void {}

  draw(view: View): void {
    const lines = screenLines(view, this.#record, this.size(), this.paint);
    const up = this.#drawnLines > 0 ? `\x1b[${this.#drawnLines}A` : "";
    this.output.write(`${up}${lines.map((line) => `\r\x1b[2K${line}\n`).join("")}\x1b[J`);
    this.#drawnLines = lines.length;
  }

  keep(view: View): void {
    this.draw(view);
  }

  end(): void {
    this.output.write("\x1b[?25h");
  }
}

function terminalSize(): Size {
  try {
    const size = Deno.consoleSize();
    // A terminal whose size nobody has set says 0.
    if (size.columns > 0 && size.rows > 0) return size;
  } catch {
    // No terminal.
  }
  return { columns: 80, rows: 24 };
}
