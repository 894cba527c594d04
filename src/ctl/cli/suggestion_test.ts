import assert from "node:assert/strict";
import { withSuggestion } from "./suggestion.ts";

const COMMANDS = ["cat", "enable", "evict", "explain", "ls", "rm", "status", "top"];

for (
  const [problem, line, want] of [
    [
      'Unexpected option or argument: "--jsn". Did you mean `--json`?',
      "ls --jsn",
      'Unexpected option or argument: "--jsn". Did you mean `--json`?',
    ],
    [
      'Unexpected option or argument: "--onec". Did you mean one of these? `--once` `--node` `--lines`',
      "top --onec",
      'Unexpected option or argument: "--onec". Did you mean `--once`?',
    ],
    [
      'Unexpected option or argument: "prom". Did you mean `rm`?',
      "prom enable",
      'Unexpected option or argument: "prom".',
    ],
    [
      'Unexpected option or argument: "stat". Did you mean one of these? `cat` `status`',
      "stat",
      'Unexpected option or argument: "stat". Did you mean `status`?',
    ],
    [
      'Unexpected option or argument: "lss". Did you mean `ls`?',
      "lss",
      'Unexpected option or argument: "lss". Did you mean `ls`?',
    ],
    [
      'Unexpected option or argument: "--json". Did you mean `--json`?',
      "--json ls",
      '"--json" is an option of commands: it has to follow the command',
    ],
    [
      'Unexpected option or argument: "--now". Did you mean `--now`?',
      "evict --now",
      '"evict" has no option "--now"',
    ],
    [
      'Unexpected option or argument: "--bogus".',
      "ls --bogus",
      'Unexpected option or argument: "--bogus".',
    ],
    [
      "`--json` cannot be used multiple times.",
      "ls --json --json",
      "`--json` cannot be used multiple times.",
    ],
  ] as const
) {
  Deno.test(`withSuggestion() of "drbddctl ${line}": ${want}`, () => {
    const args = line.split(" ");
    const command = COMMANDS.find((name) => args.includes(name));
    assert.equal(withSuggestion(problem, { args, command, commands: COMMANDS }), want);
  });
}
