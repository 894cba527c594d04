import assert from "node:assert/strict";
import { SimulatedCtl, type SimulatedCtlOptions } from "../../../tests/support/simulated/simulated_ctl.ts";
import { editFiles, type EditRequest } from "./edit_files.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n';
const PATH = "/etc/drbdd.d/web.toml";
const REQUEST: EditRequest = { files: ["web"], isDisabled: false, isForced: false, type: "promoter" };

/** Each text in turn is what somebody makes of the copy; undefined leaves it as it is. */
function trial(texts: readonly (string | undefined)[], options: SimulatedCtlOptions = {}) {
  const left = [...texts];
  const shown: string[] = [];
  const world = new SimulatedCtl({
    isTerminal: true,
    files: { [PATH]: WEB },
    ...options,
    attend: (argv, { effects: { files } }) => {
      const copy = argv.at(-1) ?? "";
      shown.push(files.all()[copy] ?? "");
      const text = left.shift();
      if (text !== undefined) files.put(copy, text, 1);
      return 0;
    },
  });
  return { world, shown, at: (path: string) => world.effects.files.all()[path] };
}

Deno.test("editFiles() puts a good file in place", async () => {
  const { world, shown, at } = trial([WEB.replace("a.s", "b.s")]);
  assert.equal(await editFiles(REQUEST, world.ctl), 0);
  assert.match(shown[0] ?? "", /^#\| Lines that begin/);
  assert.equal(at(PATH), WEB.replace("a.s", "b.s"));
  assert.match(world.err, /^Changed \/etc\/drbdd\.d\/web\.toml\ndrbdd is not running/);
  assert.deepEqual(Object.keys(world.effects.files.all()).filter((path) => path.startsWith("/tmp")), []);
});

Deno.test("editFiles() shows what is wrong where it is, and goes on until it is good", async () => {
  const bad = WEB.replace("start", 'runner = "sytemd"\nstart');
  const { world, shown, at } = trial([bad, WEB.replace("a.s", "c.s")], { answers: ["x", ""] });
  assert.equal(await editFiles(REQUEST, world.ctl), 0);
  assert.match(world.err, /error: \/etc\/drbdd\.d\/web\.toml:3:10: .*"sytemd"/);
  assert.match(world.err, /Please answer e \(edit again\), q/);
  assert.match(shown[1] ?? "", /\nrunner = "sytemd"\n#\| \^ error: Wrong value of .*did you mean "systemd"/);
  assert.equal(at(PATH), WEB.replace("a.s", "c.s"));
});

Deno.test("editFiles() keeps what somebody wrote when they give up", async () => {
  for (const answers of [["q"], []]) {
    const { world, at } = trial(["x = [\n"], { answers });
    await assert.rejects(editFiles(REQUEST, world.ctl), {
      message: `"${PATH}" was not changed: drbdd would refuse it`,
      remedy: 'your text is in "/tmp/private/web.toml"',
      exitCode: 2,
    });
    assert.equal(at(PATH), WEB);
  }
  const { world, at } = trial(["x = [\n", undefined], { answers: ["e"] });
  await assert.rejects(editFiles(REQUEST, world.ctl), /was not changed/);
  assert.equal(at(PATH), WEB);
});

Deno.test("editFiles() asks about warnings, unless it is forced", async () => {
  const odd = `${WEB}frobnicate = 1\n`;
  const saved = trial([odd], { answers: ["s"] });
  assert.equal(await editFiles(REQUEST, saved.world.ctl), 0);
  assert.match(saved.world.err, /warning: .*"frobnicate"[^]*save despite the warnings/);
  assert.equal(saved.at(PATH), odd);
  const left = trial([odd], { answers: ["q"] });
  await assert.rejects(editFiles(REQUEST, left.world.ctl), { remedy: /--force saves despite warnings/ });
  assert.equal(left.at(PATH), WEB);
  const forced = trial([odd]);
  assert.equal(await editFiles({ ...REQUEST, isForced: true }, forced.world.ctl), 0);
  assert.equal(forced.at(PATH), odd);
});

Deno.test("editFiles() changes nothing without changes, or if the file is empty", async () => {
  for (
    const [text, said] of [[undefined, /No changes/], [WEB, /No changes/], ["#| x\n", /is empty/]] as const
  ) {
    const { world, at } = trial([text]);
    assert.equal(await editFiles(REQUEST, world.ctl), 0);
    assert.match(world.err, said);
    assert.equal(at(PATH), WEB);
    assert.deepEqual(world.systemd.called(), []);
  }
});

Deno.test("editFiles() begins a new file as a template, which has to be saved", async () => {
  const request: EditRequest = { ...REQUEST, files: ["new"], type: "prometheus" };
  const path = "/etc/drbdd.d/new.toml";
  const left = trial([undefined]);
  assert.equal(await editFiles(request, left.world.ctl), 0);
  assert.match(left.world.err, /No changes/);
  assert.equal(left.at(path), undefined);
  const template = left.shown[0] ?? "";
  assert.match(template, /\[\[prometheus\]\]/);
  const saved = trial([template]);
  assert.equal(await editFiles(request, saved.world.ctl), 0);
  assert.match(saved.at(path) ?? "", /^#:schema .*\n# Metrics for a Prometheus server/);
  assert.match(saved.world.err, /^Created \/etc\/drbdd\.d\/new\.toml/);
});

Deno.test("editFiles() edits disabled files without a reload", async () => {
  const path = `${PATH}.disabled`;
  const { world, at } = trial(["[[debugger]]\n"], { files: { [path]: WEB } });
  await assert.rejects(editFiles(REQUEST, world.ctl), { remedy: /drbddctl edit --disabled web/ });
  assert.equal(await editFiles({ ...REQUEST, isDisabled: true }, world.ctl), 0);
  assert.equal(at(path), "[[debugger]]\n");
  assert.match(world.err, /It is disabled; to enable it: drbddctl enable web\n$/);
});

Deno.test("editFiles() changes the file that a link leads to", async () => {
  const { world, at } = trial([WEB.replace("a.s", "b.s")]);
  world.effects.files.links.set(PATH, "/srv/config/web.toml");
  world.effects.files.put("/srv/config/web.toml", WEB);
  assert.equal(await editFiles(REQUEST, world.ctl), 0);
  assert.match(at("/srv/config/web.toml") ?? "", /b\.service/);
});

Deno.test("editFiles() says that there is no editor, and that one failed", async () => {
  for (
    const [code, message] of [[127, /The editor "vi" was not found/], [
      1,
      /"vi" ended with exit code 1: nothing/,
    ]] as const
  ) {
    const world = new SimulatedCtl({ isTerminal: true, files: { [PATH]: WEB }, attend: () => code });
    await assert.rejects(editFiles(REQUEST, world.ctl), message);
  }
});
