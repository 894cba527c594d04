/** `drbddctl explain` */
import { likeliest } from "../../config/report.ts";
import { type Ctl, CtlError, EXIT } from "../ctl.ts";
import { loadOrFail } from "../cli/load.ts";
import { printLines, symbolsOf } from "../screen/print.ts";
import { disabledFileWith } from "./disabled.ts";
import { configuredNames, gather } from "./gather.ts";
import { explanationJson } from "./json.ts";
import { explanation } from "./lines.ts";

export interface ExplainRequest {
  readonly name: string;
  readonly isJson: boolean;
}

/** Returns the exit code. @throws {CtlError} If nobody knows the resource, or the configuration cannot be used. */
export async function showExplanation({ name, isJson }: ExplainRequest, ctl: Ctl): Promise<number> {
  const { effects, out, columns } = ctl;
  const config = await loadOrFail(ctl);
  const disabledFile = await disabledFileWith(effects.files, await ctl.mainFile(), name);
  const facts = await gather(effects, { name, config, disabledFile });
  const isUp = "value" in facts.resource && facts.resource.value !== undefined;
  if (!isUp && facts.promoter === undefined && disabledFile === undefined) {
    throw unknownResource(name, [...facts.all, ...configuredNames(config)]);
  }
  if (isJson) out.line(JSON.stringify(explanationJson(facts)));
  else printLines(out, explanation(facts, columns ?? Infinity, symbolsOf(out)));
  return EXIT.ok;
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
