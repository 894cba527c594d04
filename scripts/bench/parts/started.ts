/** A daemon that was started: when it is ready, and what it takes. */

/** Waits until the daemon says to the socket of a stand-in for systemd that it is ready. */
export async function untilReady(systemd: Deno.DatagramConn): Promise<void> {
  const decoder = new TextDecoder();
  for (;;) {
    const [message] = await systemd.receive();
    if (/^READY=1$/m.test(decoder.decode(message))) return;
  }
}

/** Time of all threads that still live, from the scheduler. */
export async function cpuMsOf(pid: number): Promise<number> {
  let nanoseconds = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const text = await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`).catch(() => "0");
    nanoseconds += Number(text.split(" ")[0]);
  }
  return nanoseconds / 1e6;
}
