/** The messages of an event stream, and the two forms in which they are sent. */

/** A message to a client. `data` is JSON text on one line. */
export interface Message {
  readonly event: "status" | "resource" | "gone" | "snapshot-end" | "update" | "reset";
  /** The client's `Last-Event-ID` to continue after this message. */
  readonly id?: string | undefined;
  readonly data: string;
}

/** How messages become text. */
export interface MessageForm {
  readonly contentType: string;
  /** Including line ends. */
  text(message: Message): string;
  /** A heartbeat. */
  heartbeat(id: string | undefined): string;
}

/** Server-Sent Events, as browsers and many libraries read them. */
export const SERVER_SENT_EVENTS: MessageForm = {
  contentType: "text/event-stream; charset=utf-8",
  text: ({ event, id, data }) => `${idField(id)}event: ${event}\ndata: ${data}\n\n`,
  // Without data it is not an event, but its id is used.
  heartbeat: (id) => `: heartbeat\n${idField(id)}\n`,
};

/** One JSON object per line, with the same content. */
export const JSON_LINES: MessageForm = {
  contentType: "application/x-ndjson; charset=utf-8",
  text: ({ event, id, data }) => `{"event":"${event}"${idMember(id)},"data":${data}}\n`,
  heartbeat: (id) => `{"event":"heartbeat"${idMember(id)}}\n`,
};

function idField(id: string | undefined): string {
  return id === undefined ? "" : `id: ${id}\n`;
}

function idMember(id: string | undefined): string {
  return id === undefined ? "" : `,"id":"${id}"`;
}

const JSON_LINES_TYPES = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/** The format requested by a header `Accept`; by default Server-Sent Events. */
export function formFor(accept: string | undefined): MessageForm {
  const ranges = (accept ?? "").toLowerCase().split(",").map(rangeOf);
  const best = (types: readonly string[]) =>
    Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ quality }) => quality));
  return best(JSON_LINES_TYPES) > best(["text/event-stream"]) ? JSON_LINES : SERVER_SENT_EVENTS;
}

function rangeOf(text: string): { type: string; quality: number } {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}
