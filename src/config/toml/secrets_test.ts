import assert from "node:assert/strict";
import { valueWithoutSecrets, withoutSecrets } from "./secrets.ts";

const CASES = [
  ["iqn=x incoming_password=geheim portals=y", "iqn=x incoming_password=*** portals=y"],
  ["incoming_password='two words' iqn=x", "incoming_password=*** iqn=x"],
  ['incoming_password="a \\" b" iqn=x', "incoming_password=*** iqn=x"],
  ["password=a'b c'\\ d iqn=x", "password=*** iqn=x"],
  ["password='not closed iqn=x", "password=***"],
  ["incoming_password='' incoming_username=\"\"", "incoming_password='' incoming_username=\"\""],
  [
    "passwd=a OCF_RESKEY_PASS=b api_token=c client_secret=d",
    "passwd=*** OCF_RESKEY_PASS=*** api_token=*** client_secret=***",
  ],
  // Quotes around the whole word, or parts of it.
  ['"incoming_password=two words" iqn=x', '"incoming_password=***" iqn=x'],
  ["'incoming_password=two words' iqn=x", "'incoming_password=***' iqn=x"],
  ['"incoming_password=a \\" b" iqn=x', '"incoming_password=***" iqn=x'],
  ['\\"incoming_password=two words\\" iqn=x', '\\"incoming_password=*** iqn=x'],
  ["incoming_'pass'word=x' y' iqn=x", "incoming_'pass'word=*** iqn=x"],
  ["\"incoming_password=\"'two words' iqn=x", '"incoming_password=***" iqn=x'],
  ['"incoming_password=not closed iqn=x', '"incoming_password=***'],
  ["password=a\u00a0b\rc iqn=x", "password=*** iqn=x"],
  ["pass\\\nword=x iqn=x", "pass\\\nword=*** iqn=x"],
  ["\"incoming_password=\" 'text=two words'", "\"incoming_password=\" 'text=two words'"],
  ["bypass_check=1 token-file=/x passes=2", "bypass_check=1 token-file=/x passes=2"],
] as const;
for (const [text, want] of CASES) {
  Deno.test(`withoutSecrets() makes ${JSON.stringify(text)} ${JSON.stringify(want)}`, () => {
    assert.equal(withoutSecrets(text), want);
  });
}

Deno.test("valueWithoutSecrets() hides secrets wherever they are, and nothing else", () => {
  const value = {
    start: ["a.service", "ocf:x:y z password=p", {
      env: { API_TOKEN: "t", EMPTY_TOKEN: "", "token-file": "/f" },
    }],
    enums: true,
    count: 3,
  };
  assert.deepEqual(valueWithoutSecrets(value), {
    start: ["a.service", "ocf:x:y z password=***", {
      env: { API_TOKEN: "***", EMPTY_TOKEN: "", "token-file": "/f" },
    }],
    enums: true,
    count: 3,
  });
});
