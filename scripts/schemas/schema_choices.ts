/**
 * Makes a JSON Schema say one thing about one mistake. Of a value that fits none of several alternatives (`anyOf`) editors say
 * no more than that, at the top of the table, or what is wrong with each of them; so alternatives are distinguished first, and
 * only the one that is meant is checked.
 */

type Json = null | string | number | boolean | Json[] | JsonObject;
type JsonObject = { [key: string]: Json };

/** The same schema, with alternatives of tables and other values distinguished, and keys that are missed only if none is misspelt. */
export function withOneFindingEach(schema: JsonObject): JsonObject {
  const inside = (part: Json): Json => {
    if (Array.isArray(part)) return part.map(inside);
    if (part === null || typeof part !== "object") return part;
    const done = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, inside(value)]));
    return withLenientRequired(withTableApart(withOperatorApart(done)));
  };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inside(value)]));
}

/**
 * A table, or an array of such tables. What is said of tables does not concern arrays, and the other way about, so both are one
 * schema; it stands at `properties` of the whole under `name`, and refers to itself for the elements.
 */
export function oneOrMore(name: string, table: JsonObject, description: string): JsonObject {
  return { ...table, description, type: ["array", "object"], items: { $ref: `#/properties/${name}` } };
}

const isObject = (part: Json | undefined): part is JsonObject =>
  typeof part === "object" && part !== null && !Array.isArray(part);

/** Tables that differ by the words of their `operator`: one table, whose value depends on it. */
function withOperatorApart(schema: JsonObject): JsonObject {
  const { oneOf, ...rest } = schema;
  if (!Array.isArray(oneOf)) return schema;
  const tables = oneOf.flatMap((part) => isObject(part) ? [part] : []);
  const operators = tables.map((table) =>
    isObject(table["properties"]) ? table["properties"]["operator"] : undefined
  );
  const [first] = tables;
  if (first === undefined || tables.length !== oneOf.length || !operators.every(isObject)) return schema;
  const wordsOf = ({ enum: words, const: word }: JsonObject) =>
    Array.isArray(words) ? words : word === undefined ? [] : [word];
  return {
    ...rest,
    ...first,
    properties: {
      ...(isObject(first["properties"]) ? first["properties"] : {}),
      operator: { ...operators.find((operator) => "enum" in operator), enum: operators.flatMap(wordsOf) },
      value: {},
    },
    allOf: tables.flatMap((table, place) => {
      const operator = operators[place];
      const properties = table["properties"];
      if (operator === undefined || !isObject(properties)) return [];
      return [{
        if: { properties: { operator: { enum: wordsOf(operator) } }, required: ["operator"] },
        then: { properties: { value: properties["value"] ?? {} } },
      }];
    }),
  };
}

/** A table, or something that is none. */
function withTableApart(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [other, table] = anyOf;
  if (!isObject(table) || !isObject(other) || table["type"] !== "object" || other["type"] === "object") {
    return schema;
  }
  return { ...rest, if: { type: "object" }, then: table, else: other };
}

/** A key that has to be there may be the one that is misspelt, and then that is what is wrong. */
function withLenientRequired(schema: JsonObject): JsonObject {
  const { required, ...rest } = schema;
  const { properties, patternProperties, additionalProperties } = schema;
  if (!Array.isArray(required) || additionalProperties !== false || !isObject(properties) || "if" in schema) {
    return schema;
  }
  const known = `^(${Object.keys(properties).join("|")})$`;
  const patterns = Object.keys(isObject(patternProperties) ? patternProperties : {});
  return { ...rest, if: { propertyNames: { pattern: [known, ...patterns].join("|") } }, then: { required } };
}
