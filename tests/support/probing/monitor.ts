/** The monitor thread of drbdd, which can be asked what it may do, and to fail: for a test. */
import "../../../monitor.ts";
import { PROBE_PORT } from "./port.ts";

/** Tries each. Returns those that the sandbox refused. */
async function refused(config: string): Promise<string[]> {
  const folder = config.slice(0, config.lastIndexOf("/"));
  const tries: Record<string, () => unknown> = {
    "run sh": () => new Deno.Command("/bin/sh", { args: ["-c", ":"] }).output(),
    "run drbdsetup": () => new Deno.Command("drbdsetup").output(),
    "read the configuration": () => Deno.readTextFile(config),
    "read /etc/passwd": () => Deno.readTextFile("/etc/passwd"),
    "write beside the configuration": () => Deno.writeTextFile(`${folder}/probe`, ""),
    "write a drop-in": () => Deno.writeTextFile("/run/systemd/system/probe", ""),
    "write to the folder of the daemon": () => Deno.writeTextFile(`${folder}/runtime/probe`, ""),
    "write to /tmp": () => Deno.writeTextFile("/tmp/drbdd-probe", ""),
    "read a variable": () => Deno.env.get("PATH"),
    "ask for the name of the node": () => Deno.hostname(),
    "load native code": () => Deno.dlopen("/lib/probe.so", {}),
    "give a thread more than it has": () =>
      new Worker("data:text/javascript,", { type: "module", deno: { permissions: { run: true } } }),
    "write to its own folder": async () => {
      await Deno.writeTextFile(`${folder}/runtime/monitor/probe`, "");
      await Deno.remove(`${folder}/runtime/monitor/probe`);
    },
    "listen": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  };
  const refused: string[] = [];
  for (const [what, attempt] of Object.entries(tries)) {
    try {
      await attempt();
    } catch (error) {
      const isRefusal = error instanceof Deno.errors.NotCapable || /escalate/.test(String(error));
      refused.push(isRefusal ? what : `${what}: ${error}`);
    }
  }
  return refused;
}

/** The port is free again a moment after the thread before has gone. */
async function serve(): Promise<void> {
  for (;;) {
    try {
      const options = { hostname: "127.0.0.1", port: PROBE_PORT, onListen: () => {} };
      await Deno.serve(options, async (request) => {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname === "/refused") return Response.json(await refused(searchParams.get("config") ?? ""));
        setTimeout(() => {
          throw new Error("a fault that a test asked for");
        }, 0);
        return new Response();
      }).finished;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

void serve();
