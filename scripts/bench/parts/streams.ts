/** The streams that the benchmarks read. */

export interface Shape {
  readonly name: string;
  readonly resources: number;
  readonly peers: number;
  readonly volumes: number;
  readonly changes: number;
}

/** The four that the peer was measured with. */
export const SHAPES: readonly Shape[] = [
  { name: "small", resources: 10, peers: 2, volumes: 1, changes: 200_000 },
  { name: "medium", resources: 100, peers: 2, volumes: 2, changes: 200_000 },
  { name: "large", resources: 1000, peers: 2, volumes: 2, changes: 200_000 },
  { name: "wide", resources: 10, peers: 7, volumes: 8, changes: 100_000 },
];

const GENERATOR = new URL("../../streams/generate_stream.ts", import.meta.url).pathname;

/** Writes the stream of a shape to `path`. Its last line makes a resource SENTINEL. Returns the number of lines. */
export async function writeStream(shape: Shape, path: string): Promise<number> {
  const numbers = ["resources", "peers", "volumes", "changes"] as const;
  const args = numbers.flatMap((key) => [`--${key}`, String(shape[key])]);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", GENERATOR, ...args, "--seed", "42", "-o", path],
    stderr: "inherit",
  });
  const { success } = await command.output();
  if (!success) throw new Error(`Cannot write the stream ${shape.name}`);
  const text = await Deno.readFile(path);
  return text.reduce((count, byte) => byte === 10 ? count + 1 : count, 0);
}
