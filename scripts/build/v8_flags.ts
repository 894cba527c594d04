/** How V8 is set in the compiled program, and wherever it is measured what that does. */

/**
 * Of the heap of objects that live long, V8 first allows some 10 MB, and collects it whenever that is full: every few seconds
 * of a burst, 10 to 20 ms each in which the daemon heeds nothing. With 64 MB the daemon is at rest before that is full.
 *
 * New objects have two halves of 16 MB, which stay as large as the first dump made them, in each thread. With 2 MB a node with
 * 1,000 resources takes 13 MiB less at rest, and 23 MiB less with the monitor thread.
 */
export const V8_FLAGS = "--initial-old-space-size=64,--max-semi-space-size=2";
