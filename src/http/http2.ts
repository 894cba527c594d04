/**
 * Clients that speak HTTP/2 without having been asked whether it is understood. Deno's server would take that up, and
 * each connection could carry hundreds of requests at once: no bound on connections would bound anything.
 */

/** RFC 9113, 3.4. No method of HTTP/1.1 has this name. */
const BEGIN = new TextEncoder().encode("PRI ");

/** The answer to such a client. */
export const HTTP2_REFUSAL = new TextEncoder().encode(
  "HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
);

/** Looks at the first bytes of a connection, however they come. */
export class Http2Watch {
  /** How much of `BEGIN` has come; undefined when it has begun otherwise. */
  #begun: number | undefined = 0;

  /** Whether the connection has begun, with these bytes at the latest, as one of HTTP/2. */
  sees(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      if (this.#begun === undefined) return false;
      this.#begun = byte === BEGIN[this.#begun] ? this.#begun + 1 : undefined;
      if (this.#begun === BEGIN.length) return true;
    }
    return false;
  }
}
