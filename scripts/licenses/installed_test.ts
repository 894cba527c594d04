import assert from "node:assert/strict";
import { licenseInReadme, licenseOf, licenseOfText, npmCache } from "./installed.ts";

const MIT =
  "Copyright (c) 2020 A\n\nPermission is hereby granted, free of charge, to any person obtaining a copy";
const APACHE = "Apache License\n  Version 2.0, January 2004";

/** A package as Deno unpacks it, from files by name. */
async function unpacked(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { cache: string }> {
  const cache = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  const folder = `${cache}/registry.example/@a/b/1.0.0`;
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
  return { cache, [Symbol.asyncDispose]: () => Deno.remove(cache, { recursive: true }) };
}
const LOCKED = { name: "@a/b", version: "1.0.0", integrity: "", needs: [] };

Deno.test("a licence is what package.json names, with the text of its file and further notices", async () => {
  await using made = await unpacked({
    "package.json": '{"license":"MIT"}',
    "LICENSE.md": `${MIT}\n`,
    "NOTICE": "With thanks\n",
    "README.md": "# License\n\nCopyright B",
  });
  const { license, text } = await licenseOf(LOCKED, made.cache);
  assert.equal(license, "MIT");
  assert.equal(text, `${MIT}\n\nWith thanks`);
});

Deno.test("a text that is another licence than the one named counts as well", async () => {
  await using made = await unpacked({ "package.json": '{"license":"MIT"}', LICENSE: APACHE });
  assert.equal((await licenseOf(LOCKED, made.cache)).license, "MIT AND Apache-2.0");
});

Deno.test("without a file the part of the README is the text; without both there is none", async () => {
  await using made = await unpacked({
    "package.json": "{}",
    "README.md": `# x\n\ntext\n\n# License\n\n${MIT}\n\n# More\n`,
  });
  assert.deepEqual(await licenseOf(LOCKED, made.cache), { ...LOCKED, license: "", text: MIT });
  assert.equal(licenseInReadme("# License\n\nMIT\n"), undefined);
  assert.equal(licenseInReadme(`# License\n\n${MIT}`), MIT);
});

Deno.test("a package that was not downloaded is named, with what downloads it", async () => {
  await assert.rejects(
    licenseOf(LOCKED, "/nonexistent"),
    /@a\/b@1\.0\.0 is not in \/nonexistent: .*"deno install"/,
  );
});

Deno.test("licenseOfText() takes the first licence, and knows no others", () => {
  assert.equal(licenseOfText(`${MIT}\n\nNeither the name of`), "MIT");
  assert.equal(licenseOfText("Do what you like"), undefined);
});

Deno.test("npmCache() is where Deno has it", () => {
  const of = (variables: Record<string, string>) => npmCache((name) => variables[name]);
  assert.equal(of({ HOME: "/root" }), "/root/.cache/deno/npm");
  assert.equal(of({ HOME: "/root", XDG_CACHE_HOME: "/c" }), "/c/deno/npm");
  assert.equal(of({ HOME: "/root", XDG_CACHE_HOME: "/c", DENO_DIR: "/d" }), "/d/npm");
});
