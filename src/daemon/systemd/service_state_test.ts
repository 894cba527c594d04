import assert from "node:assert/strict";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { ServiceState } from "./service_state.ts";

function trial() {
  const effects = new SimulatedEffects();
  return { effects, service: new ServiceState(effects.clock, effects.notifier), clock: effects.clock };
}

Deno.test("ServiceState extends the time limit of systemd until it is ready", async () => {
  const { effects, service, clock } = trial();
  service.starting();
  await clock.advance(10_000);
  service.ready("fine");
  await clock.advance(60_000);
  const extension = "EXTEND_TIMEOUT_USEC=15000000";
  assert.deepEqual(effects.notified, [extension, extension, extension, "READY=1\nSTATUS=fine"]);
});

Deno.test("ServiceState sends the latest status at most once a second, and not the same twice", async () => {
  const { effects, service, clock } = trial();
  let text = "a";
  for (const next of ["b", "c", "d"]) {
    service.statusChanged(() => Promise.resolve(text));
    text = next;
  }
  assert.deepEqual(effects.notified, []);
  await clock.advance(1_000);
  assert.deepEqual(effects.notified, ["STATUS=d"]);
  service.statusChanged(() => Promise.resolve(text));
  await clock.advance(5_000);
  assert.deepEqual(effects.notified, ["STATUS=d"]);
});

Deno.test("ServiceState composes a status that takes long less often", async () => {
  const { service, clock } = trial();
  let composed = 0;
  const compose = async () => {
    composed++;
    await clock.sleep(100);
    return String(composed);
  };
  for (let passedMs = 0; passedMs < 12_000; passedMs += 100) {
    service.statusChanged(compose);
    await clock.advance(100);
  }
  // The first after a second, the others 2 s apart and the time they take.
  assert.equal(composed, 6);
  service.close();
});

Deno.test("ServiceState notifies systemd of a reload and its end, each with its status, also if that is unchanged", () => {
  const { effects, service } = trial();
  service.setStatus("fine");
  service.reloading("Reading");
  service.ready("fine");
  service.reloading("Reading");
  service.setStatus("fine");
  assert.deepEqual(effects.notified, [
    "STATUS=fine",
    "RELOADING=1\nSTATUS=Reading",
    "READY=1\nSTATUS=fine",
    "RELOADING=1\nSTATUS=Reading",
    "STATUS=fine",
  ]);
});

Deno.test("ServiceState gives signs of life twice in each interval of the watchdog", async () => {
  const { effects, service, clock } = trial();
  service.startWatchdog(10_000);
  await clock.advance(20_000);
  assert.deepEqual(effects.notified, Array(5).fill("WATCHDOG=1"));
});

Deno.test("ServiceState extends the time limit of systemd while it stops, and leaves no timer", async () => {
  const { effects, service, clock } = trial();
  service.startWatchdog(60_000);
  service.statusChanged(() => Promise.resolve("x"));
  service.stopping();
  await clock.advance(5_000);
  service.close();
  assert.deepEqual(effects.notified.slice(1), [
    "STOPPING=1\nSTATUS=Stopping",
    "EXTEND_TIMEOUT_USEC=15000000",
    "EXTEND_TIMEOUT_USEC=15000000",
  ]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("ServiceState does not send a status that was still made when it began to stop", async () => {
  const { effects, service, clock } = trial();
  const status = Promise.withResolvers<string>();
  service.statusChanged(() => status.promise);
  await clock.advance(1_000);
  service.stopping();
  status.resolve("x");
  await clock.advance(1_000);
  service.close();
  assert.deepEqual(effects.notified, ["STOPPING=1\nSTATUS=Stopping", "EXTEND_TIMEOUT_USEC=15000000"]);
});
