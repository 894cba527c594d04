/** Long-lived answers that do not keep sent data in memory. */

/** Types of answers that end when the client has enough. */
const ENDLESS = /^(text\/event-stream|application\/x-ndjson)\b/;

/**
 * The same answer. Deno (2.4) keeps each chunk of an answer in memory until the whole is sent, which never happens with
 * an event stream: so the bytes of each are detached as soon as it asks for the next one, when they have been passed
 * on.
 */
export function released(response: Response): Response {
  if (!ENDLESS.test(response.headers.get("content-type") ?? "")) return response;
  // Not earlier: once its body was accessed as a stream, an answer is sent without a length.
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
