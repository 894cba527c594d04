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
      giveToWatchers(`${folder}/inside`, folder);
      giveToWatchers(`${folder}/outside`);
      giveToWatchers(`${folder}/missing`, folder);
      assert.deepEqual([await gidOf("inside"), await gidOf("outside")], [4_711, 0]);
      takeWatchersGroup(`${folder}/missing`);
      giveToWatchers(`${folder}/config`, folder);
      assert.equal(await gidOf("config"), 4_711);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
