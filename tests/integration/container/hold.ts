/**
 * Boots a container and keeps it until this program ends, for a look around: `deno run -A tests/integration/container/hold.ts`.
 * Its arguments are bind mounts, each as OUTSIDE=INSIDE. Prints the command that enters the container, then its cgroup.
 */
import process from "node:process";
import { Container } from "./container.ts";

const bind = Object.fromEntries(Deno.args.map((argument) => argument.split("=", 2)));
await using box = await Container.start({ name: "hold", bind });
process.stdout.write(`nsenter --target ${box.initPid} --all bash -l\n${box.cgroup}\n`);
await box.ended;
