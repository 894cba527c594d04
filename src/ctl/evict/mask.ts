/** Masks a target, so that it cannot be started here in the meantime, and undoes that. */
import { UNIT_DIRECTORY } from "../../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import { complaintOf, type Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { CtlError } from "../cli/ctl.ts";

/** Until the next boot. @throws {CtlError} If systemctl does not. */
export async function mask(target: string, systemctl: Systemctl): Promise<void> {
  const args = ["mask", "--runtime", target];
  const result = await systemctl.run(args);
  if (result.code !== 0) {
    throw new CtlError(complaintOf(args, result), { remedy: `systemctl status '${target}'` });
  }
}

/** Does nothing if it is not masked. @throws {CtlError} If it stays masked. */
export async function unmask(target: string, systemctl: Systemctl): Promise<void> {
  const state = async () => (await systemctl.show([target], ["LoadState", "UnitFileState"]))[0];
  const before = await state();
  if (before?.get("LoadState") !== "masked") return;
  if (before.get("UnitFileState") !== "masked-runtime") {
    throw new CtlError(`${target} is masked for good, and not by drbddctl`, {
      remedy: `if it is to start here again: systemctl unmask '${target}'`,
    });
  }
  await systemctl.run(["unmask", "--runtime", target]);
  if ((await state())?.get("LoadState") !== "masked") return;
  // Old systemctls can mask until the next boot, but not undo it. What is masked is a link to the null device.
  await systemctl.effects.files.remove(`${UNIT_DIRECTORY}/${target}`);
  await systemctl.run(["daemon-reload"]);
  if ((await state())?.get("LoadState") === "masked") {
    throw new CtlError(`${target} is still masked`, { remedy: `systemctl unmask --runtime '${target}'` });
  }
}
