/** Output of programs, line by line. */
import { LineSplitter } from "../../drbd/events2/lines.ts";
import { PipeReader } from "../../effects/pipe.ts";

/** Calls `use` with each line of `output`, without newline; a last line without one counts. Never rejects. */
export async function eachLine(
  output: ReadableStream<Uint8Array>,
  use: (line: string) => void,
): Promise<void> {
  const splitter = new LineSplitter();
  const useAll = (text: string) => text.split("\n").filter((line) => line !== "").forEach(use);
  try {
    await new PipeReader(output).read((bytes) => splitter.push(bytes).forEach(({ text }) => useAll(text)));
  } catch {
    // The pipe broke: what came before was used.
  }
  useAll(splitter.end());
}
