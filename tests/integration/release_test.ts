/** The files of a release, made of the compiled program. */
import assert from "node:assert/strict";
import { compiledProgram } from "../support/processes/compiled_program.ts";
import { BUILT_AT, PACKAGE_NEEDS } from "./package/packages.ts";
import { requires } from "./require.ts";

const PROJECT = new URL("../../", import.meta.url).pathname;

async function run(program: string, args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env,
    stdin: "null",
  })
    .output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test(requires([...PACKAGE_NEEDS, "tar"], {
  name: "release: archive, packages, checksums and bill of materials, and what was not possible",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
    try {
      // The sources as they are, as a commit of their own.
      const project = `${folder}/project`;
      const copy =
        'cd "$1" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --target-directory="$2" && ' +
        'cd "$2" && git init -q && git add -A && git -c user.name=x -c user.email=x@x commit -qm x';
      await Deno.mkdir(project);
      const copied = await run("sh", ["-c", copy, "sh", PROJECT, project], "/");
      assert.equal(copied.code, 0, copied.said);
      const args = ["run", "-A", "--no-check", "scripts/release.ts", "--binary", await compiledProgram()];
      const made = `${folder}/made`;
      const release = () =>
        run(Deno.execPath(), [...args, "--compression", "0", "--output", made], project, BUILT_AT);

      const { code, said } = await release();
      assert.equal(code, 0, said);
      const names = (await Array.fromAsync(Deno.readDir(made), ({ name }) => name)).sort();
      assert.deepEqual(names.map((name) => name.replace(/\d+\.\d+\.\d+/, "VERSION")), [
        "SHA256SUMS",
        "drbdd-VERSION-1.x86_64.rpm",
        "drbdd-VERSION-linux-x86_64.cdx.json",
        "drbdd-VERSION-linux-x86_64.tar.gz",
        "drbdd_VERSION_amd64.deb",
      ]);
      assert.match(said, /Not possible, or left to do:\n {2}aarch64: not made: --binary is for x86_64\n/);
      assert.match(said, /Nothing is signed/);
      const checked = await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], made);
      assert.equal(checked.code, 0, checked.said);
      assert.equal(checked.said.match(/: OK$/gm)?.length, 4);
      const [archive = ""] = names.filter((name) => name.endsWith(".tar.gz"));
      const unpacked = await run("tar", ["-xzf", archive], made);
      assert.equal(unpacked.code, 0, unpacked.said);
      const inside = `${made}/${archive.replace(".tar.gz", "")}`;
      assert.match((await run(`${inside}/drbddctl`, ["--version"], "/")).said, /\d+\.\d+\.\d+/);
      assert.match(await Deno.readTextFile(`${inside}/THIRD-PARTY-NOTICES.txt`), /smol-toml/);

      const again = await release();
      assert.equal(again.code, 1);
      assert.match(again.said, /is not empty/);
      await Deno.writeTextFile(`${project}/README.md`, "changed\n", { append: true });
      const changed = await release();
      assert.equal(changed.code, 1);
      assert.match(changed.said, /Not everything is committed[\s\S]* M README\.md/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
