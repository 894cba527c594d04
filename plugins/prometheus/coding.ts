/** How the text of an answer becomes bytes. */

/**
 * Answers are put together from parts, most of which were there before. A part is made once, of a text, and can stand
 * in any answer.
 */
export interface Coding<Part> {
  /** As HTTP calls it; undefined for plain bytes. */
  readonly name: string | undefined;
  part(text: string): Part;
  /** The bytes of the parts one after the other, in pieces that are never changed. */
  join(parts: readonly Part[]): Uint8Array[];
}

const encoder = new TextEncoder();

/** Plain bytes. */
export const IDENTITY: Coding<Uint8Array> = {
  name: undefined,
  part: (text) => encoder.encode(text),
  join: (parts) => [...parts],
};
