/** Makes a JSON Schema shorter: what it says more than once goes to `definitions`. */

type Json = null | string | number | boolean | Json[] | JsonObject;
type JsonObject = { [key: string]: Json };

/** Shorter parts are as easily read as a reference. */
const LEAST_CHARACTERS = 120;

/** The same schema, with `definitions` named `shared1`, `shared2` ... in the order of their first use. */
export function withDefinitions(schema: JsonObject): JsonObject {
  const uses = new Map<string, number>();
  count(schema, uses);
  const names = new Map<string, string>();
  const definitions: JsonObject = {};

  const inside = (object: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, replaced(value)]));
  const replaced = (part: Json): Json => {
    if (Array.isArray(part)) return part.map(replaced);
    if (part === null || typeof part !== "object") return part;
    const text = JSON.stringify(part);
    if (!isSchema(part) || (uses.get(text) ?? 0) < 2) return inside(part);
    let name = names.get(text);
    if (name === undefined) {
      name = `shared${names.size + 1}`;
      names.set(text, name);
      definitions[name] = inside(part);
    }
    return { $ref: `#/definitions/${name}` };
  };
  return { ...inside(schema), definitions };
}

/** Whether a part can stand by itself: editors show descriptions and defaults of the place where it is used. */
function isSchema(part: JsonObject): boolean {
  return ["type", "anyOf", "oneOf", "if"].some((key) => key in part) && !("default" in part);
}

/** Counts how often each part is written. What is within a repeated part is repeated with it. */
function count(part: Json, uses: Map<string, number>): void {
  if (Array.isArray(part)) {
    for (const element of part) count(element, uses);
  } else if (part !== null && typeof part === "object") {
    const text = JSON.stringify(part);
    const before = uses.get(text) ?? 0;
    if (text.length >= LEAST_CHARACTERS) uses.set(text, before + 1);
    if (before === 0) { for (const value of Object.values(part)) count(value, uses); }
  }
}
