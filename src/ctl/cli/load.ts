/** Loads the configuration for commands that only read it. */
import { type Diagnostic, formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { type DaemonConfig, loadConfig, type LoadedConfig } from "../../config/load.ts";
import { type Ctl, CtlError, EXIT } from "./ctl.ts";

export async function load(ctl: Ctl): Promise<LoadedConfig> {
  return await loadConfig(await ctl.mainFile(), ctl.effects.files, { schemas: ctl.known.schemas });
}

/** @throws {CtlError} If drbdd would refuse the configuration. */
export async function loadOrFail(ctl: Ctl): Promise<DaemonConfig> {
  const { config, diagnostics } = await load(ctl);
  if (config !== undefined) return config;
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === "error");
  throw new CtlError(
    `The configuration has errors: ${first === undefined ? "" : shown(first, others.length)}`,
    {
      remedy: "drbddctl check",
      exitCode: EXIT.usage,
    },
  );
}

function shown(first: Diagnostic, others: number): string {
  return `${formatDiagnostic(first)}${others === 0 ? "" : ` (and ${others} more errors)`}`;
}
