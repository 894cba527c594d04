/** A run of the demo: the cluster, the screen, and what is written to it. */
import { Availability } from "./availability.ts";
import { NODES, type PageAddress, RESOURCES } from "./nodes/definition.ts";
import { decisionIn } from "./screen/log_line.ts";
import { type Entry, SEEN, type View } from "./screen/layout.ts";
import type { Paint } from "./screen/paint.ts";
import { Pages } from "./screen/pages.ts";
import { clusterTable } from "./screen/cluster_table.ts";
import type { Screen } from "./screen/screen.ts";
import { DemoCluster } from "./nodes/demo_cluster.ts";
import { type Act, type ActContext, areAllUp, StoryError } from "./story.ts";

/** How often the cluster is looked at, and how many looks there are between two drawings. */
const POLL_MS = 50;
const POLLS_PER_FRAME = 2;
/** How many looks there are between two at the pages that do not answer yet. */
const POLLS_PER_PAGES = 4;
/** Something that is expected and takes longer than this is shown as awaited. drbdd tries again after 20 s what did not work. */
const LONG_S = 60;
/** A wait that is longer has failed, however slow the machine is. */
const GIVE_UP_S = 300;

export class Run implements AsyncDisposable {
  readonly #startMs = performance.now();
  readonly #availability = new Availability();
  readonly #waiting = new Set<() => void>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** What was logged and observed since the present act began, each as `WHO TEXT`. */
  readonly #logged = new Set<string>();
  readonly #pages: Pages;
  #polls = 0;
  #narration = "";

  private constructor(
    readonly cluster: DemoCluster,
    readonly screen: Screen,
    readonly paint: Paint,
    /** Of the cluster and of the nodes. */
    pages: readonly PageAddress[],
    /** The keys that can be pressed. */
    public keys: string,
    /** Aborts when the demo is to end; its reason says why. */
    readonly stop: AbortController,
  ) {
    this.#pages = new Pages(pages, (who, url) => {
      const isNode = NODES.some((node) => node === who);
      const entry = isNode
        ? { who, text: `page: ${url}` }
        : { who: "demo", text: `page of the ${who}: ${url}` };
      this.screen.page({ ...entry, time: this.#time(), severity: "info" });
    });
    this.#timer = setInterval(() => this.#onPoll(), POLL_MS);
    stop.signal.addEventListener("abort", () => this.#wake());
  }

  /** Starts the cluster in `directory`, and shows it. `pages` are those of the nodes, `ownPages` are shown before them. */
  static async begin(
    directory: string,
    pages: readonly PageAddress[],
    ownPages: readonly PageAddress[],
    screen: Screen,
    paint: Paint,
    keys: string,
    stop: AbortController,
  ): Promise<Run> {
    const heard: { run?: Run } = {};
    const cluster = await DemoCluster.open(directory, pages, {
      onLine: (node, line) => {
        const decision = decisionIn(line);
        if (decision !== undefined) heard.run?.add({ ...decision, who: node });
      },
      onEnd: (node, how, lastLines) => {
        stop.abort(new StoryError(`drbdd on ${node} ended with ${how}:\n${lastLines.join("\n")}`));
      },
    });
    const run = new Run(cluster, screen, paint, [...ownPages, ...pages], keys, stop);
    heard.run = run;
    run.screen.draw(run.#view());
    return run;
  }

  /**
   * Plays the acts, one after the other, with time to look at each. @throws {StoryError} If one does not come out; the
   * reason of `stop` if that aborts.
   */
  async playStory(acts: readonly Act[], restMs: number): Promise<void> {
    const context: ActContext = {
      cluster: this.cluster,
      until: (condition, what) => this.#until(condition, what),
      arePagesUp: () => this.#pages.areAllUp,
      hasLogged: (node, text) => this.#logged.has(`${node} ${text}`),
      rest: (restMs) => this.rest(restMs),
      control: (node, ...args) => this.#unlessStopped(this.control(node, args)),
    };
    for (const act of acts) {
      this.stop.signal.throwIfAborted();
      this.#logged.clear();
      this.narrate(act.narration(this.cluster));
      await act.play(context);
      await this.rest(restMs);
      await this.#until(() => areAllUp(this.cluster), "all services up");
      this.screen.keep(this.#view());
    }
  }

  /** Shows what is done to the cluster. */
  narrate(text: string): void {
    this.#narration = text;
    this.screen.narrate(this.#time(), text);
    this.screen.draw(this.#view());
  }

  /** Shows what a daemon logged, or what was observed. */
  add(entry: Omit<Entry, "time">): void {
    this.#logged.add(`${entry.who} ${entry.text}`);
    this.screen.add({ ...entry, time: this.#time() });
  }

  /** Runs drbddctl on a node, and shows what it prints. Returns its exit code. */
  async control(node: string, args: readonly string[]): Promise<number> {
    return await this.cluster.daemons.control(node, args, (line) => {
      if (line !== "") this.add({ who: node, severity: "info", text: `drbddctl: ${line}` });
    });
  }

  /** Waits a while; not any more when the demo is to end. */
  rest(restMs: number): Promise<void> {
    const endMs = performance.now() + restMs;
    return this.#poll(() => performance.now() >= endMs || this.stop.signal.aborted);
  }

  /** How long it has taken so far. */
  get seconds(): number {
    return Math.floor((performance.now() - this.#startMs) / 1000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.cluster[Symbol.asyncDispose]();
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const startMs = performance.now();
    const { signal } = this.stop;
    for (const limitS of [LONG_S, GIVE_UP_S]) {
      const endMs = startMs + limitS * 1000;
      await this.#poll(() => condition() || signal.aborted || performance.now() >= endMs);
      signal.throwIfAborted();
      if (condition()) return;
      if (limitS === LONG_S) {
        this.add({ who: SEEN, severity: "warn", text: `still waiting after ${LONG_S} s: ${what}` });
      }
    }
    const logs = NODES.flatMap((node) =>
      this.cluster.daemons.lastLines(node).map((line) => `${node}: ${line}`)
    );
    const seen = clusterTable(this.cluster, this.paint).join("\n");
    const [load] = Deno.loadavg();
    const busy = `On a busy machine it can take longer; the load of this one is ${load?.toFixed(1)}.`;
    throw new StoryError(
      `Expected within ${GIVE_UP_S} s: ${what}. ${busy} Found:\n${seen}\n${logs.join("\n")}`,
    );
  }

  /** What `action` results in. Rejects as soon as the demo is to end. */
  async #unlessStopped<Result>(action: Promise<Result>): Promise<Result> {
    const { signal } = this.stop;
    await Promise.race([action, this.#poll(() => signal.aborted)]);
    signal.throwIfAborted();
    return await action;
  }

  async #poll(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #onPoll(): void {
    for (const { name } of RESOURCES) {
      const { cluster } = this;
      const seen = this.#availability.look(
        name,
        cluster.runsOn(name),
        cluster.writesOn(name),
        performance.now(),
      );
      for (const observation of seen) this.add({ ...observation, who: SEEN });
    }
    const [violated] = this.#availability.violations;
    if (violated !== undefined) {
      this.stop.abort(new StoryError(`${violated} wrote on two nodes at the same time`));
    }
    if (this.#polls % POLLS_PER_PAGES === 0) this.#pages.look();
    if (this.#polls++ % POLLS_PER_FRAME === 0) this.screen.draw(this.#view());
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go();
  }

  #view(): View {
    return {
      title: `drbdd demo: real daemons, simulated DRBD and systemd   ${this.#time()}   Ctrl-C ends it`,
      pages: this.#pages.line,
      table: clusterTable(this.cluster, this.paint),
      narration: this.#narration,
      keys: this.keys,
    };
  }

  #time(): string {
    const { seconds } = this;
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
