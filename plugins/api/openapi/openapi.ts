/** The description of the API for programs, in OpenAPI's form. */
import { UPDATE_KINDS } from "../../../src/drbd/model/update.ts";
import { VERSION } from "../../../src/version.ts";
import { MOST_RECENT, UPDATE_TYPES } from "../events/events_query.ts";
import { SCHEMAS } from "./schemas.ts";

const ref = (name: keyof typeof SCHEMAS) => ({ $ref: `#/components/schemas/${name}` });

/** An answer with content of one type. */
function answer(
  description: string,
  type: string,
  schema: unknown,
  headers?: Readonly<Record<string, unknown>>,
) {
  return { description, ...(headers === undefined ? {} : { headers }), content: { [type]: { schema } } };
}

const plain = (description: string) => answer(description, "text/plain", { type: "string" });
const error = (description: string) => answer(description, "application/json", ref("Error"));

const STALE = {
  "drbdd-stale": {
    description: "Why the state may be outdated. Absent while it is up to date",
    schema: { type: "string" },
  },
};
const VERSIONED = {
  ...STALE,
  "etag": { description: "Another one means other content, counters included", schema: { type: "string" } },
};

/** What every path can answer. */
const ALWAYS = {
  "400": error("Invalid request"),
  "403": error("Cross-site request"),
  "405": error("Only GET and HEAD are allowed"),
  "414": error("The address is too long"),
  "421": error("Unknown name in the header Host"),
  "431": error("The headers are too long"),
  "500": error("Internal error; see the log of drbdd"),
};
const NEEDS_TOKEN = { ...ALWAYS, "401": error("A token is needed") };
const NOT_MODIFIED = { "304": { description: "The client has this version already" } };
const NO_RESOURCE = { "404": error("There is no such resource on this node") };
const UNKNOWN = { "503": error("The state is not known yet, or too many clients ask at the same time") };

const NAME = {
  name: "name",
  in: "path",
  required: true,
  schema: { type: "string" },
  description: "Of the resource",
};
const IF_NONE_MATCH = {
  name: "If-None-Match",
  in: "header",
  schema: { type: "string" },
  description: "ETags of what the client has",
};

function query(name: string, schema: unknown, description: string) {
  return { name, in: "query", schema, description };
}
const several = (schema: unknown) => ({ type: "array", items: schema });
const FLAG = { type: "integer", enum: [0, 1], default: 0 };

const EVENT_PARAMETERS = [
  query("resource", several({ type: "string" }), "Only this resource. Can be given several times"),
  query("kind", several({ enum: UPDATE_KINDS }), "Only updates of this kind. Can be given several times"),
  query(
    "event-type",
    several({ enum: UPDATE_TYPES }),
    "Only updates of this type. Can be given several times",
  ),
  query("snapshot", FLAG, "1: all resources first, then `snapshot-end`"),
  query(
    "state",
    FLAG,
    "1: as snapshot; then whole resources whenever anything in them changes, including counters",
  ),
  query(
    "recent",
    { type: "integer", minimum: 0, maximum: MOST_RECENT, default: 0 },
    "Send this many of the last updates first",
  ),
  {
    name: "Last-Event-ID",
    in: "header",
    schema: { type: "string" },
    description:
      "Continue after this event. If later events are no longer available, a `reset` is sent first",
  },
];

const ANYBODY: readonly unknown[] = [];

export const OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: "drbdd",
    version: VERSION,
    summary: "The state of DRBD on this node, read-only",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  security: [{}, { token: [] }],
  paths: {
    "/api/v1/health": {
      get: {
        summary: "How healthy this node's resources are, and why not",
        responses: {
          "200": answer("Always, also when nothing is known", "application/json", ref("Health"), STALE),
          ...NEEDS_TOKEN,
        },
      },
    },
    "/api/v1/resources": {
      get: {
        summary: "All resources, by name",
        parameters: [IF_NONE_MATCH],
        responses: {
          "200": answer(
            "In the format of `drbdsetup status --json`",
            "application/json",
            several(ref("Resource")),
            VERSIONED,
          ),
          ...{ ...NOT_MODIFIED, ...NEEDS_TOKEN, ...UNKNOWN },
        },
      },
    },
    "/api/v1/resources/{name}": {
      get: {
        summary: "One resource",
        parameters: [NAME, IF_NONE_MATCH],
        responses: {
          "200": answer("The resource", "application/json", ref("Resource"), VERSIONED),
          ...{ ...NOT_MODIFIED, ...NEEDS_TOKEN, ...NO_RESOURCE, ...UNKNOWN },
        },
      },
    },
    "/api/v1/resources/{name}/decisions": {
      get: {
        summary: "The last decisions of drbdd about a resource, with reasons",
        parameters: [NAME],
        responses: {
          "200": answer("Oldest first", "application/json", several(ref("Decision")), STALE),
          ...{ ...NEEDS_TOKEN, ...NO_RESOURCE, ...UNKNOWN },
        },
      },
    },
    "/api/v1/events": {
      get: {
        summary: "Changes as they happen",
        parameters: EVENT_PARAMETERS,
        responses: {
          "200": {
            description: "A stream without end",
            content: {
              "text/event-stream": { schema: { type: "string" } },
              "application/x-ndjson": { schema: ref("Message") },
            },
          },
          ...{ ...NEEDS_TOKEN, ...UNKNOWN },
        },
      },
    },
    "/api/v1/openapi.json": {
      get: {
        summary: "This description",
        security: ANYBODY,
        responses: { "200": answer("OpenAPI 3.1", "application/json", { type: "object" }), ...ALWAYS },
      },
    },
    "/healthz": {
      get: {
        summary: "Whether the process is alive",
        security: ANYBODY,
        responses: { "200": plain("It does"), ...ALWAYS },
      },
    },
    "/readyz": {
      get: {
        summary: "Whether the state is known and kept up to date",
        security: ANYBODY,
        responses: { "200": plain("It is"), "503": plain("It is not, and why"), ...ALWAYS },
      },
    },
    "/": {
      get: {
        summary: "A page that shows all of it, live",
        security: ANYBODY,
        parameters: [IF_NONE_MATCH],
        responses: { "200": answer("The page", "text/html", { type: "string" }), ...NOT_MODIFIED, ...ALWAYS },
      },
    },
  },
  components: {
    schemas: SCHEMAS,
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
  },
};
