/** Manual pages, from Markdown. */
import { basename } from "node:path/posix";
import { fail, run } from "../build/command.ts";
import { withoutWideTables } from "./man_tables.ts";

export interface ManPage {
  readonly name: string;
  readonly section: string;
  readonly text: string;
}

const PAGES = "docs/man";
const PLUGINS = "plugins";

/** Those of docs/man, and one for each plugin with a README. */
export async function manPages(): Promise<ManPage[]> {
  const pages: ManPage[] = [];
  for (const file of await namesIn(PAGES)) {
    const [, name = "", section = ""] = /^(.+)\.(\d)\.md$/.exec(file) ??
      fail(`"${file}" is no NAME.SECTION.md`);
    pages.push({ name, section, text: await converted(await Deno.readTextFile(`${PAGES}/${file}`)) });
  }
  for (const plugin of await namesIn(PLUGINS)) {
    const text = await Deno.readTextFile(`${PLUGINS}/${plugin}/README.md`).catch(() => undefined);
    if (text === undefined) continue;
    pages.push({ name: `drbdd-${plugin}`, section: "5", text: await converted(pluginPage(plugin, text)) });
  }
  return pages;
}

async function namesIn(directory: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(directory), ({ name }) => basename(name));
  return names.sort();
}

/** A README as a manual page: its first heading, `# name: what it does`, becomes the section NAME. */
export function pluginPage(plugin: string, readme: string): string {
  const [, heading = plugin] = /^# (.*)$/m.exec(readme) ?? [];
  const purpose = heading.replace(/^[^:]*: */, "");
  // Links within the project do not work in a manual page.
  const body = readme.replace(/^# .*$/m, "# DESCRIPTION")
    .replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, "$1")
    .replace(/^```mermaid\n.*\n/gm, "```\n");
  return `---
title: DRBDD-${plugin.toUpperCase()}
section: 5
header: drbdd
---

# NAME

drbdd-${plugin} - ${purpose}

${body}

# SEE ALSO

**drbdd**(8), **drbdd.toml**(5), **drbddctl**(8)
`;
}

async function converted(markdown: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".md" });
  try {
    await Deno.writeTextFile(file, withoutWideTables(markdown));
    const args = ["--standalone", "--from=markdown-smart", "--to=man", file];
    const { success, stdout, stderr } = await run("pandoc", args).catch(() =>
      fail("pandoc was not found: apt-get install pandoc")
    );
    if (!success) fail(`pandoc failed: ${stderr}`);
    // It names itself, with its version, in the first line.
    return stdout.replace(/^\.\\" Automatically generated.*\n\.\\"\n/m, "");
  } finally {
    await Deno.remove(file);
  }
}
