import { getPriority, setPriority } from "node:os";
import { parentPort, type Transferable } from "node:worker_threads";
import type { ThreadMessage, ThreadRequest } from "./thread-messages.ts";

export interface ThreadProgram<Question, Answer> {
  answer(question: Question): Answer | Promise<Answer>;
  /** Parts of an answer that are moved instead of copied. */
  transferred?(answer: Answer): Transferable[];
  onTold?(told: string): void;
  /** Closes what would keep the thread alive. */
  end?(): Promise<unknown>;
}

/** So much less often than the thread that receives is this one given a processor if all of them are busy. */
const niceness = 10;

/** Answers the questions that an `AskedThread` sends to the thread in which this runs. */
export function answerQuestions<Question, Answer>(program: ThreadProgram<Question, Answer>): void {
  const port = parentPort;
  if (port === null) throw new Error("this program runs in a thread of the receiver only");
  // Linux keeps the priority of each thread; elsewhere it is that of the whole process.
  if (process.platform === "linux") setPriority(Math.min(getPriority() + niceness, 19));
  const send = (message: ThreadMessage<Answer, never>, moved: Transferable[] = []): void =>
    port.postMessage(message, moved);
  const answer = async (id: number, question: Question): Promise<void> => {
    try {
      const answered = await program.answer(question);
      send({ id, answer: answered }, program.transferred?.(answered));
    } catch (error) {
      send({ id, problem: problemOf(error) });
    }
  };
  port.on("message", (request: ThreadRequest<Question>) => {
    if ("question" in request) void answer(request.id, request.question);
    else if ("told" in request) program.onTold?.(request.told);
    else void Promise.resolve(program.end?.()).finally(() => process.exit());
  });
}

/** Sends what nobody asked for. */
export function sendNote(note: unknown): void {
  parentPort?.postMessage({ note } satisfies ThreadMessage<never, unknown>);
}

/** Native code may panic without a message, and an error that says nothing helps nobody. */
function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim() === "" ? "it failed and did not say why" : message;
}
