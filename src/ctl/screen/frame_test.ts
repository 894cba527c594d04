import assert from "node:assert/strict";
import fc from "fast-check";
import { type Frame, transition } from "./frame.ts";

/** A terminal, as far as frames steer it. */
class Glass {
  lines: string[] = [];

  show(text: string): void {
    // deno-lint-ignore no-control-regex -- what steers a terminal begins with ESC
    let rest = text.replace(/\x1b\[\?2026[hl]/g, "");
    let row = 0;
    while (rest !== "") {
      // deno-lint-ignore no-control-regex -- what steers a terminal begins with ESC
      const [sequence = rest.slice(0, 1), place] = /^\x1b\[(?:(\d+);1H|2J)/.exec(rest) ?? [];
      rest = rest.slice(sequence.length);
      if (place !== undefined) {
        row = Number(place) - 1;
        this.lines[row] = "";
      } else if (sequence === "\x1b[2J") this.lines = [];
      else if (!sequence.startsWith("\x1b")) this.lines[row] += sequence;
    }
  }
}

const frames = fc.array(
  fc.record({
    columns: fc.constantFrom(80, 81),
    lines: fc.array(fc.constantFrom("", "a", "bb", "c c"), { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 6 },
);

Deno.test("the terminal shows the last frame, whatever was shown before", () => {
  fc.assert(fc.property(frames, (all) => {
    const glass = new Glass();
    let before: Frame | undefined;
    for (const frame of all) {
      glass.show(transition(before, frame));
      before = frame;
      assert.deepEqual(glass.lines, frame.lines);
    }
  }));
});

Deno.test("only lines that differ are written, in one go", () => {
  const before = { columns: 80, lines: ["one", "two", "three"] };
  const text = transition(before, { columns: 80, lines: ["one", "TWO", "three"] });
  assert.equal(text, "\x1b[?2026h\x1b[2;1HTWO\x1b[?2026l");
  assert.equal(transition(before, before), "");
});
