import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { TokenFile } from "./token_file.ts";

const PATH = "/etc/drbdd.token";
const GOOD = "0123456789abcdef0123456789abcdef";
const OTHER = "fedcba9876543210fedcba9876543210";

class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly token = new TokenFile(PATH, this.effects, this.log);

  put(text: string, mode = 0o600): void {
    this.effects.files.put(PATH, text);
    this.effects.files.modes.set(PATH, mode);
  }

  accepts(token: string): Promise<boolean> {
    return this.token.accepts(`Bearer ${token}`);
  }
}

Deno.test("TokenFile accepts the token of its file, and nothing else", async () => {
  const trial = new Trial();
  trial.put(`${GOOD}\n`);
  assert.equal(await trial.accepts(GOOD), true);
  assert.equal(await trial.token.accepts(`bearer  ${GOOD}`), true);
  const wrong = [
    ...[undefined, "", GOOD, "Bearer", "Bearer ", `Basic ${GOOD}`, `Bearer ${GOOD}x`, `Bearer ${GOOD} x`],
    ...[`Bearer ${OTHER}`, `Bearer ${GOOD.slice(0, -1)}`, `Bearer "${GOOD}"`],
  ];
  for (const authorization of wrong) {
    assert.equal(await trial.token.accepts(authorization), false, authorization);
  }
  assert.deepEqual(trial.log.lines, []);
});

Deno.test("TokenFile takes up another token within a second", async () => {
  const trial = new Trial();
  trial.put(GOOD);
  assert.equal(await trial.accepts(GOOD), true);
  await trial.effects.clock.advance(1_000);
  trial.put(OTHER);
  assert.equal(await trial.accepts(OTHER), true);
  assert.equal(await trial.accepts(GOOD), false);
});

const USELESS: [string, string][] = [
  ["is empty", ""],
  ["holds a short word", "short-token"],
  ["holds two words", `${GOOD} ${OTHER}`],
  ["holds two lines", `${GOOD}\n${OTHER}\n`],
  ["holds what no header can have", "0123456789abcdef\u00e4"],
];
for (const [name, text] of USELESS) {
  Deno.test(`TokenFile lets nobody in while the file ${name}, and says so once`, async () => {
    const trial = new Trial();
    trial.put(text);
    for (let second = 0; second < 5; second++) {
      assert.equal(await trial.accepts(text.trim()), false);
      assert.equal(await trial.accepts(""), false);
      await trial.effects.clock.advance(1_000);
    }
    assert.equal(trial.log.lines.length, 1);
    assert.match(
      trial.log.lines[0] ?? "",
      /^error: Nobody is let in until the token in "\/etc\/drbdd.token" can be used: it must hold one word/,
    );
    trial.put(GOOD);
    assert.equal(await trial.accepts(GOOD), true);
  });
}

Deno.test("TokenFile lets nobody in when the file is gone or cannot be read, and anybody again when it is back", async () => {
  const trial = new Trial();
  trial.put(GOOD);
  assert.equal(await trial.accepts(GOOD), true);
  await trial.effects.files.remove(PATH);
  await trial.effects.clock.advance(1_000);
  assert.equal(await trial.accepts(GOOD), false);
  trial.effects.files.failing.set(PATH, "Permission denied");
  await trial.effects.clock.advance(1_000);
  assert.equal(await trial.accepts(GOOD), false);
  assert.deepEqual(trial.log.lines.map((line) => line.split("used: ")[1]), [
    'Cannot read "/etc/drbdd.token"',
    'Cannot look at "/etc/drbdd.token": Permission denied',
  ]);
  trial.effects.files.failing.clear();
  trial.put(GOOD);
  await trial.effects.clock.advance(1_000);
  assert.equal(await trial.accepts(GOOD), true);
});

Deno.test("TokenFile warns of a file that everybody can read, once, and uses it", async () => {
  const trial = new Trial();
  trial.put(GOOD, 0o644);
  assert.equal(await trial.accepts(GOOD), true);
  await trial.effects.clock.advance(1_000);
  assert.equal(await trial.accepts(GOOD), true);
  assert.equal(trial.log.lines.length, 1);
  assert.match(trial.log.lines[0] ?? "", /^warn: Everybody on this machine can read .* its mode is 644/);
});

Deno.test("TokenFile says nothing of a file that a group can read", async () => {
  const trial = new Trial();
  trial.put(GOOD, 0o640);
  assert.equal(await trial.accepts(GOOD), true);
  assert.deepEqual(trial.log.lines, []);
});
