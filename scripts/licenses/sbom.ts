/** A bill of materials of the compiled program, in CycloneDX 1.6: every part of it, with its version where that is known. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Target } from "../build/target.ts";
import { idOf } from "./lock.ts";
import type { Licenses } from "./of_program.ts";
import { RUNTIME_PARTS } from "./runtime.ts";

export interface SbomOf {
  readonly version: string;
  readonly target: Target;
  /** Of the program, in hexadecimal. */
  readonly sha256: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  readonly licenses: Licenses;
}

interface Component {
  readonly type: "application" | "library" | "platform";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly unknown[];
}

/** The document, as JSON; the same for the same program. */
export function sbom({ version, target, sha256, epoch, licenses }: SbomOf): string {
  const { packages, runtime } = licenses;
  const program: Component = {
    type: "application",
    "bom-ref": "drbdd",
    name: "drbdd",
    version,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    licenses: licensed("Apache-2.0"),
  };
  const npm = packages.map((one): Component => ({
    type: "library",
    "bom-ref": npmUrl(one),
    name: one.name,
    version: one.version,
    purl: npmUrl(one),
    hashes: [{ alg: "SHA-512", content: hexOf(one.integrity) }],
    licenses: licensed(one.license),
  }));
  const versions: Readonly<Record<string, string | undefined>> = { Deno: runtime.deno, V8: runtime.v8 };
  const parts = RUNTIME_PARTS.map(({ name, license }): Component => {
    const known = versions[name];
    return {
      type: name === "Deno" ? "platform" : "library",
      "bom-ref": `runtime:${name}`,
      name,
      ...(known && { version: known }),
      licenses: licensed(license),
    };
  });
  const crates = runtime.crates.map(({ name, version, license }): Component => ({
    type: "library",
    "bom-ref": `pkg:cargo/${name}@${version}`,
    name,
    version,
    purl: `pkg:cargo/${name}@${version}`,
    ...(license && { licenses: licensed(license.license) }),
  }));
  const refs = (components: readonly Component[]) => components.map((component) => component["bom-ref"]);
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(`${sha256} ${epoch}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      component: program,
      properties: [
        { name: "drbdd:target", value: target.triple },
        {
          name: "drbdd:completeness",
          value:
            "Crates of Rust are those that the runtime names in its messages; others may be in it as well",
        },
      ],
    },
    components: [...npm, ...parts, ...crates],
    dependencies: [
      { ref: "drbdd", dependsOn: [...refs(npm), "runtime:Deno"] },
      ...packages.map((one) => ({
        ref: npmUrl(one),
        dependsOn: packages.filter((other) => one.needs.includes(idOf(other))).map(npmUrl),
      })),
      {
        ref: "runtime:Deno",
        dependsOn: [...refs(parts.filter(({ name }) => name !== "Deno")), ...refs(crates)],
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Package URL: an "@" before the scope is written in hexadecimal. */
function npmUrl({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** A name that SPDX knows, an expression of such names, or another name. */
function licensed(license: string): readonly unknown[] {
  if (/ (AND|OR|WITH) /.test(license)) return [{ expression: license }];
  return [{ license: NOT_SPDX.includes(license) ? { name: license } : { id: license } }];
}

const NOT_SPDX: readonly string[] = ["SunPro"];

function hexOf(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
}

/** A UUID that is always the same for the same text (RFC 9562, version 8). */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
    .join("-");
}
