import assert from "node:assert/strict";
import { SimulatedCtl } from "../../../tests/support/simulated/simulated_ctl.ts";
import { ConfigFiles, type Wanted } from "./config_files.ts";
import { chooseResources } from "../evict/choose.ts";
import { renamings } from "../files/named_files.ts";
import { removeFiles } from "../files/remove_files.ts";

const DIRECTORY = "/etc/drbdd.d";
const resource = (name: string) => `[promoter.resources.${name}]\nstart = ["${name}.service"]\n`;
const FILES = {
  [`${DIRECTORY}/10-web.toml`]: resource("web"),
  [`${DIRECTORY}/20-two.toml`]: `[prometheus]\n${resource("db")}${resource("nfs")}`,
  [`${DIRECTORY}/30-old.toml.disabled`]: resource("old"),
};

async function world(files: Readonly<Record<string, string>> = FILES) {
  const simulated = new SimulatedCtl({ files });
  const config = await ConfigFiles.open(simulated.effects.files, "/etc/drbdd.toml");
  const named = async (word: string, wanted: Wanted) => (await config.named([word], wanted))[0]?.path;
  return { simulated, ctl: simulated.ctl, config, named };
}

Deno.test("a resource stands for the file that has it, where no file has its name", async () => {
  const { named } = await world();
  assert.equal(await named("web", "any"), `${DIRECTORY}/10-web.toml`);
  assert.equal(await named("web", "enabled"), `${DIRECTORY}/10-web.toml`);
  assert.equal(await named("old", "disabled"), `${DIRECTORY}/30-old.toml.disabled`);
  await assert.rejects(named("wbe", "any"), /There is no file "\/etc\/drbdd.d\/wbe.toml"/);
  const other = await world({ ...FILES, [`${DIRECTORY}/web.toml`]: resource("mail") });
  assert.equal(await other.named("web", "any"), `${DIRECTORY}/web.toml`);
});

Deno.test("missing() says that the file is there in its other form", async () => {
  const { config } = await world();
  const remedyOf = async (name: string) => (await config.missing(`${DIRECTORY}/${name}`)).remedy;
  assert.equal(await remedyOf("30-old.toml"), "it is disabled: drbddctl enable 30-old");
  assert.equal(await remedyOf("10-web.toml.disabled"), "it is enabled: drbddctl disable 10-web");
  assert.equal(await remedyOf("10-wbe.toml"), 'did you mean "10-web"?');
  // A resource is named as files are.
  assert.equal(await remedyOf("wbe.toml"), 'did you mean "web"?');
  assert.equal(await remedyOf("web.toml"), 'did you mean "web"?');
});

Deno.test("a resource is disabled by its name only if its file has nothing else", async () => {
  const { config, ctl } = await world();
  assert.deepEqual(await renamings(["web"], "disabled", config, ctl), [
    { from: `${DIRECTORY}/10-web.toml`, to: `${DIRECTORY}/10-web.toml.disabled` },
  ]);
  await assert.rejects(
    renamings(["db"], "disabled", config, ctl),
    /The resource is in "\/etc\/drbdd.d\/20-two.toml" together with nfs, prometheus/,
  );
  assert.equal((await renamings(["20-two"], "disabled", config, ctl)).length, 1);
});

Deno.test("a file is not removed by the name of a resource", async () => {
  const { simulated, ctl } = await world();
  await assert.rejects(
    removeFiles({ files: ["web"], isDisabled: false, isForced: true }, ctl),
    /"\/etc\/drbdd.d\/10-web.toml" contains a resource with that name/,
  );
  assert.equal((await simulated.effects.files.stat(`${DIRECTORY}/10-web.toml`))?.isFile, true);
});

Deno.test("by the name of a resource only this one is evicted, whatever else its file has", async () => {
  const { ctl } = await world();
  const names = async (word: string) => (await chooseResources([word], false, ctl)).map(({ name }) => name);
  assert.deepEqual(await names("web"), ["web"]);
  assert.deepEqual(await names("db"), ["db"]);
  await assert.rejects(names("20-two"), /has other plugins besides its promoter/);
});

Deno.test("a link to nothing among the snippets is left out, and known", async () => {
  const { simulated, config } = await world({ [`${DIRECTORY}/10-web.toml`]: resource("web") });
  const { files } = simulated.effects;
  const list = files.list.bind(files);
  files.list = async (path) => [...await list(path), ".#web.toml"];
  assert.deepEqual((await config.snippets("any")).map(({ path }) => path), [`${DIRECTORY}/10-web.toml`]);
  assert.deepEqual(config.skipped, [`${DIRECTORY}/.#web.toml`]);
});
