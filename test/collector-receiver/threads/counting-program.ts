import { getPriority } from "node:os";
import { threadId, workerData } from "node:worker_threads";
import { answerQuestions, sendNote } from "../../../collector-receiver/src/threads/answer-questions.ts";

/** A thread for the tests of `AskedThread`: it says which question of this thread it is asked, or does as it is told. */
let asked = 0;

interface Answer {
  readonly thread: number;
  readonly asked: number;
  readonly data: unknown;
  readonly priority: number;
}

answerQuestions<string, Answer>({
  async answer(question) {
    asked++;
    if (question === "throw") throw new Error("this question has no answer");
    // What a panic in native code looks like.
    if (question === "panic") throw new Error("");
    if (question === "end") process.exit(3);
    if (question === "exhaust") {
      const held: number[][] = [];
      for (;;) held.push(Array.from({ length: 1e5 }, Math.random));
    }
    if (question === "wait") await new Promise(() => {});
    return { thread: threadId, asked, data: workerData, priority: getPriority() };
  },
  onTold: (told) => sendNote(`told ${told}`),
});
