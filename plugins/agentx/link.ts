/**
 * A connection to the master agent, for whole messages in both directions. Requests of the master are answered at once;
 * several requests to the master may be outstanding.
 */
import { describe } from "../../src/effects/describe.ts";
import type { Clock, Connection } from "../../src/effects/effects.ts";
import { Frames, ProtocolError } from "./frames.ts";
import { decode, encode, errorName, type Pdu, type PduContent, PduType } from "./net_snmp.ts";

/** A master agent that does not answer within this time is considered dead. */
const ANSWER_MS = 30_000;

/** The master agent answered with an error. */
export class MasterError extends Error {
  constructor(readonly code: number) {
    super(errorName(code));
    this.name = "MasterError";
  }
}

export interface LinkOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Answers a request of the master; undefined for none. */
  readonly answer: (request: Pdu) => Promise<PduContent | undefined>;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #frames = new Frames();
  /** Waiters for responses, by packet ID. */
  readonly #waiting = new Map<number, (response: Pdu) => void>();
  #packet = 0;
  /** Why this side ended it. */
  #fault: string | undefined;
  /** Ends with the connection; the reason says in words why it ended. */
  readonly ended: Promise<string>;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.ended = this.#read();
  }

  /**
   * Sends a message and waits for the response to it.
   *
   * @throws {MasterError} If the master agent answers with an error.
   * @throws If the connection ends, or no answer comes in time.
   */
  async ask(content: Omit<PduContent, "packetID">): Promise<Pdu> {
    const packetID = ++this.#packet;
    const answered = Promise.withResolvers<Pdu>();
    this.#waiting.set(packetID, answered.resolve);
    const timer = this.#options.clock.setTimer(
      ANSWER_MS,
      () => answered.reject(new Error(`The master agent did not answer within ${ANSWER_MS / 1000} s`)),
    );
    const ended = this.ended.then((reason) => Promise.reject(new Error(reason)));
    try {
      await this.#send({ ...content, packetID });
      const response = await Promise.race([answered.promise, ended]);
      if (response.error !== undefined && response.error !== 0) throw new MasterError(response.error);
      return response;
    } finally {
      timer.cancel();
      this.#waiting.delete(packetID);
      ended.catch(() => {});
    }
  }

  /** Sends a message without waiting for an answer. Never rejects. */
  async notify(content: Omit<PduContent, "packetID">): Promise<void> {
    await this.#send({ ...content, packetID: ++this.#packet }).catch(() => {});
  }

  close(): void {
    this.#options.connection.close();
  }

  async #send(content: PduContent): Promise<void> {
    await this.#options.connection.send(encode(content));
  }

  async #read(): Promise<string> {
    try {
      for await (const bytes of this.#options.connection.received) {
        for (const frame of this.#frames.push(bytes)) this.#take(frame);
      }
      return this.#fault ?? "It closed the connection";
    } catch (error) {
      if (this.#fault !== undefined) return this.#fault;
      return error instanceof ProtocolError ? error.message : `The connection broke: ${describe(error)}`;
    } finally {
      this.close();
    }
  }

  #take(frame: Uint8Array): void {
    const pdu = decoded(frame);
    if (pdu.pduType === PduType.response) {
      this.#waiting.get(pdu.packetID)?.(pdu);
      return;
    }
    void this.#respond(pdu);
  }

  /** Never rejects. An error while answering closes the connection, because the master agent would wait for the answer. */
  async #respond(request: Pdu): Promise<void> {
    let response: PduContent | undefined;
    try {
      response = await this.#options.answer(request);
    } catch (error) {
      this.#fault = `Cannot answer a request: ${describe(error)}`;
      this.close();
    }
    // If this fails, the connection is broken, and reading fails, too.
    if (response !== undefined) await this.#send(response).catch(() => {});
  }
}

function decoded(frame: Uint8Array): Pdu {
  try {
    return decode(frame);
  } catch (error) {
    throw new ProtocolError(`Cannot read a message of the master agent: ${describe(error)}`);
  }
}
