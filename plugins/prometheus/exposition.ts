/** All metrics as they are now, in one coding. */
import { Memo } from "../../src/drbd/strings/memo.ts";
import type { PluginContext } from "../../src/daemon/plugins/plugin.ts";
import type { Coding } from "./coding.ts";
import { type Daemon, DAEMON_ROWS, type DaemonRow, NODE_ROWS, rowsOfPlugins } from "./daemon_rows.ts";
import { Pages, type Series } from "./pages.ts";
import type { SeriesText } from "./series_text.ts";
import { ENDINGS, type Format, headerText, labelsText, seriesLine, valueText } from "./text.ts";

/** Where the metrics come from. */
export interface Sources {
  readonly context: PluginContext;
  readonly text: SeriesText;
}

/** Gives the bytes in one of the formats. */
export type Rendering = (format: Format) => readonly Uint8Array[];

export class Exposition<Part> {
  readonly #sources: Sources;
  readonly #coding: Coding<Part>;
  readonly #pages: Pages<Part>;
  /** Headers are always the same. */
  readonly #headers: Memo<Part>;
  #underWay: Promise<Rendering> | undefined;

  constructor(sources: Sources, coding: Coding<Part>) {
    this.#sources = sources;
    this.#coding = coding;
    this.#pages = new Pages(sources.text, coding);
    this.#headers = new Memo((text) => coding.part(text));
  }

  /** All metrics now. Those who ask together get the same. */
  render(): Promise<Rendering> {
    this.#underWay ??= this.#render().finally(() => this.#underWay = undefined);
    return this.#underWay;
  }

  async #render(): Promise<Rendering> {
    const { context } = this.#sources;
    const statistics = await context.statistics();
    const cluster = context.cluster();
    const series = this.#pages.render(cluster);
    const daemon: Daemon = { context, resources: cluster.size, statistics };
    const before = rendered(NODE_ROWS, daemon);
    const after = rendered([...DAEMON_ROWS, ...rowsOfPlugins(daemon.statistics)], daemon);
    return (format) =>
      this.#coding.join([
        this.#coding.part(textOf(before, format)),
        ...this.#withHeaders(series, format),
        this.#coding.part(textOf(after, format) + ENDINGS[format]),
      ]);
  }

  #withHeaders(series: Series<Part>, format: Format): Part[] {
    return this.#sources.text.metrics.flatMap((metric, place) => {
      const parts = series[place] ?? [];
      return parts.length === 0 ? [] : [this.#headers.get(headerText(metric, format)), ...parts];
    });
  }
}

/** A row with the lines of its series. */
interface RenderedRow {
  readonly row: DaemonRow;
  readonly lines: string;
}

function rendered(rows: readonly DaemonRow[], daemon: Daemon): RenderedRow[] {
  return rows.map((row) => ({
    row,
    lines: row.samples(daemon).map(({ labels, value }) =>
      seriesLine(row.name, labelsText(Object.keys(labels), Object.values(labels)), valueText(value))
    ).join(""),
  }));
}

function textOf(rows: readonly RenderedRow[], format: Format): string {
  return rows.map(({ row, lines }) => lines === "" ? "" : headerText(row, format) + lines).join("");
}
