/** drbddctl(8) has every command, and every option that its help has. */
import assert from "node:assert/strict";
import { COMMANDS } from "../../src/ctl/commands.ts";
import { EXIT } from "../../src/ctl/cli/ctl.ts";
import { ctlTest } from "../support/processes/ctl_process.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/man/drbddctl.8.md", import.meta.url));
const OF_ALL = "Options of all commands:";

/** The section of a command, with its heading. */
function sectionOf(name: string): string {
  const sections = PAGE.split(/^(?=#{1,2} )/m);
  return sections.find((text) => new RegExp(`^## (.*, )?${name}( |$)`, "m").test(text)) ??
    assert.fail(`No section of drbddctl(8) is about ${name}`);
}

const optionsIn = (help: string) => [...help.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name);

ctlTest("has each command and option in its manual page", {}, async (trial) => {
  for (const { name } of COMMANDS) {
    const [own = "", ofAll = ""] = (await trial.output([name, "--help"], { isBare: true })).split(OF_ALL);
    const text = sectionOf(name);
    for (const option of optionsIn(own)) {
      const isThere = text.includes(`\\--${option}**`) || text.includes("\\[*OPTIONS*\\]");
      assert.ok(isThere, `drbddctl(8) has no --${option} of ${name}`);
    }
    for (const option of optionsIn(ofAll)) assert.ok(PAGE.includes(`**\\--${option}** *`), option);
  }
  for (const code of Object.values(EXIT)) assert.match(PAGE, new RegExp(`^\\*\\*${code}\\*\\*\\n:`, "m"));
});
