/** Loads the certificate of a server, and explains errors. */
import { describe } from "../../../src/effects/describe.ts";
import type { Files } from "../../../src/effects/effects.ts";
import type { ApiConfig } from "../config.ts";

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export type CertificateFiles = NonNullable<ApiConfig["tls"]>;

/** Rejects with `FileError`. The content is not checked here. */
export async function readCertificate(
  files: Pick<Files, "readText">,
  { certFile, keyFile }: CertificateFiles,
): Promise<Certificate> {
  return { cert: await files.readText(certFile), key: await files.readText(keyFile) };
}

/** Deno's errors do not name the file. */
const ABOUT_CERTIFICATE = /\b(certificates?|keys?)\b/i;

/** The file that caused `error`, and why; undefined if it is not about the certificate. */
export function certificateProblem(
  error: unknown,
  { cert, key }: Certificate,
  { certFile, keyFile }: CertificateFiles,
): string | undefined {
  const reason = describe(error);
  if (!ABOUT_CERTIFICATE.test(reason)) return undefined;
  if (!cert.includes("-----BEGIN CERTIFICATE-----")) {
    return `there is no certificate (PEM) in tls-cert "${certFile}"`;
  }
  if (/-----BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(key)) {
    return `the key in tls-key "${keyFile}" has a passphrase, expected one without`;
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) {
    return `there is no private key (PEM) in tls-key "${keyFile}"`;
  }
  if (reason.includes("KeyMismatch")) {
    return `the key in tls-key "${keyFile}" does not belong to the certificate in tls-cert "${certFile}"`;
  }
  return `tls-cert "${certFile}" and tls-key "${keyFile}" cannot be used: ${reason}`;
}
