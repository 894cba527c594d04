/** All metrics as they are now. */
import type { PluginContext } from "../../src/daemon/plugins/plugin.ts";
import { type Daemon, DAEMON_ROWS, type DaemonRow, NODE_ROWS, rowsOfPlugins } from "./series/daemon_rows.ts";
import { gzipped } from "./gzip.ts";
import { Pages, type Series } from "./pages.ts";
import type { SeriesText } from "./series/series_text.ts";
import { ENDINGS, type Format, headerText, labelsText, seriesLine, valueText } from "./series/text.ts";

/** Where the metrics come from. */
export interface Sources {
  readonly context: PluginContext;
  readonly text: SeriesText;
}

/** How an answer is written. */
export interface Form {
  readonly format: Format;
  readonly isGzipped: boolean;
}

/** Gives the bytes in one of the forms. */
export type Rendering = (form: Form) => readonly Uint8Array[];

const encoder = new TextEncoder();

export class Exposition {
  readonly #sources: Sources;
  readonly #pages: Pages;
  #underWay: Promise<Rendering> | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#pages = new Pages(sources.text);
  }

  /** All metrics now. Concurrent requests share the result. */
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
    const plain = (format: Format) => [
      encoder.encode(textOf(before, format)),
      ...this.#withHeaders(series, format),
      encoder.encode(textOf(after, format) + ENDINGS[format]),
    ];
    const compressed = new Map<Format, readonly Uint8Array[]>();
    return ({ format, isGzipped }) => {
      if (!isGzipped) return plain(format);
      const pieces = compressed.get(format) ?? [gzipped(plain(format))];
      compressed.set(format, pieces);
      return pieces;
    };
  }

  #withHeaders(series: Series, format: Format): Uint8Array[] {
    return this.#sources.text.metrics.flatMap((metric, place) => {
      const parts = series[place] ?? [];
      return parts.length === 0 ? [] : [encoder.encode(headerText(metric, format)), ...parts];
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
