/** umh end to end: real processes, with a stand-in for drbdsetup. */
import assert from "node:assert/strict";
import { DaemonProcess, isGone, PLAIN_DRBDSETUP } from "../support/processes/daemon_process.ts";

const resource = (verb: string, name: string, score: number) =>
  `${verb} resource name:${name} role:Secondary suspended:no force-io-failures:no write-ordering:flush ` +
  `may_promote:no promotion_score:${score}\n`;

function e2e(name: string, test: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn: test });
}

/** The daemon with rules, and a stream that brings one change of the resource "web". */
function started(rules: string, stream = resource("change", "web", 1)): Promise<DaemonProcess> {
  return DaemonProcess.start({
    config: `[[umh]]\n${rules}`,
    programs: { drbdsetup: PLAIN_DRBDSETUP },
    files: { events2: `${resource("exists", "web", 0)}exists -\n${stream}` },
  });
}

async function textOf(daemon: DaemonProcess, name: string): Promise<string> {
  return await Deno.readTextFile(daemon.path(name)).catch(() => "");
}

async function linesOf(daemon: DaemonProcess, name: string): Promise<string[]> {
  return (await textOf(daemon, name)).split("\n").slice(0, -1);
}

/** Waits until a file has so many lines, and returns them. */
async function awaitLines(daemon: DaemonProcess, name: string, count: number): Promise<string[]> {
  await daemon.until(async () => (await linesOf(daemon, name)).length >= count, `${count} lines in ${name}`);
  return await linesOf(daemon, name);
}

/** Ends when the processes have: what was sent SIGKILL dies when the kernel gets to it. */
async function awaitEnd(daemon: DaemonProcess, ...pids: readonly string[]): Promise<void> {
  for (const pid of pids) await daemon.until(() => isGone(Number(pid)), `the end of ${pid}`);
}

/** Few, so that commands for one of them meet. */
const RESOURCES = 2;
const CHANGES = 250;

e2e("a burst of 1,000 matches: never more than 8 at once, all run, in order where asked", async () => {
  const names = Array.from({ length: RESOURCES }, (_, number) => `r${number}`);
  const burst = Array.from(
    { length: CHANGES },
    (_, change) => names.map((name) => resource("change", name, change + 1)).join(""),
  ).join("");
  // Each says when it begins and when it ends, in a file of which all see the same order. The first ones wait to be
  // let go. All with nothing but the shell, so that the time goes to starting commands.
  const command = `
    echo "begin $DRBD_UMH_RULE $DRBD_RES_NAME $DRBD_NEW_PROMOTION_SCORE" >> "$DIR/ran"
    test -e "$DIR/go" || read -r _ < "$DIR/gate"
    echo "end $DRBD_UMH_RULE $DRBD_RES_NAME" >> "$DIR/ran"
  `;
  await using daemon = await DaemonProcess.start({
    config: `
      [[umh]]
      max-concurrent = 8
      [[umh.resource]]
      name = "any"
      event-type = "Change"
      command = '''${command}'''
      [[umh.resource]]
      name = "ordered"
      event-type = "Change"
      ordered = true
      command = '''${command}'''
    `,
    programs: { drbdsetup: `mkfifo "$DIR/gate"; ${PLAIN_DRBDSETUP}` },
    files: { events2: `${names.map((name) => resource("exists", name, 0)).join("")}exists -\n${burst}` },
  });
  await awaitLines(daemon, "ran", 8);
  using gate = await Deno.open(daemon.path("gate"), { read: true, write: true });
  const letGo = (count: number) => gate.write(new TextEncoder().encode("\n".repeat(count)));
  // One goes, one comes.
  for (let gone = 1; gone <= 50; gone++) {
    await letGo(1);
    const ran = await awaitLines(daemon, "ran", 8 + 2 * gone);
    assert.equal(ran.length, 8 + 2 * gone);
  }
  await daemon.put("go", "");
  await letGo(64);
  await daemon.until(
    () => daemon.matching(/exited with status 0/).length >= 2 * RESOURCES * CHANGES,
    "the end of 1,000 commands",
  );
  const running = new Map<string, number>();
  const began = new Map<string, number[]>();
  let atOnce = 0;
  let mostAtOnce = 0;
  for (const line of await linesOf(daemon, "ran")) {
    const [what, rule, name, score] = line.split(" ");
    const key = `${rule} ${name}`;
    const step = what === "begin" ? 1 : -1;
    atOnce += step;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    running.set(key, (running.get(key) ?? 0) + step);
    if (rule === "ordered") assert.ok((running.get(key) ?? 0) <= 1, `two of ${key} at once`);
    if (what === "begin") began.set(key, [...began.get(key) ?? [], Number(score)]);
  }
  assert.equal(mostAtOnce, 8);
  assert.equal(atOnce, 0);
  const inOrder = Array.from({ length: CHANGES }, (_, change) => change + 1);
  for (const name of names) {
    assert.deepEqual(began.get(`ordered ${name}`), inOrder, name);
    assert.deepEqual(began.get(`any ${name}`)?.sort((a, b) => a - b), inOrder, name);
  }
  assert.deepEqual(daemon.matching(/ (warn|error) /), []);
  assert.equal(await daemon.stop(), 0);
});

e2e(
  "output goes to the log line by line, a failure as a warning, and the environment is not inherited",
  async () => {
    await using daemon = await started(`
    [[umh.resource]]
    name = "talkative"
    event-type = "Change"
    command = 'echo to standard output; echo to standard error >&2; printf %s "no newline"; env > $DIR/env; exit 3'
  `);
    await daemon.said(
      / warn umh: Rule talkative: the command for web failed after [0-9.]+ s: exit status 3$/,
    );
    assert.deepEqual(
      daemon.matching(/Rule talkative: (?!the command)/).map((line) => line.replace(/.*Rule/, "Rule")).sort(),
      [
        "Rule talkative: no newline",
        "Rule talkative: to standard error",
        "Rule talkative: to standard output",
      ],
    );
    const names = (await linesOf(daemon, "env")).map((line) => line.split("=")[0] ?? "");
    const others = names.filter((name) => !/^(DRBD_.*|HOME|TERM|PATH|PWD|OLDPWD|SHLVL|_)$/.test(name));
    assert.deepEqual(others, []);
    assert.equal(await daemon.stop(), 0);
  },
);

e2e("variables of the dynamic loader are set, though the sandbox lets none be passed", async () => {
  await using daemon = await started(`
    [[umh.resource]]
    event-type = "Change"
    env = { LD_LIBRARY_PATH = "/opt/it's/lib", LD_BIND_NOW = "1", OTHER = "a b" }
    command = 'env | grep "^LD_\\|^OTHER" | sort > $DIR/env.new; mv $DIR/env.new $DIR/env'
  `);
  assert.deepEqual(await awaitLines(daemon, "env", 3), [
    "LD_BIND_NOW=1",
    "LD_LIBRARY_PATH=/opt/it's/lib",
    "OTHER=a b",
  ]);
  assert.equal(await daemon.stop(), 0);
});

e2e("a command that ignores SIGTERM is gone after its timeout, with all of its group", async () => {
  await using daemon = await started(`
    [[umh.resource]]
    name = "stubborn"
    event-type = "Change"
    timeout = 1
    command = '''
      trap "" TERM
      sleep 1000 &
      echo $! >> "$DIR/pids"
      sleep 1000 > /dev/null 2>&1 &
      echo $! >> "$DIR/pids"
      echo $$ >> "$DIR/pids"
      wait
    '''
    [[umh.resource]]
    name = "survived by its child"
    event-type = "Change"
    timeout = 1
    command = '''
      sh -c 'trap "" TERM; echo $$ >> "$DIR/pids"; while :; do sleep 1000; done' > /dev/null 2>&1 &
      wait
    '''
  `);
  const pids = await awaitLines(daemon, "pids", 4);
  // All ignore SIGTERM, and SIGKILL comes 5 s after it.
  for (const pid of pids) assert.equal(await isGone(Number(pid)), false);
  await awaitEnd(daemon, ...pids);
  await daemon.said(
    /Rule stubborn: the command for web failed .*: it took longer than 1 s and was killed \(killed by SIGKILL\)/,
  );
  await daemon.said(
    /Rule survived by its child: the command for web failed .*: it took longer than 1 s .*\(killed by SIGTERM\)/,
  );
  assert.equal(await daemon.stop(), 0);
});

e2e(
  "a command that left something running in the background has ended; its timeout ends that as well",
  async () => {
    await using daemon = await started(`
    [[umh.resource]]
    name = "starter"
    event-type = "Change"
    timeout = 3
    command = 'sleep 1000 & echo $! > "$DIR/pids"'
  `);
    const [pid = ""] = await awaitLines(daemon, "pids", 1);
    const ended = await daemon.said(/Rule starter: the command for web exited with status 0/);
    // Said only if something still ran by then.
    await daemon.said(/Rule starter: killing background processes of its command after 3 s/, ended);
    await awaitEnd(daemon, pid);
    assert.equal(await daemon.stop(), 0);
  },
);

e2e("SIGTERM: commands may end by themselves, and drbdd waits no longer than for the last", async () => {
  await using daemon = await started(`
    [[umh.resource]]
    name = "patient"
    event-type = "Change"
    command = 'echo $$ > "$DIR/pids"; while [ ! -e "$DIR/go" ]; do sleep 0.02; done; echo "well done"'
  `);
  const [pid = ""] = await awaitLines(daemon, "pids", 1);
  const stopped = daemon.stop();
  await daemon.said(/The plugin stops; 1 running commands have 10 s to end/);
  await daemon.put("go", "");
  assert.equal(await stopped, 0);
  assert.equal(await isGone(Number(pid)), true);
  assert.equal(daemon.matching(/Rule patient: well done/).length, 1);
  assert.deepEqual(daemon.matching(/ (warn|error) /), []);
});

e2e("SIGTERM: nothing is left behind of commands that do not end, nor of what they started", async () => {
  await using daemon = await started(`
    [[umh.resource]]
    name = "heeds"
    event-type = "Change"
    command = 'echo $$ >> "$DIR/pids"; sleep 1000'
    [[umh.resource]]
    name = "ignores"
    event-type = "Change"
    command = 'trap "" TERM; sleep 1000 & echo $! >> "$DIR/pids"; echo $$ >> "$DIR/pids"; wait'
    [[umh.resource]]
    name = "leaves"
    event-type = "Change"
    command = 'sleep 1000 & echo $! >> "$DIR/pids"'
  `);
  const pids = await awaitLines(daemon, "pids", 4);
  await daemon.said(/Rule leaves: the command for web exited/);
  assert.equal(await daemon.stop(), 0);
  await awaitEnd(daemon, ...pids);
  await daemon.said(/drbdd has stopped/);
});
