/** drbddctl logs. */
import assert from "node:assert/strict";
import { ctlTest } from "../support/processes/ctl_process.ts";

const entry = (seconds: number, MESSAGE: string, PRIORITY = "6") =>
  JSON.stringify({
    MESSAGE,
    PRIORITY,
    __REALTIME_TIMESTAMP: String(seconds * 1e6),
    __CURSOR: `c${seconds}`,
  });
const JOURNAL = [
  entry(1, "drbdd 0.1.0 has started"),
  entry(2, "promoter: web: start: DRBD may promote here"),
  entry(3, "promoter: db: stop: quorum is lost", "4"),
  entry(4, "Ignoring a line of drbdsetup that cannot be used", "3"),
  "",
].join("\n");
/** With --follow it prints what is appended to `$DIR/more`. */
const JOURNALCTL = `
case " $* " in
*" --after-cursor=c4 "*" --follow "*) exec tail -n +1 -f "$DIR/more";;
esac
cat "$DIR/journal"`;
const NODE = { programs: { journalctl: JOURNALCTL }, files: { "journal": JOURNAL, "more": "" } };

ctlTest("logs shows decisions and warnings with their times", NODE, async (trial) => {
  assert.equal(
    await trial.output(["logs"]),
    [
      "1970-01-01T00:00:02.000Z web: start: DRBD may promote here",
      "1970-01-01T00:00:03.000Z warning: db: stop: quorum is lost",
      "1970-01-01T00:00:04.000Z error: Ignoring a line of drbdsetup that cannot be used",
      "",
    ].join("\n"),
  );
  assert.equal(
    await trial.output(["logs", "-n", "1", "web"]),
    "1970-01-01T00:00:02.000Z web: start: DRBD may promote here\n",
  );
  const [first = ""] = (await trial.output(["logs", "--json", "db"])).split("\n");
  assert.deepEqual(JSON.parse(first), {
    time: "1970-01-01T00:00:03.000Z",
    level: "warning",
    resource: "db",
    text: "stop: quorum is lost",
  });
});

ctlTest("logs says that there is nothing, and that the journal cannot be read", NODE, async (trial) => {
  const { code, stderr } = await trial.run(["logs", "mail"]);
  assert.deepEqual([code, stderr], [0, "The journal has no decisions or warnings of drbdd about mail\n"]);
  await trial.put("bin/journalctl", "#!/bin/sh\necho 'No journal files were opened' >&2; exit 1\n");
  const failed = await trial.run(["logs"]);
  assert.equal(failed.code, 1);
  assert.match(
    failed.stderr,
    /Cannot read the journal: No journal files were opened\n {2}Next: run drbddctl as root/,
  );
});

ctlTest("logs -f goes on with what comes, until it is ended", NODE, async (trial) => {
  const child = trial.spawn(["logs", "-f", "-n", "0", "web"]);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await trial.put("more", `${entry(9, "promoter: db: stop")}\n${entry(9, "promoter: web: stop: evicted")}\n`);
  const { value } = await reader.read();
  assert.equal(value, "1970-01-01T00:00:09.000Z web: stop: evicted\n");
  child.kill("SIGINT");
  assert.equal((await child.status).code, 0);
  await reader.cancel();
  await child.stderr.cancel();
});
