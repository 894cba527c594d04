/** Folders of programs that make something. */

const SIGNALS = new Map<Deno.Signal, number>([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]);
let endsOnSignals = false;

/**
 * Makes a temporary folder, drbdd-NAME-..., that is removed when `fail()`, a signal or the last line ends this program.
 * For uncaught errors there is `finally`, which is not run in those cases.
 */
export async function makeWorkFolder(name: string): Promise<string> {
  endOnSignals();
  const folder = await Deno.makeTempDir({ prefix: `drbdd-${name}-` });
  globalThis.addEventListener("unload", () => {
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch {
      // It was removed before, or something still writes to it.
    }
  });
  return folder;
}

/** A signal ends a program without "unload", unless it is listened to. */
function endOnSignals(): void {
  if (endsOnSignals) return;
  endsOnSignals = true;
  for (const [signal, code] of SIGNALS) Deno.addSignalListener(signal, () => Deno.exit(code));
}

/** Copies a file to where it belongs, in one step: nothing half-written is ever found there, and what was there may be running. */
export async function putInPlace(from: string, to: string): Promise<void> {
  await Deno.copyFile(from, `${to}.new`);
  await Deno.rename(`${to}.new`, to);
}
