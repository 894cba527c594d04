/** Answers HTTP requests: scrapes and a start page. */
import type { PluginContext } from "../../src/daemon/plugins/plugin.ts";
import { formatFor, takesGzip } from "./accept.ts";
import { PacedBodies } from "./paced_bodies.ts";
import { Exposition } from "./exposition.ts";
import type { Enums } from "./series/row.ts";
import { SeriesText } from "./series/series_text.ts";
import { CONTENT_TYPES } from "./series/text.ts";

/** Where the metrics are. */
export const METRICS_PATH = "/metrics";
const PAGE = `<!DOCTYPE html>
<html lang="en"><title>drbdd</title><h1>drbdd</h1><p><a href="${METRICS_PATH}">Metrics for Prometheus</a></p></html>
`;
const COMMON = { "x-content-type-options": "nosniff" };

export class Exporter {
  readonly #exposition;
  readonly #bodies;

  constructor(context: PluginContext, enums: Enums) {
    // Requested now, so that the versions are known by the first scrape.
    void context.statistics();
    this.#bodies = new PacedBodies(context.effects.clock);
    this.#exposition = new Exposition({ context, text: new SeriesText(enums) });
  }

  /** Serves `/metrics`, and a page with a link to it, for GET and HEAD. */
  async answer(request: Request): Promise<Response> {
    const path = pathOf(request);
    if (path !== METRICS_PATH && path !== "/") {
      return refusal(404, `Not found: metrics are at ${METRICS_PATH}`);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal(405, "Only GET and HEAD are answered", { allow: "GET, HEAD" });
    }
    if (path === "/") {
      const headers = { ...COMMON, "content-type": "text/html; charset=utf-8" };
      return new Response(request.method === "HEAD" ? null : PAGE, { headers });
    }
    return await this.#metrics(request);
  }

  async #metrics({ headers: asked, method }: Request): Promise<Response> {
    const format = formatFor(asked.get("accept"));
    const isGzipped = takesGzip(asked.get("accept-encoding"));
    const headers = {
      ...COMMON,
      "content-type": CONTENT_TYPES[format],
      // Deno 2.4 would compress an uncompressed answer itself, and block the event loop meanwhile.
      "cache-control": "no-store, no-transform",
      "vary": "Accept, Accept-Encoding",
      ...(isGzipped ? { "content-encoding": "gzip" } : {}),
    };
    if (method === "HEAD") return new Response(null, { headers });
    const rendering = await this.#exposition.render();
    return new Response(this.#bodies.stream(rendering({ format, isGzipped })), { headers });
  }
}

function pathOf(request: Request): string | undefined {
  // The host in the URL comes from the client and may be invalid.
  return URL.canParse(request.url) ? new URL(request.url).pathname : undefined;
}

function refusal(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { ...COMMON, ...headers, "content-type": "text/plain; charset=utf-8" },
  });
}
