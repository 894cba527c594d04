// replaced by the sim branch
import { parseArgs } from "node:util";
const { values } = parseArgs({
  options: {
    resources: { type: "string" },
    peers: { type: "string" },
    volumes: { type: "string" },
    changes: { type: "string" },
    seed: { type: "string" },
    o: { type: "string", short: "o" },
  },
});
const args = [
  "/work/shared/tools/gen-stream.py",
  "--resources",
  values.resources!,
  "--peers",
  values.peers!,
  "--volumes",
  values.volumes!,
  "--changes",
  values.changes!,
  "--seed",
  values.seed!,
  "-o",
  values.o!,
];
await new Deno.Command("python3", { args, stderr: "null" }).output();
