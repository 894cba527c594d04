/** `drbdd --check`: whether the daemon would run. */
import assert from "node:assert/strict";
import { daemonCommand } from "../support/daemon_process.ts";

const CASES: readonly { name: string; config: string; code: number; said: readonly RegExp[] }[] = [
  { name: "nothing to say", config: "[[debugger]]\n", code: 0, said: [/^$/] },
  {
    name: "warnings do not stand in its way",
    config: "[[debugger]]\nformt = 1\n",
    code: 0,
    said: [/^warning: .*drbdd\.toml:2:1: .*"formt".*\n$/],
  },
  {
    name: "errors do, and are all told",
    config: '[[prometheus]]\naddress = 1\nenums = "x"\nwhat = 1\n',
    code: 2,
    said: [
      /drbdd\.toml:2:\d+: .*address/,
      /drbdd\.toml:3:\d+: .*enums/,
      /warning: .*"what"/,
      /cannot be used: 2 errors\n$/,
    ],
  },
];

for (const { name, config, code, said } of CASES) {
  Deno.test({
    name: `--check: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
      try {
        await Deno.writeTextFile(`${folder}/drbdd.toml`, config);
        const { program, args } = daemonCommand(["--config", `${folder}/drbdd.toml`, "--check"]);
        const ended = await new Deno.Command(program, { args, stdin: "null" }).output();
        const text = new TextDecoder().decode(ended.stderr);
        for (const pattern of said) assert.match(text, pattern);
        assert.equal(ended.code, code);
        assert.equal(ended.stdout.length, 0);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
