/** `top` on a terminal: follows the feed until the user quits. */
import type { Clock } from "../../effects/effects.ts";
import type { Terminal } from "../../effects/terminal.ts";
import type { Feed } from "../feed/feed.ts";
import { ENTER, LEAVE } from "../screen/frame.ts";
import { Screen, type TopOptions } from "./terminal_screen.ts";

/** Runs until the user quits, or the program is to end. The terminal is then as it was. */
export async function runTop(
  feed: Feed,
  terminal: Terminal,
  clock: Clock,
  options: TopOptions,
): Promise<void> {
  using interrupts = terminal.interrupts();
  const over = new AbortController();
  const end = () => over.abort();
  interrupts.signal.addEventListener("abort", end);
  const screen = new Screen(feed.source, terminal, clock, options);
  void terminal.stdout.write(ENTER);
  terminal.onResize(() => screen.redraw(), over.signal);
  const typing = answerKeys(terminal, screen, over.signal).finally(end);
  try {
    screen.redraw();
    for await (const message of feed.messages({ resources: true, updates: false }, over.signal)) {
      screen.snapshot.take(message);
      screen.drawSoon();
    }
  } finally {
    end();
    screen.close();
    await typing;
    await terminal.stdout.write(LEAVE);
  }
}

/** Ends when the user has seen enough, when there is no more input, or with the signal. */
async function answerKeys(terminal: Terminal, screen: Screen, signal: AbortSignal): Promise<void> {
  for await (const text of terminal.keys(signal)) {
    if (!screen.typed(text)) return;
  }
}
