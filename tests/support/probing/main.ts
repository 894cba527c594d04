/** The deciding thread of drbdd, which also says on standard error whether it may use the network: for a test. */

const TRY_EVERY_MS = 100;
let said = "";

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`deciding thread: ${text}\n`));
}

/** Whether each was refused by the sandbox. */
async function look(): Promise<void> {
  const tries = {
    listen: () => Promise.resolve().then(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close()),
    connect: async () => (await Deno.connect({ hostname: "127.0.0.1", port: 9 })).close(),
  };
  const words: string[] = [];
  for (const [what, attempt] of Object.entries(tries)) {
    const error = await attempt().then(() => undefined, (error: unknown) => error);
    words.push(`${what} ${error instanceof Deno.errors.NotCapable ? "refused" : "allowed"}`);
  }
  if (words.join() !== said) say(words.join(", "));
  said = words.join();
}

setInterval(() => void look().catch((error) => say(String(error))), TRY_EVERY_MS);
await import("../../../main.ts");
