import assert from "node:assert/strict";
import { type CertificateFiles, certificateProblem } from "./certificate.ts";

const FILES: CertificateFiles = { certFile: "/c.pem", keyFile: "/k.pem" };
const CERT = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";

/** What Deno says, found by giving it such files. */
const NO_CERTIFICATES = "No certificates found in certificate data";
const NO_KEYS = "No keys found in key data";

const CASES: readonly [what: string, cert: string, key: string, said: string, want: string | undefined][] = [
  ["no certificate", "hello", KEY, NO_CERTIFICATES, 'there is no certificate (PEM) in tls-cert "/c.pem"'],
  ["files mixed up", KEY, CERT, NO_CERTIFICATES, 'there is no certificate (PEM) in tls-cert "/c.pem"'],
  ["no key", CERT, "", NO_KEYS, 'there is no private key (PEM) in tls-key "/k.pem"'],
  [
    "a key with a passphrase",
    CERT,
    KEY.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"),
    NO_KEYS,
    'the key in tls-key "/k.pem" has a passphrase, expected one without',
  ],
  [
    "an old key with a passphrase",
    CERT,
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIE\n",
    NO_KEYS,
    'the key in tls-key "/k.pem" has a passphrase, expected one without',
  ],
  [
    "a key of another certificate",
    CERT,
    KEY.replaceAll("PRIVATE", "EC PRIVATE"),
    "keys may not be consistent: KeyMismatch",
    'the key in tls-key "/k.pem" does not belong to the certificate in tls-cert "/c.pem"',
  ],
  [
    "what else is wrong with them",
    CERT,
    KEY,
    "invalid peer certificate: Expired",
    'tls-cert "/c.pem" and tls-key "/k.pem" cannot be used: invalid peer certificate: Expired',
  ],
  ["a port that is taken", "hello", "", "Address already in use (os error 98)", undefined],
];

for (const [what, cert, key, said, want] of CASES) {
  Deno.test(`certificateProblem() of ${what}`, () => {
    assert.equal(certificateProblem(new Error(said), { cert, key }, FILES), want);
  });
}
