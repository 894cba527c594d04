/** The pages of the cluster and of the nodes, each from the moment when it answers. */
import type { PageAddress } from "../nodes/definition.ts";

/** Whether something answers at a port of loopback. */
export type Answers = (port: number) => Promise<boolean>;

export class Pages {
  readonly #answering = new Set<string>();
  readonly #asked = new Set<string>();

  /** `onAnswer` is called once for each page, with its address. */
  constructor(
    readonly all: readonly PageAddress[],
    readonly onAnswer: (node: string, url: string) => void,
    readonly answers: Answers = isListenedTo,
  ) {}

  /** Asks those that have not answered yet. */
  look(): void {
    for (const page of this.all) {
      if (!this.#answering.has(page.node) && !this.#asked.has(page.node)) void this.#ask(page);
    }
  }

  /** All have answered. */
  get areAllUp(): boolean {
    return this.#answering.size === this.all.length;
  }

  /** The addresses of those that have answered, in a line. */
  get line(): string {
    const [first, ...others] = this.all.filter(({ node }) => this.#answering.has(node));
    if (first === undefined) return "Pages: none yet, the daemons are starting";
    const more = others.map(({ node, port }) => `, :${port} ${node}`).join("");
    return `Pages: ${urlOf(first)} ${first.node}${more}`;
  }

  async #ask(page: PageAddress): Promise<void> {
    this.#asked.add(page.node);
    const isAnswered = await this.answers(page.port);
    this.#asked.delete(page.node);
    if (!isAnswered) return;
    this.#answering.add(page.node);
    this.onAnswer(page.node, urlOf(page));
  }
}

function urlOf({ port }: PageAddress): string {
  return `http://127.0.0.1:${port}/`;
}

async function isListenedTo(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
