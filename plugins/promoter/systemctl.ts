/** systemctl, as the promoter uses it. */
import { type Effects, programEnvironment, type RunResult } from "../../src/runtime/effects.ts";

/** Properties of a unit as `systemctl show` prints them. */
export type Properties = ReadonlyMap<string, string>;

/** systemctl did not do what it was asked for, and said this. */
export class SystemctlError extends Error {
  override readonly name = "SystemctlError";
}

export class Systemctl {
  constructor(readonly effects: Effects) {}

  /** Runs systemctl. An exit code other than 0 is a result. @throws {ProgramError} If there is no systemctl. */
  run(args: readonly string[], signal?: AbortSignal): Promise<RunResult> {
    return this.effects.processes.run(["systemctl", "--no-pager", "--no-ask-password", ...args], {
      env: programEnvironment(this.effects),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Runs systemctl. @throws If it fails, with what it said. */
  async must(args: readonly string[], signal?: AbortSignal): Promise<void> {
    const result = await this.run(args, signal);
    if (result.code !== 0) throw new SystemctlError(complaintOf(args, result));
  }

  /**
   * Properties of units, in the order asked for. Units that do not exist have properties, too (LoadState says so).
   * @throws If systemctl fails.
   */
  async show(units: readonly string[], properties: readonly string[]): Promise<Properties[]> {
    if (units.length === 0) return [];
    const args = ["show", ...properties.map((name) => `--property=${name}`), "--", ...units];
    const result = await this.run(args);
    if (result.code !== 0) throw new SystemctlError(complaintOf(args, result));
    // One block a unit, parted by empty lines. A property without value is there, with nothing after its `=`.
    const blocks = result.stdout.trimEnd().split("\n\n").map(propertiesOf);
    if (blocks.length !== units.length) {
      throw new SystemctlError(
        `"systemctl show" told of ${blocks.length} units, ${units.length} were asked for`,
      );
    }
    return blocks;
  }
}

/** What to say of a run that failed. */
export function complaintOf(args: readonly string[], { code, signal, stderr }: RunResult): string {
  const how = signal === undefined ? `exit code ${code}` : `killed by ${signal}`;
  const words = stderr.trim();
  return `"systemctl ${args.join(" ")}" failed: ${how}${words === "" ? "" : `: ${words}`}`;
}

/** Active, or on its way to or from it: something of it may run. */
export function isUp(unit: Properties): boolean {
  const state = unit.get("ActiveState");
  return state !== undefined && state !== "inactive" && state !== "failed";
}

/** systemd has something to do with it. */
export function hasJob(unit: Properties): boolean {
  const job = unit.get("Job") ?? "";
  return job !== "" && job !== "0";
}

function propertiesOf(block: string): Properties {
  const properties = new Map<string, string>();
  for (const line of block.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) properties.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return properties;
}
