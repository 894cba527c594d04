/** The messages of an event stream, and the two forms in which they are sent. */

/** What a client is told. `data` is JSON text of one line. */
export interface Message {
  readonly event: "status" | "resource" | "gone" | "snapshot-end" | "update" | "reset";
  /** Of updates: what a client sends as `Last-Event-ID` to go on after it. */
  readonly id?: string;
  readonly data: string;
}

/** How messages become text. */
export interface MessageForm {
  readonly contentType: string;
  /** With its ends of lines. */
  text(message: Message): string;
  /** Shows that the stream lives. */
  readonly heartbeat: string;
}

/** Server-Sent Events, as browsers and many libraries read them. */
export const SERVER_SENT_EVENTS: MessageForm = {
  contentType: "text/event-stream; charset=utf-8",
  text: ({ event, id, data }) => `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`,
  heartbeat: ": heartbeat\n\n",
};

/** One JSON object a line: the same words, for programs that read line by line. */
export const JSON_LINES: MessageForm = {
  contentType: "application/x-ndjson; charset=utf-8",
  text: ({ event, id, data }) =>
    `{"event":"${event}"${id === undefined ? "" : `,"id":"${id}"`},"data":${data}}\n`,
  heartbeat: '{"event":"heartbeat"}\n',
};

const JSON_LINES_TYPES = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/** The form that a header `Accept` asks for; Server-Sent Events, if it leaves the choice. */
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
