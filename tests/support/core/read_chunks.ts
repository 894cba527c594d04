/** Bytes through the whole core, as the daemon gives them to it. */
import type { Event, Rejected, UnknownPart } from "../../../src/drbd/events2/event.ts";
import { LineSplitter } from "../../../src/drbd/events2/lines.ts";
import { EventStream } from "../../../src/drbd/state/stream.ts";
import type { Update } from "../../../src/drbd/model/update.ts";

/** What a stream brought from its beginning to its end. */
export interface Reading {
  readonly stream: EventStream;
  readonly updates: readonly Update[];
  readonly rejected: readonly Rejected[];
  readonly orphans: readonly Event[];
  readonly unknownParts: readonly UnknownPart[];
}

/** One run of drbdsetup, read by `stream`, in chunks that end at `ends` and at the end of `bytes`. */
export function readChunks(bytes: Uint8Array, ends: Iterable<number>, stream = new EventStream()): Reading {
  const splitter = new LineSplitter();
  const updates: Update[] = [];
  const rejected: Rejected[] = [];
  const orphans: Event[] = [];
  const unknownParts: UnknownPart[] = [];
  let begin = 0;
  for (const end of [...ends, bytes.length]) {
    const chunk = bytes.subarray(begin, end);
    begin = end;
    const step = stream.take(splitter.push(chunk), (unknown) => unknownParts.push(unknown));
    updates.push(...step.updates.all());
    rejected.push(...step.rejected);
    orphans.push(...step.orphans);
  }
  return { stream, updates, rejected, orphans, unknownParts };
}

/** As `readChunks`, each chunk `size` bytes long. */
export function read(bytes: Uint8Array, size = Infinity, stream?: EventStream): Reading {
  const ends = Array.from({ length: Math.ceil(bytes.length / size) - 1 }, (_, place) => (place + 1) * size);
  return readChunks(bytes, ends, stream);
}
