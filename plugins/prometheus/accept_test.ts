import assert from "node:assert/strict";
import { formatFor, takesGzip } from "./accept.ts";
import type { Format } from "./series/text.ts";

const OPEN_METRICS = "application/openmetrics-text";

const FORMATS: readonly { name: string; accept: string | null; want: Format }[] = [
  {
    name: "of Prometheus 2.42",
    accept:
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    want: "openMetrics",
  },
  {
    name: "of Prometheus 3",
    accept:
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    want: "openMetrics",
  },
  { name: "that is absent", accept: null, want: "text" },
  { name: "that is empty", accept: "", want: "text" },
  { name: "of curl", accept: "*/*", want: "text" },
  { name: "of a browser", accept: "text/html,application/xhtml+xml,*/*;q=0.8", want: "text" },
  { name: "that names no version", accept: OPEN_METRICS, want: "openMetrics" },
  {
    name: "with blanks, capitals and quotes",
    accept: `Application/OpenMetrics-Text ; Version="1.0.0"`,
    want: "openMetrics",
  },
  { name: "that prefers the text format", accept: `${OPEN_METRICS};q=0.5,text/plain`, want: "text" },
  { name: "that refuses OpenMetrics", accept: `${OPEN_METRICS};version=1.0.0;q=0`, want: "text" },
  { name: "of another version only", accept: `${OPEN_METRICS};version=0.0.1`, want: "text" },
  { name: "with a quality that is none", accept: `${OPEN_METRICS};q=much`, want: "text" },
  { name: "that wants something else", accept: "application/json", want: "text" },
  { name: "that is garbage", accept: ";;;,,=;q=;\u00ff", want: "text" },
];

for (const { name, accept, want } of FORMATS) {
  Deno.test(`formatFor() chooses ${want} for a header ${name}`, () => assert.equal(formatFor(accept), want));
}

const ENCODINGS: readonly { name: string; header: string | null; want: boolean }[] = [
  { name: "gzip", header: "gzip", want: true },
  { name: "one of several", header: "br, GZIP;q=0.5", want: true },
  { name: "its old name", header: "x-gzip", want: true },
  { name: "anything", header: "*", want: true },
  { name: "no header", header: null, want: false },
  { name: "plain bytes", header: "identity", want: false },
  { name: "others only", header: "br, deflate", want: false },
  { name: "gzip refused", header: "gzip;q=0", want: false },
  { name: "gzip refused, anything else taken", header: "*, gzip;q=0.0", want: false },
  { name: "a name that only begins so", header: "gzipped", want: false },
];

for (const { name, header, want } of ENCODINGS) {
  Deno.test(`takesGzip() says ${want} to ${name}`, () => assert.equal(takesGzip(header), want));
}
