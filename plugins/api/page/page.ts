/**
 * The web page as it is served: the files of this folder as one document, so that it needs a single request and a browser may
 * run exactly its script and use exactly its style.
 */
import board from "./scripts/board.js" with { type: "text" };
import changes from "./scripts/changes.js" with { type: "text" };
import counts from "./scripts/counts.js" with { type: "text" };
import details from "./scripts/details.js" with { type: "text" };
import dom from "./scripts/dom.js" with { type: "text" };
import filter from "./scripts/filter.js" with { type: "text" };
import format from "./scripts/format.js" with { type: "text" };
import head from "./scripts/head.js" with { type: "text" };
import html from "./index.html" with { type: "text" };
import keys from "./scripts/keys.js" with { type: "text" };
import assess from "./scripts/assessment.js" with { type: "text" };
import main from "./scripts/main.js" with { type: "text" };
import row from "./scripts/row.js" with { type: "text" };
import stream from "./scripts/stream.js" with { type: "text" };
import css from "./style.css" with { type: "text" };
import colours from "./scripts/colours.js" with { type: "text" };
import wording from "./scripts/wording.js" with { type: "text" };
import { oneScript } from "./one_script.ts";

const SCRIPTS: Readonly<Record<string, string>> = {
  "board.js": board,
  "changes.js": changes,
  "counts.js": counts,
  "details.js": details,
  "dom.js": dom,
  "filter.js": filter,
  "format.js": format,
  "assessment.js": assess,
  "head.js": head,
  "keys.js": keys,
  "main.js": main,
  "row.js": row,
  "stream.js": stream,
  "colours.js": colours,
  "wording.js": wording,
};

export interface Page {
  readonly text: string;
  readonly etag: string;
  /** For the header Content-Security-Policy: a browser may run the page's script, use its style, and ask this server. */
  readonly policy: string;
}

let page: Promise<Page> | undefined;

/** The page; built when it is first asked for. */
export function loadPage(): Promise<Page> {
  return page ??= buildPage();
}

/** @throws If the files do not fit together: see `oneScript`. */
export async function buildPage(scripts = SCRIPTS, index = html): Promise<Page> {
  const script = oneScript("main.js", scripts);
  const style = `\n${css}`;
  if (/<\/(script|style)/i.test(script + style)) throw new Error("A script or style would end in its middle");
  const styled = replaceOnce(
    index,
    '<link rel="stylesheet" href="style.css">',
    `<style>${style}</style>`,
  );
  const text = replaceOnce(
    styled,
    '<script type="module" src="main.js"></script>',
    `<script type="module">${script}</script>`,
  );
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${await sha256(script)}'`,
    `style-src 'sha256-${await sha256(style)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return { text, policy, etag: `"${(await sha256(text)).slice(0, 16)}"` };
}

function replaceOnce(text: string, what: string, by: string): string {
  const parts = text.split(what);
  if (parts.length !== 2) throw new Error(`index.html does not have ${what} once`);
  return parts.join(by);
}

/** In base64, as policies have it. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
