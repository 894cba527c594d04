/** A drbdd that is killed while it stops frozen services: the next one ends what systemd has thawed for that. */
import assert from "node:assert/strict";
import { DRBDD, nodeTest, secondary, unit, withQuorum } from "./promoter/node.ts";

const TICKING = `#!/usr/bin/perl
$SIG{TERM} = "IGNORE";
open(my $ticks, ">>", "/run/ticks") or die;
while (1) { syswrite $ticks, "."; select undef, undef, undef, 0.005; }
`;
/** Ticks of a second; the stop of the service takes ten without drbdd. */
const MOST_TICKS = 200;
/** By then the stop has begun, and drbdd has not killed the service yet. */
const KILLED_AFTER_S = 0.07;
/** Of the stand-in for drbdsetup: what it prints, and a name for the file that is open. */
const [EVENTS, OPEN] = ["/var/lib/standin/events2", "/var/lib/standin/open"];

nodeTest("what was frozen does not run for long when drbdd is killed while it stops that", {
  config:
    '[[promoter]]\n[promoter.resources.web]\non-quorum-loss = "freeze"\nstart = ["plain.service", "tick.service"]\n',
  resources: ["web"],
  files: {
    "/usr/local/bin/tick": { text: TICKING, mode: 0o755 },
    ...unit("plain", "ExecStart=/bin/sleep infinity\n"),
    // systemd continues and signals what the command has not ended.
    ...unit(
      "tick",
      "ExecStart=/usr/local/bin/tick\nExecStop=/bin/sleep 0.2\nTimeoutStopSec=10\nRestart=always\n",
    ),
  },
}, async (node) => {
  const ticks = async () => (await node.box.peek("/run/ticks"))?.length ?? 0;
  await node.run("web");
  await node.box.waitFor("ticks", async () => await ticks() > 10);
  await node.print(withQuorum("web", "no"));
  const place = await node.said("web: freeze: done");
  const before = await ticks();
  await node.box.output(["ln", EVENTS, OPEN]);
  await node.nextDump({ web: { role: "Secondary" } });
  const pid = await node.box.property(DRBDD, "MainPID");
  await node.box.output(["sh", "-c", `cat >>${OPEN}; sleep ${KILLED_AFTER_S}; kill -9 ${pid}`], {
    stdin: `${secondary("web")}\n`,
  });
  await node.said("web: stop: done", place);
  const more = await ticks() - before;
  assert.ok(more < MOST_TICKS, `It ticked ${more} times`);
});
