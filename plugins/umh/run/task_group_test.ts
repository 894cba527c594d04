import assert from "node:assert/strict";
import { denoProcesses } from "../../../src/effects/deno/processes.ts";
import { JOIN_TASK_GROUP } from "./task_group.ts";

Deno.test("JOIN_TASK_GROUP leaves no trace where there is no such group: no output, variable or status", async () => {
  const script = `${JOIN_TASK_GROUP}echo "status $?"; set | grep -c __drbdd_; false`;
  const { code, stdout, stderr } = await denoProcesses.run(["/bin/sh", "-c", script], { env: {} });
  assert.deepEqual({ code, stdout, stderr }, { code: 1, stdout: "status 0\n0\n", stderr: "" });
});
