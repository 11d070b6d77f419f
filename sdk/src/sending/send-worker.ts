/** Entry of the worker thread: encodes, compresses and sends, away from the product's event loop. */
import { workerData } from "node:worker_threads";
import { controlWord, openControlBlock } from "../recording/control-block.ts";
import { Sender } from "./sender.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

const { settings, control: memory, number, port } = workerData as WorkerStart;
const control = openControlBlock(memory);
const post = (message: FromWorker): void => port.postMessage(message);
const sender = new Sender(settings, control, number, (notice) => post({ kind: "notice", notice }));

port.on("message", (message: ToWorker) => {
  switch (message.kind) {
    case "chunk":
      sender.addChunk(message.memory);
      sender.wake();
      break;
    case "wake":
      sender.wake();
      break;
    case "flush":
      void sender.flush(message.seq).then(() => post({ kind: "settled", id: message.id }));
      break;
    case "finish":
      void sender.finish().then(() => {
        post({ kind: "settled", id: message.id });
        // A shutdown that was given up and the exit behind it may end in any order.
        if (Atomics.load(control.words, controlWord.done) < message.id) {
          Atomics.store(control.words, controlWord.done, message.id);
        }
        Atomics.notify(control.words, controlWord.done);
      });
      break;
  }
});
sender.wake();
