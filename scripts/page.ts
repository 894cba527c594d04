/**
 * Makes plugins/api/page/embedded.ts of the page's files: one module of text, so that the page is part of the program
 * however that is run or compiled.
 *
 *     deno task page            write the file
 *     deno task page --stdout   print it instead
 *
 * The page's scripts are put into one, in the order in which they import each other. They keep to one form for that:
 * `import { a, b } from "./file.js";` and `export` before a declaration; no name at the top is used twice.
 */
import { createHash } from "node:crypto";

const FOLDER = new URL("../plugins/api/page/", import.meta.url);
const IMPORT = /^import \{[^}]*\} from "\.\/([a-z]+\.js)";\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const|let) )/gm;
const DECLARED = /^(?:export )?(?:async )?(?:function|class|const|let) (\w+)/gm;

/** Reads a file of the page. */
export type Read = (name: string) => string;

const readFile: Read = (name) => Deno.readTextFileSync(new URL(name, FOLDER));

/** The script and all it imports, as one. @throws If a file does not keep to the form. */
export function oneScript(name: string, read: Read): string {
  const parts: string[] = [];
  const taken = new Set<string>();
  const declared = new Map<string, string>();
  const take = (file: string): void => {
    if (taken.has(file)) return;
    taken.add(file);
    const text = read(file);
    for (const [, imported = ""] of text.matchAll(IMPORT)) take(imported);
    for (const [, declaredName = ""] of text.matchAll(DECLARED)) {
      const other = declared.get(declaredName);
      if (other !== undefined) throw new Error(`Both ${other} and ${file} declare ${declaredName}`);
      declared.set(declaredName, file);
    }
    const body = text.replaceAll(IMPORT, "").replaceAll(EXPORT, "");
    const left = /^\s*(import|export)\b.*$/m.exec(body);
    if (left !== null) throw new Error(`${file} has an import or export of another form: ${left[0]}`);
    parts.push(body.trim());
  };
  take(name);
  return `\n${parts.join("\n\n")}\n`;
}

/** The text of embedded.ts. */
export function embedded(read: Read = readFile): string {
  const script = oneScript("main.js", read);
  const style = `\n${read("style.css")}`;
  if (/<\/(script|style)/i.test(script + style)) throw new Error("The page would end in the middle");
  let page = replaceOnce(
    read("index.html"),
    '<link rel="stylesheet" href="style.css">',
    `<style>${style}</style>`,
  );
  page = replaceOnce(
    page,
    '<script type="module" src="main.js"></script>',
    `<script type="module">${script}</script>`,
  );
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const etag = `"${createHash("sha256").update(page).digest("base64url").slice(0, 16)}"`;
  return `/** The page. Made by scripts/page.ts of the files in this folder: run "deno task page" after a change to them. */
// deno-fmt-ignore-file

/** What a browser may do in the page: run its script, have its style, ask this server. */
export const PAGE_POLICY = ${JSON.stringify(policy)};
export const PAGE_ETAG = ${JSON.stringify(etag)};
export const PAGE = ${textLiteral(page)};
`;
}

function replaceOnce(text: string, what: string, by: string): string {
  const parts = text.split(what);
  if (parts.length !== 2) throw new Error(`index.html does not have ${what} once`);
  return parts.join(by);
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** A text of many lines as source that people can compare line by line. */
function textLiteral(text: string): string {
  return "`" + text.replaceAll(/[\\`]|\$\{/g, (special) => `\\${special}`) + "`";
}

const HELP = `Makes plugins/api/page/embedded.ts of the page's files.

Usage: deno task page [--stdout]

  --stdout   print it instead
`;

function main([option]: readonly string[]): number {
  if (option === undefined) {
    Deno.writeTextFileSync(new URL("embedded.ts", FOLDER), embedded());
  } else if (option === "--stdout") {
    Deno.stdout.writeSync(new TextEncoder().encode(embedded()));
  } else {
    Deno.stdout.writeSync(new TextEncoder().encode(HELP));
    return option === "--help" ? 0 : 2;
  }
  return 0;
}

if (import.meta.main) Deno.exit(main(Deno.args));
