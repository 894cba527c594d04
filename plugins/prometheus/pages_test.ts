import assert from "node:assert/strict";
import { Cluster } from "../../src/drbd/model/cluster.ts";
import { EventStream } from "../../src/drbd/state/stream.ts";
import { DUMP_END, dumpOf, line } from "../../tests/support/core/events2_text.ts";
import { take } from "../../tests/support/core/take_lines.ts";
import { Pages } from "./pages.ts";
import { SeriesText } from "./series/series_text.ts";

class Trial {
  readonly stream = new EventStream();
  readonly text = new SeriesText(true);
  readonly pages = new Pages(this.text);
  readonly #seen = new WeakSet<Uint8Array>();

  constructor(resources: number) {
    const names = Array.from({ length: resources }, (_, place) => `r${String(place).padStart(4, "0")}`);
    take(this.stream, ...names.flatMap(dumpOf), DUMP_END);
  }

  /** All series as text. */
  render(cluster: Cluster = this.stream.cluster()): string {
    return this.pages.render(cluster).flat().map((piece) => new TextDecoder().decode(piece)).join("");
  }

  /** How many pieces of an answer are not those of an answer before. */
  made(): number {
    const made = this.pages.render(this.stream.cluster()).flat().filter((piece) => !this.#seen.has(piece));
    for (const piece of made) this.#seen.add(piece);
    return made.length;
  }
}

/** All series as if nothing had been there before. */
function afresh(trial: Trial): string {
  return [...trial.text.of([...trial.stream.cluster()])].map(({ text }) => text).join("");
}

Deno.test("Pages rebuilds nothing if nothing changed", () => {
  const trial = new Trial(120);
  assert.ok(trial.made() > 0);
  assert.equal(trial.made(), 0);
});

Deno.test("Pages rebuilds what is about the neighbours of a changed resource, and nothing else", () => {
  const trial = new Trial(500);
  const all = trial.made();
  take(trial.stream, line("change", "resource", { name: "r0250", role: "Primary" }));
  const some = trial.made();
  assert.equal(some, all / 10);
  assert.match(trial.render(), /drbd_resource_role\{name="r0250",drbd_resource_role="Primary"\} 1/);
});

Deno.test("Pages rebuilds only the page to which a resource came, or from which one went", () => {
  const trial = new Trial(500);
  const all = trial.made();
  for (
    const lines of [
      dumpOf("r0010a"),
      [line("destroy", "resource", { name: "r0010a" })],
      [line("destroy", "resource", { name: "r0100" })],
      dumpOf("r0100"),
      dumpOf("a"),
      dumpOf("z"),
    ]
  ) {
    take(trial.stream, ...lines);
    const some = trial.made();
    assert.ok(some <= all / 10 + 1, `${lines[0]}: ${some} of ${all}`);
  }
});

Deno.test("Pages stays fast however many come at one place, and when nearly all have gone", () => {
  const trial = new Trial(200);
  const all = trial.made();
  for (let number = 0; number < 300; number++) {
    take(trial.stream, ...dumpOf(`r0100-${String(number).padStart(3, "0")}`));
    trial.made();
  }
  take(trial.stream, line("change", "resource", { name: "r0100-150", role: "Primary" }));
  const some = trial.made();
  assert.ok(some <= all / 4 * 1.5, `a page of ${some} pieces`);
  for (let number = 0; number < 300; number++) {
    take(trial.stream, line("destroy", "resource", { name: `r0100-${String(number).padStart(3, "0")}` }));
    trial.render();
  }
  for (let number = 0; number < 200; number++) {
    if (number % 10 === 0) continue;
    take(trial.stream, line("destroy", "resource", { name: `r${String(number).padStart(4, "0")}` }));
  }
  assert.deepEqual(trial.render().split("\n").toSorted(), afresh(trial).split("\n").toSorted());
  const { length } = trial.pages.render(trial.stream.cluster())[0] ?? [];
  assert.equal(length, 1);
});

Deno.test("Pages always shows the snapshot it is given, whatever it showed before", () => {
  const trial = new Trial(130);
  const snapshots = [trial.stream.cluster()];
  for (
    const text of [
      line("change", "device", { name: "r0007", disk: "Failed" }),
      line("change", "peer-device", { name: "r0129", "out-of-sync": 4 }),
      line("destroy", "resource", { name: "r0000" }),
      line("create", "resource", { name: "a" }),
      "rename resource name:r0060 new_name:z",
    ]
  ) {
    take(trial.stream, text);
    const shown = trial.render();
    assert.deepEqual(shown.split("\n").toSorted(), afresh(trial).split("\n").toSorted(), text);
    snapshots.push(trial.stream.cluster());
  }
  assert.match(trial.render(snapshots[0]), /name="r0000"/);
  assert.equal(trial.render(Cluster.EMPTY), "");
});
