/**
 * A program in drbdd's sandbox that tries what a plugin gone bad would: first with all that the program is given, then
 * with what a configuration keeps. Prints what was refused, as JSON.
 */
import { denoPermissions, giveBackForDaemon } from "../../../src/effects/deno/permissions.ts";
import type { Needs } from "../../../src/effects/permissions.ts";

const [needs = "{}", folder = "/tmp", module = ""] = Deno.args;

/** What the sandbox decides about; whether the attempt then succeeds is no matter. */
const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  "read /etc/shadow": () => Deno.readTextFile("/etc/shadow"),
  "read /etc/passwd": () => Deno.readTextFile("/etc/passwd"),
  "read /etc/drbdd.toml": () => Deno.readTextFile("/etc/drbdd.toml"),
  "read the memory of the process": () => Deno.readTextFile("/proc/self/mem"),
  "write to its folder": () => Deno.writeTextFile(`${folder}/written`, ""),
  "write to /etc": () =>
    Deno.writeTextFile("/etc/drbdd-probe", "").then(() => Deno.remove("/etc/drbdd-probe")),
  "write a drop-in": () => Deno.stat("/run/systemd/system").then(() => allowedWrite("/run/systemd/system/x")),
  "run sh": () => runs("sh"),
  "run /bin/sh": () => runs("/bin/sh"),
  "run setsid": () => runs("setsid"),
  "run another name of the shell": () => runs("/bin/dash"),
  "run ssh": () => runs("ssh"),
  "run true": () => runs("true"),
  "open a port": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "connect": () => Deno.connect({ hostname: "127.0.0.1", port: 9 }).then((conn) => conn.close()),
  "load native code": () => Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {}).close(),
  "read HOME": () => Deno.env.get("HOME"),
  "read all variables": () => Deno.env.toObject(),
  "set LD_PRELOAD": () => Deno.env.set("LD_PRELOAD", "/tmp/x.so"),
  "load code from the network": () => importFrom(module),
  "signal another process": () => Deno.kill(Deno.ppid, "SIGCONT"),
};

/** A server gives the module to whoever asks: who does not get it was refused, in whatever words. */
async function importFrom(url: string): Promise<void> {
  try {
    await import(url);
  } catch (cause) {
    throw new Deno.errors.NotCapable(url, { cause });
  }
}

async function allowedWrite(path: string): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "write", path });
  if (state !== "granted") throw new Deno.errors.NotCapable(path);
}

async function runs(program: string): Promise<void> {
  await new Deno.Command(program, { args: ["-c", ":"], clearEnv: true, stdin: "null" }).output();
}

async function refused(): Promise<string[]> {
  const names: string[] = [];
  for (const [name, attempt] of Object.entries(ATTEMPTS)) {
    try {
      await attempt();
    } catch (error) {
      const text = String(error);
      if (error instanceof Deno.errors.NotCapable || /NotCapable|Requires .* access/.test(text)) {
        names.push(name);
      }
    }
  }
  return names;
}

const atFirst = await refused();
await giveBackForDaemon();
const parsed: unknown = JSON.parse(needs);
await denoPermissions().keepOnly(parsed as Needs);
// Standard output is the way back.
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ atFirst, atLast: await refused() })));
