/** The token that clients must send, from its file, which is read again after changes. */
import { createHash, timingSafeEqual } from "node:crypto";
import { describe } from "../../../src/effects/describe.ts";
import type { Clock, FileInfo, Files } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";

/** Minimum time between two checks of the file. */
const POLL_INTERVAL_MS = 1_000;
/** A shorter token could be guessed. */
const FEWEST_CHARACTERS = 16;
const READABLE_BY_OTHERS = 0o004;

export class TokenFile {
  /** Digest of the current token; undefined without a valid one: then all requests are refused. */
  #digest: Uint8Array | undefined;
  /** State of the file at the last read, and the last message about it. */
  #seen = "";
  #logged = "";
  #checkedMs = -Infinity;
  #checking: Promise<void> | undefined;

  constructor(
    readonly path: string,
    readonly world: { readonly clock: Clock; readonly files: Files },
    readonly log: Logger,
  ) {}

  /** Whether a header `Authorization` has the token, compared in constant time. */
  async accepts(authorization: string | undefined): Promise<boolean> {
    await this.look();
    const [, token = ""] = /^Bearer +([^ ]+) *$/i.exec(authorization ?? "") ?? [];
    return this.#digest !== undefined && timingSafeEqual(digestOf(token), this.#digest);
  }

  /** Reads the file if it has changed. Never rejects: errors are logged. */
  async look(): Promise<void> {
    if (this.world.clock.nowMs() - this.#checkedMs < POLL_INTERVAL_MS) return;
    this.#checking ??= this.#check().finally(() => this.#checking = undefined);
    await this.#checking;
  }

  async #check(): Promise<void> {
    try {
      const info = await this.world.files.stat(this.path);
      const seen = info === undefined ? "nothing" : `${info.modifiedMs} ${info.sizeBytes} ${info.mode}`;
      if (seen !== this.#seen) {
        this.#seen = seen;
        await this.#read(info);
      }
    } catch (error) {
      this.#refuse(describe(error));
    } finally {
      this.#checkedMs = this.world.clock.nowMs();
    }
  }

  async #read(info: FileInfo | undefined): Promise<void> {
    const token = (await this.world.files.readText(this.path)).trim();
    if (!/^[\x21-\x7e]+$/.test(token) || token.length < FEWEST_CHARACTERS) {
      this.#refuse(
        `it must hold one word of at least ${FEWEST_CHARACTERS} letters, digits or signs, and nothing else`,
      );
      return;
    }
    this.#digest = digestOf(token);
    this.#logged = "";
    if (((info?.mode ?? 0) & READABLE_BY_OTHERS) !== 0) {
      this.log.warn(
        'Everybody on this machine can read the token in "{file}": its mode is {mode}, it should be 600',
        {
          file: this.path,
          mode: (info?.mode ?? 0).toString(8),
        },
      );
    }
  }

  #refuse(reason: string): void {
    this.#digest = undefined;
    // Retried at the next check: the file itself may show no change when the cause has gone.
    this.#seen = "";
    if (this.#logged === reason) return;
    this.#logged = reason;
    this.log.error('Nobody is let in until the token in "{file}" can be used: {reason}', {
      file: this.path,
      reason,
    });
  }
}

/** Digests have a fixed length, so that the comparison does not reveal the length of the token. */
function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
