/** That units are stopped in the opposite order of the start list, also when one of them is down. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { dropInsOf } from "../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import { resourceConfig, type SystemdResourceConfig } from "../../plugins/promoter/config/resource_config.ts";
import { RESOURCE_TABLE } from "../../plugins/promoter/config/resource_table.ts";
import { Container, CONTAINER_NEEDS } from "./container/container.ts";
import { drbdFiles } from "./drbd_units/install.ts";
import { StandIn } from "./drbd_units/standin.ts";
import { requires } from "./require.ts";

const UNITS = ["first.service", "second.service", "third.service"];
const SHIM = "/usr/lib/drbd/scripts/drbd-service-shim.sh";

/** The stop of the last one takes a second, in which others could be stopped. */
function service(name: string): string {
  const note = "/usr/lib/drbdd-standin/note";
  const pause = name === "third" ? "ExecStop=sleep 1\n" : "";
  return `[Service]\nExecStart=sleep infinity\n${pause}ExecStop=${note} stop ${name}\n`;
}

Deno.test(requires(CONTAINER_NEEDS, {
  name: "drop-ins: services stop in reverse order, the first one last, also when one between them has died",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    const table = v.parse(RESOURCE_TABLE, { start: UNITS });
    const config = resourceConfig("web", table) as SystemdResourceConfig;
    const files = {
      ...await drbdFiles("9.22"),
      ...Object.fromEntries(
        UNITS.map((unit) => [`/etc/systemd/system/${unit}`, service(unit.replace(".service", ""))]),
      ),
    };
    await using box = await Container.start({ name: "alpha", files });
    for (const [path, text] of dropInsOf(config, { shim: SHIM, canEscalate: true })) {
      await box.writeFile(path, text);
    }
    const drbd = new StandIn(box);
    await drbd.define("web");
    await box.output(["systemctl", "daemon-reload"]);
    await box.output(["systemctl", "start", "drbd-services@web.target"]);
    await box.output(["systemctl", "kill", "--signal=KILL", "second.service"]);
    await box.waitFor(
      "the second one is down",
      async () => await box.property("second.service", "ActiveState") === "failed",
    );
    await box.output(["systemctl", "stop", "drbd-services@web.target", "drbd-promote@web.service", ...UNITS]);
    const stops = (await drbd.calls()).filter(({ args, code }) =>
      code !== undefined && args.startsWith("stop ")
    );
    assert.deepEqual(stops.map(({ args }) => args).filter((args) => args !== "stop second"), [
      "stop third",
      "stop first",
    ]);
  },
}));
