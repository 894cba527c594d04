/** `drbddctl explain` */
import { formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { loadConfig } from "../../config/load.ts";
import { likeliest } from "../../config/toml/report.ts";
import { HELD_CONFIG, runtimePathForReaders } from "../../daemon/status/config_status.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { load, loadOrFail } from "../cli/load.ts";
import { printLines, symbolsOf } from "../screen/print.ts";
import { disabledFileWith } from "./facts/disabled.ts";
import { configuredNames, gather, type Question } from "./facts/gather.ts";
import { explanationJson } from "./json.ts";
import { explanation } from "./lines.ts";

export interface ExplainRequest {
  readonly name: string;
  readonly isJson: boolean;
  /** All findings, and more decisions. JSON has them always. */
  readonly isVerbose: boolean;
}

/** Returns the exit code. @throws {CtlError} If the resource is unknown, or the configuration cannot be used. */
export async function showExplanation(
  { name, isJson, isVerbose }: ExplainRequest,
  ctl: Ctl,
): Promise<number> {
  const { effects, out, columns } = ctl;
  const { config, heldBecause } = await loadOrHeld(ctl);
  const disabledFile = await disabledFileWith(effects.files, await ctl.mainFile(), name);
  const facts = await gather(effects, { name, config, heldBecause, disabledFile });
  const isMissing = "value" in facts.resource && facts.resource.value === undefined;
  if (isMissing && facts.promoter === undefined && disabledFile === undefined) {
    throw unknownResource(name, [...facts.all, ...configuredNames(config)]);
  }
  if (isJson) out.line(JSON.stringify(explanationJson(facts)));
  else {printLines(
      out,
      explanation(facts, { width: columns ?? Infinity, symbols: symbolsOf(out), isVerbose }),
    );}
  return EXIT.ok;
}

/**
 * The configuration of the files or, where they have errors, the one that the daemon holds: that is the one that decides.
 * @throws {CtlError} If there is neither.
 */
async function loadOrHeld(ctl: Ctl): Promise<Pick<Question, "config" | "heldBecause">> {
  const { config, diagnostics } = await load(ctl);
  if (config !== undefined) return { config, heldBecause: undefined };
  const { effects, known } = ctl;
  const held = await loadConfig(runtimePathForReaders(effects, HELD_CONFIG), effects.files, {
    schemas: known.schemas,
  }).catch(() => undefined);
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (held?.config === undefined || error === undefined) {
    return { config: await loadOrFail(ctl), heldBecause: undefined };
  }
  return { config: held.config, heldBecause: formatDiagnostic(error) };
}

function unknownResource(name: string, known: readonly string[]): CtlError {
  const meant = likeliest(name, known);
  const remedy = meant !== undefined
    ? `drbddctl explain ${meant}`
    : known.length === 0
    ? "drbdadm up all, if there should be resources"
    : "drbddctl top shows those that are up";
  return new CtlError(`There is no resource ${JSON.stringify(name)}: neither DRBD nor a promoter has it`, {
    remedy,
  });
}
