/** Configuration of the plugins that only show something. */
import assert from "node:assert/strict";
import { loadText, pluginConfig } from "../tests/support/trials/load_text.ts";

const tcp = (hostname: string | undefined, port: number) => ({ transport: "tcp", hostname, port });

const TAKEN: readonly { name: string; text: string; want: unknown }[] = [
  { name: "debugger without keys", text: "[[debugger]]", want: { format: "text", resources: undefined } },
  {
    name: "debugger with JSON",
    text: '[[debugger]]\nformat = "json"',
    want: { format: "json", resources: undefined },
  },
  {
    name: "prometheus without keys",
    text: "[[prometheus]]",
    want: { address: tcp(undefined, 9942), enums: false },
  },
  {
    name: "prometheus with all keys",
    text: '[[prometheus]]\naddress = "[::1]:9100"\nenums = true',
    want: { address: tcp("::1", 9100), enums: true },
  },
  {
    name: "agentx without keys",
    text: "[[agentx]]",
    want: { address: tcp("localhost", 705), cacheMaxS: 60, agentTimeoutS: 60, peerStates: true },
  },
  {
    name: "agentx with all keys",
    text: '[[agentx]]\naddress = "unix:/run/a"\ncache-max = 0\nagent-timeout = 255\npeer-states = false',
    want: {
      address: { transport: "unix", path: "/run/a" },
      cacheMaxS: 0,
      agentTimeoutS: 255,
      peerStates: false,
    },
  },
  {
    name: "api without keys",
    text: "[[api]]",
    want: {
      ...{ address: tcp("127.0.0.1", 9943), hostNames: [], tokenFile: undefined },
      ...{ allowAnonymous: false, tls: undefined },
    },
  },
  {
    name: "api with all keys",
    text: '[[api]]\naddress = ":1"\nhost-names = ["node-1.example"]\ntoken-file = "/t"\n' +
      'allow-anonymous = false\ntls-cert = "/c"\ntls-key = "/k"',
    want: {
      ...{
        address: tcp(undefined, 1),
        hostNames: ["node-1.example"],
        tokenFile: "/t",
        allowAnonymous: false,
      },
      tls: { certFile: "/c", keyFile: "/k" },
    },
  },
  {
    name: "api open to all, where that is said",
    text: '[[api]]\naddress = "0.0.0.0:1"\nallow-anonymous = true',
    want: {
      ...{ address: tcp("0.0.0.0", 1), hostNames: [], tokenFile: undefined },
      ...{ allowAnonymous: true, tls: undefined },
    },
  },
];
for (const { name, text, want } of TAKEN) {
  Deno.test(`The configuration takes ${name}`, async () => assert.deepEqual(await pluginConfig(text), want));
}

const IP = '"IP:PORT" or "[IPV6]:PORT"';

const DIAGNOSED: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: "a host name as address of prometheus",
    text: '[[prometheus]]\naddress = "localhost:9942"',
    want: [
      `error 2:11: Wrong value of "prometheus.address": found "localhost:9942", expected ${
        IP.replace(" or", ",")
      } or ":PORT" for all addresses`,
    ],
  },
  {
    name: "two plugins at one address",
    text: '[[prometheus]]\naddress = "127.0.0.1:9943"\n[[api]]\n',
    want: [
      'error 3:3: Address "127.0.0.1:9943" configured twice: found it again, first at /drbdd.toml:2:1, expected it once',
    ],
  },
  {
    name: "two plugins at port 0, where the system chooses one for each",
    text: '[[prometheus]]\naddress = "127.0.0.1:0"\n[[api]]\naddress = "127.0.0.1:0"\n',
    want: [],
  },
  {
    name: "an agent-timeout that AgentX cannot carry",
    text: "[[agentx]]\nagent-timeout = 300",
    want: [
      "warning 2:17: 255 seconds will be used: found 300, expected at most 255, which is what AgentX can carry",
    ],
  },
  {
    name: "agentx has never had an id",
    text: '[[agentx]]\nid = "x"',
    want: [
      'warning 2:1: Unknown key, ignored: found "id" in "agentx", expected "address", "cache-max", "agent-timeout" or "peer-states"',
    ],
  },
  {
    name: "an api that anybody can reach",
    text: '[[api]]\naddress = "[::]:80"',
    want: [
      'error 2:11: Wrong value of "api.address": found "[::]:80" without "token-file", expected an address of this machine only, or "token-file", or allow-anonymous = true',
    ],
  },
  {
    name: "half of what TLS needs",
    text: '[[api]]\ntls-key = "/k"',
    want: [
      'error 2:11: Wrong value of "api.tls-key": found no "tls-cert", expected both "tls-key" and "tls-cert"',
    ],
  },
  {
    name: "TLS on a unix socket",
    text: '[[api]]\naddress = "unix:/s"\ntls-cert = "/c"\ntls-key = "/k"',
    want: [
      "warning 3:1: Key without effect: found it with a unix socket, expected TLS on a network address only",
    ],
  },
];
for (const { name, text, want } of DIAGNOSED) {
  Deno.test(`The configuration reports ${name}`, async () =>
    assert.deepEqual((await loadText(text)).lines, want));
}

Deno.test("An agent-timeout that AgentX cannot carry is cut", async () => {
  const { config } = await loadText("[[agentx]]\nagent-timeout = 300");
  assert.deepEqual(config?.plugins[0]?.config, {
    ...{ address: tcp("localhost", 705), cacheMaxS: 60, agentTimeoutS: 255, peerStates: true },
  });
});
