/** Content negotiation from a client's headers (RFC 9110, section 12). */
import type { Format } from "./series/text.ts";

interface Choice {
  /** In lower case, without parameters. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, never, to 1. */
  readonly quality: number;
}

/** OpenMetrics for clients that prefer it; otherwise the text format. */
export function formatFor(accept: string | null): Format {
  const choices = choicesOf(accept ?? "");
  const quality = (name: string, versions: readonly string[]) =>
    Math.max(
      0,
      ...choices.filter((choice) =>
        choice.name === name && versions.includes(choice.parameters.get("version") ?? "")
      ).map((choice) => choice.quality),
    );
  const openMetrics = quality("application/openmetrics-text", ["1.0.0", ""]);
  return openMetrics > 0 && openMetrics >= quality("text/plain", ["0.0.4", ""]) ? "openMetrics" : "text";
}

/** Whether the answer may be compressed with gzip. */
export function takesGzip(acceptEncoding: string | null): boolean {
  const choices = choicesOf(acceptEncoding ?? "");
  const choice = choices.find(({ name }) => name === "gzip" || name === "x-gzip") ??
    choices.find(({ name }) => name === "*");
  return choice !== undefined && choice.quality > 0;
}

function choicesOf(header: string): Choice[] {
  return header.split(",").map((text) => {
    const [name = "", ...rest] = text.split(";").map((part) => part.trim().toLowerCase());
    const parameters = new Map(rest.map((part): [string, string] => {
      const [key = "", value = ""] = part.split("=");
      return [key.trim(), value.trim().replace(/^"(.*)"$/, "$1")];
    }));
    const quality = Number(parameters.get("q") ?? 1);
    return { name, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}
