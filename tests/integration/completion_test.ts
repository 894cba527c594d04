/** Completion of drbddctl in real shells: installed as the packages install it, typed at in a terminal. */
import assert from "node:assert/strict";
import { compiledProgram } from "../support/processes/compiled_program.ts";
import { DRBDSETUP, textOf } from "../support/processes/ctl_node.ts";
import { sampleDump } from "../support/core/sample_lines.ts";
import { CtlTrial } from "../support/processes/ctl_process.ts";
import { type Need, requires } from "./require.ts";
import { Tmux } from "./screen/tmux.ts";

const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

interface Shell {
  readonly name: "bash" | "zsh" | "fish";
  /** What the shell's completion is made of, beside the shell. */
  readonly needs: readonly Need[];
  /** How it is started, so that it reads nothing of this machine. */
  readonly command: string;
  /** Where it looks for the completion of drbddctl, below HOME. */
  readonly path: string;
  /** What has to be typed before it does. */
  readonly begin: string;
}

const SHELLS: readonly Shell[] = [
  {
    name: "bash",
    needs: [BASH_COMPLETION],
    command: "bash --norc",
    path: ".local/share/bash-completion/completions/drbddctl",
    begin: `. ${BASH_COMPLETION}`,
  },
  {
    name: "zsh",
    needs: [],
    command: "zsh -f",
    path: "functions/_drbddctl",
    begin: "fpath=(~/functions $fpath); autoload -U compinit; compinit -u",
  },
  { name: "fish", needs: [], command: "fish", path: ".config/fish/completions/drbddctl.fish", begin: "true" },
];

const SNIPPETS = {
  "web.toml": "[[debugger]]\n",
  "webmail.toml.disabled": "[[debugger]]\n",
  "database.toml": "[[prometheus]]\n",
};

/** What is typed, and what is on the line after Tab. */
const CASES: readonly { readonly name: string; readonly typed: string; readonly line: RegExp }[] = [
  { name: "a command", typed: "drbddctl evi", line: /drbddctl evict *$/m },
  { name: "an option", typed: "drbddctl evict --keep", line: /drbddctl evict --keep-masked *$/m },
  { name: "the value of an option", typed: "drbddctl edit --type promo", line: /edit --type promoter *$/m },
  {
    name: "a file of a configuration that is named",
    typed: "drbddctl -c CONFIG cat data",
    line: /cat database *$/m,
  },
  {
    name: "a resource to be evicted, whatever its file is called",
    typed: "drbddctl -c CONFIG evict cust",
    line: /evict customers *$/m,
  },
  { name: "a resource to be explained", typed: "drbddctl explain cust", line: /explain customers *$/m },
  {
    name: "a resource whose events are shown",
    typed: "drbddctl events --resource cust",
    line: /--resource customers *$/m,
  },
  { name: "a disabled file", typed: "drbddctl -c CONFIG enable w", line: /enable webmail *$/m },
];

for (const shell of SHELLS) {
  Deno.test(requires(["tmux", shell.name, ...shell.needs], {
    name: `completion in ${shell.name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async (test) => {
      await using trial = await CtlTrial.start({
        snippets: SNIPPETS,
        programs: { drbdsetup: DRBDSETUP },
        files: { events2: textOf(sampleDump({ name: "customers" })) },
      });
      const program = trial.path("bin/drbddctl");
      await Deno.symlink(await compiledProgram(), program);
      const generated = await new Deno.Command(program, { args: ["generate-completion", shell.name] })
        .output();
      assert.ok(generated.success, new TextDecoder().decode(generated.stderr));
      // Without it fish reads all manual pages of the machine in the background, and writes while the folder is removed.
      await Deno.mkdir(trial.path("home/.local/share/fish/generated_completions"), { recursive: true });
      await trial.put(`home/${shell.path}`, new TextDecoder().decode(generated.stdout));
      for (const { name, typed, line } of CASES) {
        await test.step(name, async () => {
          await using tmux = await Tmux.start({ columns: 140, rows: 20 }, {
            HOME: trial.path("home"),
            LANG: "C.UTF-8",
            PATH: `${trial.path("bin")}:${Deno.env.get("PATH") ?? ""}`,
          });
          await tmux.command(shell.command);
          await tmux.command(`${shell.begin}; clear; echo is''ready`);
          await tmux.screen(/^isready$/m);
          await tmux.keys(typed.replace("CONFIG", trial.path("etc/drbdd.toml")), "Tab");
          await tmux.screen(line);
          // A shell that is killed writes its history while the folder is being removed.
          await tmux.keys("C-u");
          await tmux.command("exit");
          await tmux.prompt();
        });
      }
    },
  }));
}
