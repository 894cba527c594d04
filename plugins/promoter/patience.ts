/** Says that something takes long, so that nobody has to guess what is being waited for. */
import type { Clock } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";

const SAY_EVERY_MS = 60_000;

/** Waits for `action`, and warns once a minute that `what` of `resource` still goes on. */
export async function patiently<Result>(
  clock: Clock,
  log: Logger,
  resource: string,
  what: string,
  action: Promise<Result>,
): Promise<Result> {
  const beginMs = clock.nowMs();
  const sayLater = () =>
    clock.setTimer(SAY_EVERY_MS, () => {
      const seconds = Math.round((clock.nowMs() - beginMs) / 1000);
      log.warn("{resource}: {what} still goes on after {seconds} s", { resource, what, seconds });
      timer = sayLater();
    });
  let timer = sayLater();
  try {
    return await action;
  } finally {
    timer.cancel();
  }
}
