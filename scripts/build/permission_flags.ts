/** The permissions of the compiled program, as arguments of `deno compile`. */
import { GIVEN } from "../../src/effects/permissions.ts";

/**
 * Neither ffi, nor import. The network is not narrowed here: Deno compares the literal address, and that
 * is configured.
 */
export function permissionFlags(): string[] {
  return [
    "--no-prompt",
    `--allow-run=${GIVEN.run.join(",")}`,
    `--allow-read=${GIVEN.read.join(",")}`,
    `--deny-read=${GIVEN.neverRead.join(",")}`,
    `--allow-write=${GIVEN.write.join(",")}`,
    `--allow-env=${GIVEN.variables.join(",")}`,
    `--allow-sys=${GIVEN.system.join(",")}`,
    "--allow-net",
    "--deny-import",
  ];
}
