/** The version of drbdd, from the one place where it stands. */
import deno from "../deno.json" with { type: "json" };

export const VERSION: string = deno.version;
