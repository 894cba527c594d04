/** What the monitor thread asks the deciding thread. Each question is answered, or the thread ends. */
import type { Answers, FromMonitor, Question } from "./protocol.ts";

export class Questions {
  readonly #waiting = new Map<number, (answer: Answers[Question]) => void>();
  #count = 0;

  constructor(readonly send: (message: FromMonitor) => void) {}

  ask<Asked extends Question>(question: Asked): Promise<Answers[Asked]> {
    const id = ++this.#count;
    const answered = new Promise<Answers[Question]>((resolve) => this.#waiting.set(id, resolve));
    this.send({ kind: "question", id, question });
    // An answer is of the kind that was asked for.
    return answered as Promise<Answers[Asked]>;
  }

  /** The answer to the question of this number. */
  take(id: number, answer: Answers[Question]): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
