/**
 * Tables of Markdown for manual pages. A terminal has 80 columns: what does not fit becomes a list of definitions, where the
 * first cell is what is defined.
 */

/** 80 columns without the margins of a manual page. */
const WIDTH = 72;

/** A row, or the line below the header: they begin and end with a bar. */
const ROW = /^\|.*\|$/;

/** The text with its wide tables as lists. Those in blocks of code are left alone. */
export function withoutWideTables(markdown: string): string {
  const lines = markdown.split("\n");
  const result: string[] = [];
  let isCode = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (line.startsWith("```")) isCode = !isCode;
    if (isCode || !ROW.test(line)) {
      result.push(line);
      continue;
    }
    const table: string[] = [];
    while (ROW.test(lines[i] ?? "")) table.push(lines[i++] ?? "");
    i--;
    const isNarrow = table.every(({ length }) => length <= WIDTH);
    result.push(...(isNarrow ? table : definitions(table)));
  }
  return result.join("\n");
}

function definitions([first = "", , ...rows]: readonly string[]): string[] {
  const headers = cells(first);
  const table = rows.map(cells);
  // Where the first cell is empty, that of the row above holds on: it heads a group.
  const isGrouped = table.some(([cell]) => cell === "");
  const result: string[] = [];
  for (const [head = "", ...rest] of table) {
    if (!isGrouped) result.push(...definition(head, headers.slice(1), rest));
    else {
      if (head !== "") result.push(`**${head}**`, "");
      const [term = "", ...others] = rest;
      result.push(...definition(term, headers.slice(2), others));
    }
  }
  // The last one already ends with an empty line.
  return result.slice(0, -1);
}

/** A column without a header explains; the others say what they are, unless there is only one. */
function definition(term: string, headers: readonly string[], values: readonly string[]): string[] {
  const parts = values.map((value, i) => {
    const header = headers[i] ?? "";
    return { value, label: headers.length === 1 ? "" : header, order: header === "" ? 0 : 1 };
  });
  const sentences = parts.filter(({ value }) => value !== "").sort((a, b) => a.order - b.order)
    .map(({ value, label }) => sentence(label === "" ? value : `${capital(label)}: ${value}`));
  // A definition without a text would be a paragraph.
  const text = sentences.length === 0 ? "\\ " : sentences.join(" ");
  return [term, "", `:   ${text}`, ""];
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Bars within a cell are escaped in a table, and only there. */
function cells(row: string): string[] {
  return row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}
