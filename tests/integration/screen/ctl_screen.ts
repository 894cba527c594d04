/** drbddctl on a terminal, on a node of its own. */
import { CtlTrial } from "../../support/processes/ctl_process.ts";
import { DRBDSETUP, JOURNALCTL, showJson, SYSTEMCTL, textOf } from "../../support/processes/ctl_node.ts";
import { daemonCommand } from "../../support/processes/daemon_process.ts";
import { quoted } from "../../support/drbdsetup/programs.ts";
import { type Sample, sampleDump } from "../../support/core/sample_lines.ts";
import { type Size, Tmux } from "./tmux.ts";

export class CtlScreen implements AsyncDisposable {
  private constructor(readonly trial: CtlTrial, readonly tmux: Tmux) {}

  static async start(
    size: Size,
    samples: readonly Sample[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CtlScreen> {
    const trial = await CtlTrial.start({
      // Of many, only the first has a promoter: those that no node has made Primary are to be healthy.
      snippets: Object.fromEntries(
        samples.slice(0, samples.length > 3 ? 1 : 3).map(({ name }) => [`${name}.toml`, promoterOf(name)]),
      ),
      programs: { drbdsetup: DRBDSETUP, systemctl: SYSTEMCTL, journalctl: JOURNALCTL, drbddctl: program() },
      files: {
        "events2": textOf(sampleDump(...samples)),
        "show.json": showJson(...samples.map(({ name }) => name)),
        "units/drbdd.service": "ActiveState=active\n",
        ...Object.fromEntries(
          samples.filter(({ role }) => role === "Primary").slice(0, 3).flatMap(({ name }) =>
            [`drbd-services@${name}.target`, `drbd-promote@${name}.service`, `${name}.service`].map((
              unit,
            ) => [
              `units/${unit}`,
              "ActiveState=active\n",
            ])
          ),
        ),
      },
    });
    const tmux = await Tmux.start(size, {
      HOME: Deno.env.get("HOME") ?? "/root",
      LANG: "C.UTF-8",
      PATH: `${trial.path("bin")}:${Deno.env.get("PATH") ?? ""}`,
      ...env,
    });
    return new CtlScreen(trial, tmux);
  }

  /** drbdsetup prints these lines next. */
  async print(...lines: readonly string[]): Promise<void> {
    await Deno.writeTextFile(this.trial.path("events2"), textOf(lines), { append: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux[Symbol.asyncDispose]();
    await this.trial[Symbol.asyncDispose]();
  }
}

/** drbddctl with the trial's configuration, by its name. */
function program(): string {
  const { program, args } = daemonCommand(["ctl", "--config"]);
  return `exec ${[program, ...args].map(quoted).join(" ")} "$DIR/etc/drbdd.toml" "$@"`;
}

function promoterOf(name: string): string {
  return `[[promoter]]\n[promoter.resources.${name}]\nstart = ["${name}.service"]\npreferred-nodes = ["beta", "gamma"]\n`;
}
