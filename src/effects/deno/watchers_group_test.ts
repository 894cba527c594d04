import assert from "node:assert/strict";
import { giveToWatchers, takeWatchersGroup } from "./watchers_group.ts";

const ignore = Deno.uid() !== 0;

Deno.test({
  name: "what is made in drbdd's folder is given to the group of the configuration",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const gidOf = async (name: string) => (await Deno.stat(`${folder}/${name}`)).gid;
    try {
      for (const name of ["config", "inside", "outside"]) await Deno.writeTextFile(`${folder}/${name}`, "");
      await Deno.chown(`${folder}/config`, null, 4_711);
      takeWatchersGroup(`${folder}/config`);
      await giveToWatchers(`${folder}/inside`, folder);
      await giveToWatchers(`${folder}/outside`);
      await giveToWatchers(`${folder}/missing`, folder);
      assert.deepEqual([await gidOf("inside"), await gidOf("outside")], [4_711, 0]);
      takeWatchersGroup(`${folder}/missing`);
      await giveToWatchers(`${folder}/config`, folder);
      assert.equal(await gidOf("config"), 4_711);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
