import assert from "node:assert/strict";
import { oneScript } from "./one_script.ts";
import { buildPage, loadPage } from "./page.ts";

const { text: PAGE, policy: POLICY } = await loadPage();

Deno.test("the page refers to nothing outside of itself", () => {
  const markup = PAGE.replaceAll(/<(script|style).*?<\/\1>/gs, "");
  const addresses = [...markup.matchAll(/\b(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]*)/g)].map((
    [, address],
  ) => address);
  assert.ok(!/@import|url\(/.test(PAGE));
  assert.deepEqual([...new Set(addresses)].sort(), ["#board", "api/v1/openapi.json", "data:,"]);
  assert.deepEqual(PAGE.match(/https?:\/\/[^\s"'`]*/g), ["http://www.w3.org/2000/svg"]);
});

Deno.test("the page's policy allows no script or style but its own", () => {
  assert.match(POLICY, /script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; connect-src 'self'/);
  assert.ok(!POLICY.includes("unsafe"));
  assert.equal(PAGE.match(/ style="/), null);
  assert.equal(PAGE.match(/ on[a-z]+="/), null);
});

Deno.test("every script of the folder is in the page", async () => {
  const left: string[] = [];
  for await (const { name } of Deno.readDir(new URL("scripts/", import.meta.url))) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(new URL(`scripts/${name}`, import.meta.url));
    const lastDeclaration = text.slice(text.lastIndexOf("\n\n")).replaceAll("export ", "").trim();
    if (!PAGE.includes(lastDeclaration)) left.push(name);
  }
  assert.deepEqual(left, []);
});

Deno.test("buildPage() refuses a page without the place for the script", async () => {
  await assert.rejects(
    () => buildPage({ "main.js": "" }, '<link rel="stylesheet" href="style.css">'),
    /index.html does not have <script/,
  );
});

Deno.test("buildPage() refuses a script that would end in its middle", async () => {
  await assert.rejects(() => buildPage({ "main.js": 'const x = "</script>";' }), /end in its middle/);
});

Deno.test("oneScript() puts what is imported first, each once", () => {
  const script = oneScript("a.js", {
    "a.js": 'import { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);\n',
    "b.js": 'import {\n  c,\n} from "./c.js";\nexport function b() {}\n',
    "c.js": "export const c = 1;\n",
  });
  assert.equal(script, "\nconst c = 1;\n\nfunction b() {}\n\nb(c);\n");
});

const REFUSED: [string, Record<string, string>, RegExp][] = [
  ["a name that is declared twice", {
    "a.js": 'import { b } from "./b.js";\nconst x = 1;\n',
    "b.js": "const x = 2;\n",
  }, /Both b.js and a.js declare x/],
  ["an import of another form", { "a.js": 'import b from "./b.js";\n' }, /another form: import b/],
  ["an export of another form", { "a.js": "const b = 1;\nexport { b };\n" }, /another form: export/],
  ["a script that is not there", { "a.js": 'import { b } from "./b.js";\n' }, /There is no script b.js/],
];
for (const [name, files, message] of REFUSED) {
  Deno.test(`oneScript() refuses ${name}`, () => assert.throws(() => oneScript("a.js", files), message));
}
