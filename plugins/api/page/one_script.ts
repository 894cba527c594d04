/**
 * Joins JavaScript modules into one, in the order in which they import each other. They keep to one form for that:
 * `import { a, b } from "./file.js";` and `export` before a declaration; no two of them declare the same name at the top.
 */

const IMPORT = /^import \{[^}]*\} from "\.\/([a-z]+\.js)";\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const|let) )/gm;
const DECLARED = /^(?:export )?(?:async )?(?:function|class|const|let) (\w+)/gm;

/** The file `main` and all it imports, of `files` (text by name). @throws If a file does not keep to the form. */
export function oneScript(main: string, files: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  const taken = new Set<string>();
  const declared = new Map<string, string>();
  const take = (file: string): void => {
    if (taken.has(file)) return;
    taken.add(file);
    const text = files[file];
    if (text === undefined) throw new Error(`There is no script ${file}`);
    for (const [, imported = ""] of text.matchAll(IMPORT)) take(imported);
    for (const [, name = ""] of text.matchAll(DECLARED)) {
      const other = declared.get(name);
      if (other !== undefined) throw new Error(`Both ${other} and ${file} declare ${name}`);
      declared.set(name, file);
    }
    const body = text.replaceAll(IMPORT, "").replaceAll(EXPORT, "");
    const left = /^\s*(import|export)\b.*$/m.exec(body);
    if (left !== null) throw new Error(`${file} has an import or export of another form: ${left[0]}`);
    parts.push(body.trim());
  };
  take(main);
  return `\n${parts.join("\n\n")}\n`;
}
