/** Answers that go on for long, without keeping in memory what is sent. */

/** Types of answers that end when the client has enough. */
const ENDLESS = /^(text\/event-stream|application\/x-ndjson)\b/;

/**
 * The same answer. Deno (2.4) holds on to each piece of an answer until the whole is sent, which an event stream never
 * is: so the bytes of each are taken away from it as soon as it asks for the next one. By then it has passed them on.
 */
export function released(response: Response): Response {
  if (!ENDLESS.test(response.headers.get("content-type") ?? "")) return response;
  // Not before: an answer whose body was looked at as a stream is sent as one, without its length.
  const { body, status, headers } = response;
  if (body === null) return response;
  const reader = body.getReader();
  let sent: ArrayBuffer | undefined;
  const pieces = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent?.detached === false) sent.transfer();
      sent = undefined;
      const { done, value } = await reader.read();
      if (done) return controller.close();
      if (value.buffer instanceof ArrayBuffer) sent = value.buffer;
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return new Response(pieces, { status, headers });
}
