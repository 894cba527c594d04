/** Routes of the API. It is read-only: only GET and HEAD are allowed. */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { worstOf } from "../../src/health/problem.ts";
import { describe } from "../../src/effects/describe.ts";
import type { HealthBoard } from "../../src/daemon/status/health_board.ts";
import type { DecisionLog } from "../../src/daemon/status/decision_log.ts";
import type { Logger } from "../../src/logging/logging.ts";
import { eventStream, type Sources } from "./events/event_stream.ts";
import { QueryError, readQuery } from "./events/events_query.ts";
import { Semaphore } from "./http/semaphore.ts";
import { healthObject, problemObjects } from "./json/health_json.ts";
import { ListPlaces } from "./http/list_places.ts";
import { formFor } from "./events/messages.ts";
import { OPENAPI } from "./openapi/openapi.ts";
import { loadPage } from "./page/page.ts";
import { type BodyWorld, inPieces, pacedBody } from "./http/paced_body.ts";
import { type KnownNames, type Rejection, rejectionOf } from "./http/request_guard.ts";
import type { TokenFile } from "./http/token_file.ts";
import type { View } from "./json/views.ts";

/** Limit of concurrent event streams. */
export const MOST_STREAMS = 128;
/** Limit of concurrent lists of all resources: each may keep a separate snapshot alive. */
export const MOST_LISTS = 16;
/** Log messages that clients can cause at will are logged at most this often. */
const LOG_EVERY_MS = 60_000;

/** The sources of the answers. */
export interface Parts extends Sources, BodyWorld {
  readonly log: Logger;
  readonly journal: DecisionLog;
  readonly health: HealthBoard;
  readonly known: KnownNames;
  /** Absent: no token is required. */
  readonly token: TokenFile | undefined;
  /** Different for each start, to distinguish versions of this run from those of others. */
  readonly life: string;
  /** Called with the status of every answer. */
  answered(status: number): void;
  /** Called with the number of event streams. */
  streaming(count: number): void;
  /** Called with the number of event streams that follow resources including counters. */
  watching(count: number): void;
}

/** Answers requests. Never rejects. */
export function makeApp(parts: Parts): (request: Request) => Promise<Response> {
  const app = makeRoutes(parts);
  return async (request) => await app.fetch(request);
}

export function makeRoutes(parts: Parts): Hono {
  const app = new Hono();
  const streams = new Semaphore(MOST_STREAMS, parts.streaming);
  const watchers = new Semaphore(MOST_STREAMS, parts.watching);
  const lists = new ListPlaces(parts.clock, MOST_LISTS);
  app.use(commonHeaders(parts));
  app.use(refuse(parts));
  app.get("/", (c) => page(c));
  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", (c) => readiness(c, parts));
  app.get("/api/v1/openapi.json", (c) => c.json(OPENAPI));
  app.use("/api/v1/*", authorize(parts));
  app.get("/api/v1/health", (c) => health(c, parts));
  app.get("/api/v1/resources", (c) => resources(c, parts, lists));
  app.get("/api/v1/resources/:name", (c) => resource(c, parts, c.req.param("name")));
  app.get("/api/v1/resources/:name/decisions", (c) => decisions(c, parts, c.req.param("name")));
  app.get("/api/v1/events", (c) => events(c, parts, streams, watchers));
  app.notFound((c) => problem(c, 404, `There is nothing at ${c.req.path}`));
  const failed = occasionally(parts, (error) => {
    parts.log.error("Cannot answer a request: {error}", { error: describe(error) });
  });
  app.onError((error, c) => {
    failed(error);
    return problem(c, 500, "Internal error; see the log of drbdd");
  });
  return app;
}

type Status = Rejection["status"] | 401 | 404 | 500 | 503;

function problem(c: Context, status: Status, error: string): Response {
  return c.json({ error }, status);
}

function commonHeaders(parts: Parts): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    const isSet = (name: string) => headers.has(name);
    if (!isSet("content-security-policy")) {
      headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    }
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    headers.set("cross-origin-resource-policy", "same-origin");
    // A proxy that compresses or caches an event stream breaks it, and Deno would compress some answers.
    headers.set("cache-control", isSet("etag") ? "no-cache, no-transform" : "no-store, no-transform");
    parts.answered(c.res.status);
  };
}

function refuse({ known }: Parts): MiddlewareHandler {
  return async (c, next) => {
    const refusal = rejectionOf(c.req.raw, known);
    if (refusal === undefined) return await next();
    if (refusal.status === 405) c.header("allow", "GET, HEAD");
    return problem(c, refusal.status, refusal.error);
  };
}

function authorize(parts: Parts): MiddlewareHandler {
  const refused = occasionally(parts, () => {
    parts.log.warn("A client without the right token was refused");
  });
  return async (c, next) => {
    if (await isLetIn(parts, c.req.header("authorization"))) return await next();
    c.header("www-authenticate", 'Bearer realm="drbdd"');
    if (c.req.header("authorization") === undefined) {
      return problem(c, 401, "A token is needed: Authorization: Bearer TOKEN");
    }
    refused(undefined);
    return problem(c, 401, "This is not the right token. Expected: Authorization: Bearer TOKEN");
  };
}

async function isLetIn({ token }: Parts, authorization: string | undefined): Promise<boolean> {
  return token === undefined || await token.accepts(authorization);
}

async function page(c: Context): Promise<Response> {
  const { text, etag, policy } = await loadPage();
  c.header("content-security-policy", policy);
  return notModified(c, etag) ?? c.html(text);
}

function readiness(c: Context, parts: Parts): Response {
  const reason = parts.staleReason();
  return reason === undefined ? c.text("ready\n") : c.text(`not ready: ${reason}\n`, 503);
}

async function resources(c: Context, parts: Parts, lists: ListPlaces): Promise<Response> {
  const { version, views } = parts.views.all();
  const reason = noteStale(c, parts);
  if (reason !== undefined && views.length === 0) return unknown(c, reason);
  const same = notModified(c, etagOf(parts, version));
  if (same !== undefined) return same;
  c.header("content-type", "application/json");
  if (isHead(c)) return c.body(null);
  const place = await lists.enter();
  if (place === undefined) return busy(c);
  // It may have changed while waiting for a slot.
  const now = parts.views.all();
  c.header("etag", etagOf(parts, now.version));
  return c.body(pacedBody(inPieces(listOf(now.views)), parts, place));
}

function etagOf({ life }: Parts, version: number): string {
  return `W/"${life}-${version}"`;
}

/** Health of this node: that of the worst resource of DRBD or a promoter, with reasons. */
function health(c: Context, parts: Parts): Response {
  const stale = noteStale(c, parts);
  const all = parts.health.all();
  const problems = parts.health.nodeProblems;
  const severity = worstOf([
    ...problems.map(({ severity }) => severity),
    ...all.map(({ health }) => health.severity),
    stale === undefined ? "ok" : "unknown",
  ]);
  return c.json({
    node: parts.node,
    severity,
    stale: stale ?? null,
    problems: problemObjects(problems),
    resources: all.map(({ name, health }) => ({ name, ...healthObject(health) })),
  });
}

/** An array with one resource per line. */
function* listOf(views: readonly View[]): Generator<string> {
  yield "[";
  for (const [place, view] of views.entries()) yield `${place === 0 ? "\n" : ",\n"}${view.json}`;
  yield "\n]\n";
}

function resource(c: Context, parts: Parts, name: string): Response {
  const view = parts.views.get(name);
  const reason = noteStale(c, parts);
  if (view === undefined) return reason === undefined ? noResource(c, name) : unknown(c, reason);
  const same = notModified(c, etagOf(parts, view.version));
  if (same !== undefined) return same;
  c.header("content-type", "application/json");
  return c.body(`${view.json}\n`);
}

/** Decisions are kept when their resource goes down: they may explain why. */
function decisions(c: Context, parts: Parts, name: string): Response {
  const found = parts.journal.of(name);
  if (found.length === 0 && parts.views.get(name) === undefined) {
    const reason = noteStale(c, parts);
    return reason === undefined ? noResource(c, name) : unknown(c, reason);
  }
  return c.json(found.map(({ wallMs, plugin, level, text }) => ({
    time: new Date(wallMs).toISOString(),
    plugin,
    level,
    text,
  })));
}

function events(c: Context, parts: Parts, streams: Semaphore, watchers: Semaphore): Response {
  try {
    const query = readQuery(new URLSearchParams(/\?(.*)$/s.exec(c.req.url)?.[1] ?? ""));
    const form = formFor(c.req.header("accept"));
    c.header("content-type", form.contentType);
    // Otherwise nginx would buffer the stream.
    c.header("x-accel-buffering", "no");
    if (isHead(c)) return c.body(null);
    const release = streams.enter();
    if (release === undefined) return busy(c);
    const leave = query.state ? watchers.enter() : undefined;
    const gone = new AbortController();
    const authorization = c.req.header("authorization");
    const pieces = eventStream(parts, query, {
      lastId: c.req.header("last-event-id") || undefined,
      form,
      signal: gone.signal,
      isLetIn: () => isLetIn(parts, authorization),
    });
    const end = () => {
      gone.abort();
      release();
      leave?.();
    };
    return c.body(pacedBody(pieces, parts, { end }));
  } catch (error) {
    if (error instanceof QueryError) return problem(c, 400, error.message);
    throw error;
  }
}

function isHead(c: Context): boolean {
  return c.req.raw.method === "HEAD";
}

function noResource(c: Context, name: string): Response {
  return problem(c, 404, `There is no resource ${JSON.stringify(name)} on this node`);
}

function unknown(c: Context, reason: string): Response {
  c.header("retry-after", "1");
  return problem(c, 503, `The state is not known: ${reason}`);
}

function busy(c: Context): Response {
  c.header("retry-after", "5");
  return problem(c, 503, "Too many clients ask for this at the same time");
}

/** Adds a header with the reason if the state may be outdated. */
function noteStale(c: Context, parts: Parts): string | undefined {
  const reason = parts.staleReason();
  if (reason !== undefined) c.header("drbdd-stale", reason.replace(/[^\x20-\x7e]/g, "?"));
  return reason;
}

/** The 304 answer if the client has this version; otherwise undefined. Sets the ETag in any case. */
function notModified(c: Context, etag: string): Response | undefined {
  c.header("etag", etag);
  const strong = (tag: string) => tag.trim().replace(/^W\//, "");
  const known = (c.req.header("if-none-match") ?? "").split(",").map(strong);
  return known.includes("*") || known.includes(strong(etag)) ? c.body(null, 304) : undefined;
}

/** Runs the action at most once per minute. */
function occasionally({ clock }: Parts, action: (what: unknown) => void): (what: unknown) => void {
  let doneMs = -Infinity;
  return (what) => {
    if (clock.nowMs() - doneMs < LOG_EVERY_MS) return;
    doneMs = clock.nowMs();
    action(what);
  };
}
