import assert from "node:assert/strict";
import { PAGE, PAGE_POLICY } from "../plugins/api/page/embedded.ts";
import { embedded, oneScript } from "./page.ts";

const FOLDER = new URL("../plugins/api/page/", import.meta.url);

Deno.test("embedded.ts is what deno task page makes of the page's files", async () => {
  assert.equal(await Deno.readTextFile(new URL("embedded.ts", FOLDER)), embedded());
});

Deno.test("the page is in itself: it names nothing of elsewhere", () => {
  const markup = PAGE.replaceAll(/<(script|style).*?<\/\1>/gs, "");
  const addresses = [...markup.matchAll(/\b(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]*)/g)].map((
    [, address],
  ) => address);
  assert.ok(!/@import|url\(/.test(PAGE));
  assert.deepEqual([...new Set(addresses)].sort(), ["#board", "api/v1/openapi.json", "data:,"]);
  assert.deepEqual(PAGE.match(/https?:\/\/[^\s"'`]*/g), ["http://www.w3.org/2000/svg"]);
});

Deno.test("the page's policy allows no script or style but its own", () => {
  assert.match(PAGE_POLICY, /script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; connect-src 'self'/);
  assert.ok(!PAGE_POLICY.includes("unsafe"));
  assert.equal(PAGE.match(/ style="/), null);
  assert.equal(PAGE.match(/ on[a-z]+="/), null);
});

const files = (contents: Record<string, string>) => (name: string) => contents[name] ?? "";

Deno.test("oneScript() puts what is imported first, each once", () => {
  const script = oneScript(
    "a.js",
    files({
      "a.js": 'import { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);\n',
      "b.js": 'import {\n  c,\n} from "./c.js";\nexport function b() {}\n',
      "c.js": "export const c = 1;\n",
    }),
  );
  assert.equal(script, "\nconst c = 1;\n\nfunction b() {}\n\nb(c);\n");
});

const REFUSED: [string, Record<string, string>, RegExp][] = [
  ["a name that is declared twice", {
    "a.js": 'import { b } from "./b.js";\nconst x = 1;\n',
    "b.js": "const x = 2;\n",
  }, /Both b.js and a.js declare x/],
  ["an import of another form", { "a.js": 'import b from "./b.js";\n' }, /another form: import b/],
  ["an export of another form", { "a.js": "const b = 1;\nexport { b };\n" }, /another form|a\.js/],
];
for (const [name, contents, message] of REFUSED) {
  Deno.test(`oneScript() refuses ${name}`, () =>
    assert.throws(() => oneScript("a.js", files(contents)), message));
}

Deno.test("the page's scripts are right as far as types go", async () => {
  const main = new URL("main.js", FOLDER).pathname;
  const config = new URL("check.json", FOLDER).pathname;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", config, main],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});
