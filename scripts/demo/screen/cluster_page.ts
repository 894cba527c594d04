/** The page of the whole cluster: what a screen shows, for browsers. The pages of the nodes are drbdd's own. */
import type { PageAddress } from "../nodes/definition.ts";
import type { Entry, View } from "./layout.ts";
import { withoutColours } from "./paint.ts";
import type { Screen } from "./screen.ts";

/** Entries of the record that are shown. */
const KEPT_ENTRIES = 200;

export class ClusterPage implements Screen, AsyncDisposable {
  readonly #record: Entry[] = [];
  readonly #stop = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #view: View | undefined;

  /** Listens on loopback, at a port that the system chooses. `nodes` are linked. */
  constructor(readonly nodes: readonly PageAddress[]) {
    const options = { hostname: "127.0.0.1", port: 0, signal: this.#stop.signal, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get port(): number {
    return this.#server.addr.port;
  }

  narrate(time: string, text: string): void {
    this.add({ time, who: "demo", severity: "info", text });
  }

  add(entry: Entry): void {
    this.#record.push(entry);
    this.#record.splice(0, this.#record.length - KEPT_ENTRIES);
  }

  page(): void {}

  draw(view: View): void {
    this.#view = view;
  }

  keep(view: View): void {
    this.draw(view);
  }

  end(): void {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#server.finished;
  }

  #answer(request: Request): Response {
    switch (new URL(request.url).pathname) {
      case "/":
        return new Response(html(this.nodes), { headers: { "content-type": "text/html; charset=utf-8" } });
      case "/view":
        return Response.json(this.#shown());
      default:
        return new Response("Not found\n", { status: 404 });
    }
  }

  /** By the ids of the elements that show it. The newest entry comes first. */
  #shown(): Readonly<Record<string, string>> {
    const { title = "", narration = "", table = [] } = this.#view ?? {};
    const record = this.#record.map(({ time, who, text }) => `${time.padEnd(6)}${who.padEnd(7)}${text}\n`);
    return {
      title,
      narration,
      table: table.map((line) => `${withoutColours(line)}\n`).join(""),
      record: record.reverse().join(""),
    };
  }
}

function html(nodes: readonly PageAddress[]): string {
  const links = nodes.map(({ node, port }) => `<a href="http://127.0.0.1:${port}/">${node}</a>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>drbdd demo</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
  h1, h2 { font-size: 1.1rem }
  pre { font: .9rem/1.35 ui-monospace, monospace; overflow-x: auto }
  #narration { font-weight: bold }
</style>
<h1 id="title">drbdd demo</h1>
<p>The page of drbdd on ${links.join(", ")}; a node without power has none.</p>
<pre id="table"></pre>
<p id="narration" aria-live="polite"></p>
<h2>What drbdd decides, and why (its own log, newest first)</h2>
<pre id="record"></pre>
<script>
  async function look() {
    try {
      const shown = await (await fetch("/view")).json();
      for (const [id, text] of Object.entries(shown)) document.getElementById(id).textContent = text;
      setTimeout(look, 500);
    } catch {
      document.getElementById("title").textContent = "The demo has ended";
    }
  }
  look();
</script>
</html>
`;
}
