import assert from "node:assert/strict";
import type { Entry, View } from "./layout.ts";
import { paintFor } from "./paint.ts";
import { LineScreen, TerminalScreen, type TextOutput } from "./screen.ts";

const PLAIN = paintFor(false, undefined);
const VIEW: View = { title: "TITLE", pages: "PAGES", table: ["TABLE"], narration: "", keys: "" };
const ENTRY: Entry = { time: "0:01", who: "beta", severity: "info", text: "web: stop: quorum is lost" };

/** An output that keeps what was written. */
class Kept implements TextOutput {
  text = "";

  write(text: string): void {
    this.text += text;
  }

  /** What was written since the last call. */
  take(): string {
    const { text } = this;
    this.text = "";
    return text;
  }
}

Deno.test("in a pipe each thing is a line, and the table is printed only when it is to be kept", () => {
  const output = new Kept();
  const screen = new LineScreen(output, PLAIN);
  screen.draw(VIEW);
  screen.draw(VIEW);
  screen.narrate("0:01", "beta is alone");
  screen.add(ENTRY);
  screen.page({ ...ENTRY, text: "page: URL" });
  screen.keep(VIEW);
  screen.end();
  assert.equal(
    output.text,
    "TITLE\n\n0:01 === beta is alone\n0:01 beta  web: stop: quorum is lost\n0:01 beta  page: URL\n\nTABLE\n",
  );
});

Deno.test("on a terminal each screen is drawn over the last one, and the cursor is back in the end", () => {
  const output = new Kept();
  const screen = new TerminalScreen(output, PLAIN, () => ({ columns: 80, rows: 24 }));
  assert.equal(output.take(), "\x1b[?25l");
  screen.add(ENTRY);
  screen.draw(VIEW);
  const first = output.take();
  assert.ok(!first.includes("\x1b[23A") && first.includes("0:01 beta  web: stop: quorum is lost"));
  screen.narrate("0:02", "the network is whole again");
  screen.draw(VIEW);
  const second = output.take();
  assert.ok(second.startsWith("\x1b[23A") && second.includes("0:02 demo  the network is whole again"));
  screen.end();
  assert.equal(output.take(), "\x1b[?25h");
});
