/** Shows the demo: a picture that is drawn over and over on a terminal, plain lines everywhere else. */
import { type Paint, withoutColours } from "./paint.ts";

/** What is on the screen. */
export interface View {
  readonly title: string;
  readonly picture: readonly string[];
  readonly said: string;
}

const SENTENCES = 8;
const NARRATIONS = 2;
/** Without a terminal: how long after a narration the picture is printed, in the model's time. */
const PICTURE_AFTER_MS = 1_500;

export interface Screen {
  narrate(text: string): void;
  /** Something a daemon said. */
  hear(text: string): void;
  draw(view: View, nowMs: number): void;
  end(): void;
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

/** Plain lines, as for a file: a picture a while after each narration. */
export class LineScreen implements Screen {
  #isNews = false;
  #pictureAtMs = Infinity;

  narrate(text: string): void {
    write(`\n=== ${text}\n`);
    this.#isNews = true;
  }

  hear(text: string): void {
    write(`    ${text}\n`);
  }

  draw({ picture }: View, nowMs: number): void {
    if (this.#isNews) this.#pictureAtMs = nowMs + PICTURE_AFTER_MS;
    this.#isNews = false;
    if (nowMs < this.#pictureAtMs) return;
    this.#pictureAtMs = Infinity;
    write(`\n${picture.join("\n")}`);
  }

  end(): void {}
}

/** A terminal. */
export class TerminalScreen implements Screen {
  readonly #narrations: string[] = [];
  readonly #sentences: string[] = [];
  #drawnLines = 0;

  constructor(readonly paint: Paint) {
    write("\x1b[?25l");
  }

  narrate(text: string): void {
    this.#narrations.push(text);
    this.#narrations.splice(0, this.#narrations.length - NARRATIONS);
  }

  hear(text: string): void {
    this.#sentences.push(text);
    this.#sentences.splice(0, this.#sentences.length - SENTENCES);
  }

  draw({ title, picture, said }: View): void {
    const { columns, rows } = sizeOf();
    const narrations = Array.from({ length: NARRATIONS }, (_, place) => this.#narrations[place] ?? "");
    const sentences = Array.from({ length: SENTENCES }, (_, place) => this.#sentences[place] ?? "");
    const lines = [
      this.paint.bold(title),
      "",
      ...picture,
      ...narrations.flatMap((text, place) => {
        const isLatest = text !== "" && text === this.#narrations.at(-1) &&
          place === this.#narrations.length - 1;
        return twoLines(text, columns).map((line) =>
          isLatest ? this.paint.strong(line) : this.paint.dim(line)
        );
      }),
      "",
      this.paint.bold(said),
      ...sentences.map((text) => this.paint.dim(`  ${text}`)),
    ].slice(0, rows - 1).map((line) => cut(line, columns));
    const up = this.#drawnLines > 0 ? `\x1b[${this.#drawnLines}A` : "";
    write(`${up}${lines.map((line) => `\r\x1b[2K${line}\n`).join("")}\x1b[J`);
    this.#drawnLines = lines.length;
  }

  end(): void {
    write("\x1b[?25h");
  }
}

function sizeOf(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 80, rows: 40 };
  }
}

/** A narration always takes two lines, so that nothing jumps. */
function twoLines(text: string, columns: number): [string, string] {
  if (text.length < columns) return [text, ""];
  const blank = text.lastIndexOf(" ", columns - 1);
  return [text.slice(0, blank), text.slice(blank + 1)];
}

/** Cuts a line to the width of the terminal; colours are dropped if it has to be cut. */
function cut(line: string, columns: number): string {
  const plain = withoutColours(line);
  return plain.length < columns ? line : plain.slice(0, columns - 1);
}
