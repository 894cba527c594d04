/** Files with five mistakes each, and every word that is said about them. */
import assert from "node:assert/strict";
import { loadText } from "../tests/support/trials/load_text.ts";

const FILES: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: "a promoter",
    text: `# a syntax error, a wrong type, a wrong value, an unknown key, a misspelt word
snippets-monitoring-interval = 5
statistics-poll-interval = "60"

[[log]]
level = debug

[[promoter]]
[promoter.resources.web]
start = ["srv-web.mount", "nginx.service"]
on-qorum-loss = "freeze"
on-drbd-demote-failure = "reboot-imediate"
`,
    want: [
      'error 2:32: Wrong value of "snippets-monitoring-interval": found 5, expected 0 (off) or a whole number of at least 30',
      'error 3:28: Wrong value of "statistics-poll-interval": found "60", expected a whole number from 1 to 2147483',
      'error 6:9: Not valid TOML: found "debug", expected a value (strings need quotes: "debug")',
      'warning 11:1: Unknown key, ignored: found "on-qorum-loss" in "promoter.resources.web", expected a key that drbdd knows there (did you mean "on-quorum-loss"?)',
      'error 12:26: Wrong value of "promoter.resources.web.on-drbd-demote-failure": found "reboot-imediate", expected "none", "reboot", "reboot-force", "reboot-immediate", "poweroff", "poweroff-force", "poweroff-immediate", "exit" or "exit-force" (did you mean "reboot-immediate"?)',
    ],
  },
  {
    name: "rules",
    text: `[[umh]]
max-concurrent = 0

[[umh.resource]
command = "/usr/local/sbin/role"
old.role = { operator = "NotEquals", value = "Primary" }

[[umh.device]]
command = ["/usr/local/sbin/disk", "now"]
new.disk-state = "UpToDtae"
nwe.quorum = false
`,
    want: [
      'error 2:18: Wrong value of "umh.max-concurrent": found 0, expected a whole number from 1 to 10000',
      'error 4:16: Not valid TOML: found the end of the line, expected "]]" after the name of the table',
      'error 9:11: Wrong value of "umh.device.command": found a list, expected a string that is not empty',
      'error 10:18: Wrong value of "umh.device.new.disk-state": found "UpToDtae", expected "Diskless", "Attaching", "Detaching", "Failed", "Negotiating", "Inconsistent", "Outdated", "DUnknown", "Consistent" or "UpToDate" (did you mean "UpToDate"?)',
      'warning 11:1: Unknown key, ignored: found "nwe" in "umh.device", expected a key that drbdd knows there (did you mean "new"?)',
    ],
  },
  {
    name: "what shows the state",
    text: `[[promethues]]
address = ":9942"

[[agentx]]
address = "localhost"
cache-max = true

[api]
address = "127.0.0.1:9943"
address = ":9943"

[[debugger]]
format = "jsn"
`,
    want: [
      'warning 1:3: Unknown key, ignored: found "promethues" in the file, expected a key that drbdd knows there (did you mean "prometheus"?)',
      'error 5:11: Wrong value of "agentx.address": found "localhost", expected "IP:PORT", "[IPV6]:PORT", "HOST:PORT" or "unix:/PATH"',
      'error 6:13: Wrong value of "agentx.cache-max": found true, expected a whole number from 0 to 2147483',
      'error 10:1: Not valid TOML: found "address" a second time, first at 9:1, expected each key once',
      'error 13:10: Wrong value of "debugger.format": found "jsn", expected "text" or "json" (did you mean "json"?)',
    ],
  },
];
for (const { name, text, want } of FILES) {
  Deno.test(`All errors are reported at once: ${name}`, async () => {
    const { config, lines } = await loadText(text);
    assert.deepEqual(lines, want);
    assert.equal(config, undefined);
  });
}
