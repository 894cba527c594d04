import assert from "node:assert/strict";
import { readArguments, type Request } from "./arguments.ts";

const ACCEPTED: { name: string; args: string[]; want: Request }[] = [
  {
    name: "takes the default file without arguments",
    args: [],
    want: { kind: "run", configPath: "/etc/drbdd.toml" },
  },
  { name: "takes -c PATH", args: ["-c", "/x.toml"], want: { kind: "run", configPath: "/x.toml" } },
  { name: "takes --config=PATH", args: ["--config=/x.toml"], want: { kind: "run", configPath: "/x.toml" } },
  {
    name: "ignores --allow-tty of drbd-reactor's units",
    args: ["--allow-tty", "--config", "/x.toml"],
    want: { kind: "run", configPath: "/x.toml" },
  },
  { name: "helps", args: ["--help"], want: { kind: "help" } },
  { name: "prints its version", args: ["--version"], want: { kind: "version" } },
];

for (const { name, args, want } of ACCEPTED) {
  Deno.test(`readArguments() ${name}`, () => assert.deepEqual(readArguments(args), want));
}

const REFUSED: { name: string; args: string[] }[] = [
  { name: "an unknown option", args: ["--confg", "/x.toml"] },
  { name: "an argument that belongs to nothing", args: ["/x.toml"] },
  { name: "an option without its value", args: ["--config"] },
  { name: "an empty path", args: ["--config="] },
  { name: "a value for a switch", args: ["--help=yes"] },
];

for (const { name, args } of REFUSED) {
  Deno.test(`readArguments() refuses ${name}`, () => assert.equal(readArguments(args).kind, "wrong"));
}
