import assert from "node:assert/strict";
import { readCommandLine, type Understood } from "../cli/command_line.ts";
import { COMMANDS } from "../commands.ts";
import type { Hints } from "../cli/hints.ts";
import { readShortLine } from "./short_lines.ts";

const NOTHING = () => Promise.resolve([]);
const HINTS: Hints = { files: NOTHING, contexts: NOTHING, nodes: NOTHING, resources: NOTHING };

async function readWhole(args: readonly string[]): Promise<Understood> {
  return await readCommandLine(args, COMMANDS, HINTS, {
    program: "drbddctl",
    isColoured: false,
    columns: undefined,
    stdout: () => {},
    stderr: () => {},
  });
}

/** What is understood, without what cannot be compared. */
function plainOf({ invocation, options }: Pick<Understood & { kind: "run" }, "invocation" | "options">) {
  const { name, args, isForCluster } = invocation;
  return { name, args, isForCluster, options };
}

for (
  const line of [
    "",
    "status",
    "status web",
    "status web db",
    "status /etc/drbdd.d/web.toml",
    "status --json",
    "status --json web",
    "status web --json",
    "--config /etc/x.toml",
    "--config /etc/x.toml status web",
    "-c /etc/x.toml explain web",
    "explain web",
    "evict",
    "evict web",
    "reload",
    "reload --wait",
  ]
) {
  Deno.test(`readShortLine() reads "${line}" as the parser of all commands does`, async () => {
    const args = line.split(" ").filter((word) => word !== "");
    const short = readShortLine(args);
    const whole = await readWhole(args);
    assert.ok(short !== undefined && whole.kind === "run");
    assert.deepEqual(plainOf(short), plainOf(whole));
  });
}

for (
  const line of [
    "stat",
    "help",
    "help status",
    "status --help",
    "status -v",
    "status -r web",
    "status --json --json",
    "status --json=yes",
    "status -- web",
    "explain",
    "explain web db",
    "explain --local web",
    "evict -k",
    "evict -d5 web",
    "reload web",
    "reload --wait --wait",
    "--config",
    "--config --json status",
    "--config=/etc/x.toml status",
    "--color always status",
    "ls",
    "top",
  ]
) {
  Deno.test(`readShortLine() leaves "${line}" to the parser of all commands`, () => {
    assert.equal(readShortLine(line.split(" ")), undefined);
  });
}
