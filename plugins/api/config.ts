/** Configuration of the HTTP API. */
import * as v from "valibot";
import {
  type Address,
  addressText,
  formatAddress,
  isLocal,
  parseAddress,
} from "../../src/config/schema/address.ts";
import { claimOfAddress, pluginSchema } from "../../src/config/schema/plugin_schema.ts";
import { isTable } from "../../src/config/toml/table.ts";
import { described, nonEmpty, pathItem } from "../../src/config/schema/values.ts";

export interface ApiConfig {
  readonly address: Address;
  /** File with the token that clients must send. */
  readonly tokenFile: string | undefined;
  /** Whether clients of other machines need no token. */
  readonly allowAnonymous: boolean;
  /** Allowed names in the header Host, in lower case, in addition to this node's name, localhost and IP addresses. */
  readonly hostNames: readonly string[];
  /** Both or none. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
}

const FORMS = { all: true };
/** A name without a port. */
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

function hostName() {
  return v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (dataset.typed && !HOST_NAME.test(dataset.value)) {
        addIssue({ message: "a host name without a port" });
      }
    }),
  );
}

export const API_SCHEMA = pluginSchema({
  name: "api",
  schema: v.pipe(
    v.object({
      "address": v.optional(
        addressText(
          FORMS,
          'Where to listen: "IP:PORT", "[IPV6]:PORT", ":PORT" for all addresses, or "unix:/PATH".',
        ),
        "127.0.0.1:9943",
      ),
      "token-file": v.optional(described(
        nonEmpty(),
        "File with a token that clients must send (Authorization: Bearer TOKEN). Needed to listen on more than loopback.",
      )),
      "allow-anonymous": v.optional(
        described(
          v.boolean(),
          "Listen on more than loopback without a token: anyone who can reach it can read the state.",
        ),
        false,
      ),
      "host-names": v.optional(
        described(
          v.array(hostName()),
          "Host names that clients may use if there is no token; localhost, this node's name and IP addresses are always " +
            "allowed. Other names are refused as a protection from DNS rebinding.",
        ),
        [],
      ),
      "tls-cert": v.optional(
        described(nonEmpty(), "File with the TLS certificate and its intermediate certificates (PEM)."),
      ),
      "tls-key": v.optional(described(nonEmpty(), "File with the key of the TLS certificate (PEM).")),
    }),
    v.description(
      "Serves the state over HTTP, as JSON and as a web page. Read-only.",
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      const table: unknown = dataset.value;
      if (!isTable(table)) return;
      const has = (key: string) => table[key] !== undefined;
      for (const [one, other] of [["tls-cert", "tls-key"], ["tls-key", "tls-cert"]] as const) {
        if (!has(one) || has(other)) continue;
        addIssue({
          received: `no "${other}"`,
          message: `both "${one}" and "${other}"`,
          path: [pathItem(table, one)],
        });
      }
    }),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { address } = dataset.value;
      if (isLocal(address) || dataset.value["token-file"] !== undefined || dataset.value["allow-anonymous"]) {
        return;
      }
      addIssue({
        received: `${JSON.stringify(formatAddress(address))} without "token-file"`,
        message: 'an address of this machine only, or "token-file", or allow-anonymous = true',
        path: [pathItem(dataset.value, "address")],
      });
    }),
    v.transform((table): ApiConfig => ({
      address: table["address"],
      tokenFile: table["token-file"],
      allowAnonymous: table["allow-anonymous"],
      hostNames: table["host-names"].map((name) => name.toLowerCase()),
      tls: table["tls-cert"] === undefined || table["tls-key"] === undefined
        ? undefined
        : { certFile: table["tls-cert"], keyFile: table["tls-key"] },
    })),
  ),
  remarks: ({ address = "", "tls-cert": cert }) =>
    cert === undefined || parseAddress(address, FORMS)?.transport !== "unix" ? [] : [{
      path: ["tls-cert"],
      at: "key",
      wrong: "Key without effect",
      found: "it with a unix socket",
      expected: "TLS on a network address only",
    }],
  claims: ({ address }) => claimOfAddress(address, ["address"]),
});
