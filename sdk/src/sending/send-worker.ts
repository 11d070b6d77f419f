/** Entry of the worker thread: encodes, compresses and sends, away from the product's event loop. */
import { workerData } from "node:worker_threads";
import { BurstLine } from "../burst-line.ts";
import { controlWord } from "../recording/control-block.ts";
import { MeetingState } from "../threads/meeting-point.ts";
import { answerQuestion, answerSaid, channelNames, ListeningChannel } from "../threads/thread-channels.ts";
import type { ToMainSender, ToThreads } from "../threads/thread-messages.ts";
import type { SenderNotice } from "./deliver-batch.ts";
import { Sender } from "./sender.ts";
import type { SourceStream } from "./source-stream.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

const start = workerData as WorkerStart;
const { port } = start;
const finished = new Int32Array(start.done);
let { point } = start;
const state = point === null ? null : new MeetingState(point.state);
const post = (message: FromWorker): void => port.postMessage(message);
const notify = (notice: SenderNotice): void => post({ kind: "notice", notice });
/** Said here and not by the thread, which may be gone before it could. */
const crowdLine = new BurstLine(
  () => state?.dropped ?? 0,
  (dropped, occasion) => {
    const message =
      `${dropped} business events of worker threads are dropped and counted: the events of all threads together fill ` +
      "the queue; set maxQueueBytes higher or spoolDirectory, and see that the receiver answers";
    notify({ level: "error", key: `threads-crowded:${occasion}`, message, loud: true });
  },
);
const sender = new Sender(notify, ({ pending, heldBytes }) => {
  if (state === null) return;
  state.pending = pending;
  state.heldBytes = heldBytes;
  crowdLine.attend();
});
/** The source of the thread that started this worker. */
let own: SourceStream | null = null;

/** For whoever waits without messages: an exit, and other threads. */
function tellWaiting(words: Int32Array, at: number, id: number): void {
  // A shutdown that was given up and the exit behind it may end in any order.
  if (Atomics.load(words, at) < id) Atomics.store(words, at, id);
  Atomics.notify(words, at);
}

function receiveFromThread(message: ToMainSender): void {
  if (message.kind === "chunk") {
    sender.addChunk(message.sourceId, message.chunk);
    return;
  }
  if (message.kind === "who") {
    if (point !== null) answerQuestion(message, point);
    return;
  }
  const { sourceId, control } = sender.announce(message.source, false);
  switch (message.kind) {
    case "flush":
      void sender.flush(sourceId, message.seq).then(() => tellWaiting(control.words, controlWord.done, message.id));
      break;
    case "finish":
      void sender.finish(sourceId).then(() => tellWaiting(control.words, controlWord.done, message.id));
      break;
    case "end":
      sender.end(sourceId);
      break;
    case "source":
      break;
  }
}

const channel = listen();
function listen(): ListeningChannel<ToMainSender> | null {
  try {
    if (point !== null) return new ListeningChannel<ToMainSender>(channelNames.toMainSender, receiveFromThread);
    // The thread itself may be busy; its sender is not.
    void new ListeningChannel<ToThreads>(channelNames.toThreads, (message) => {
      if (message.kind === "who") answerSaid(message);
    });
  } catch {
    // A runtime without channels.
  }
  return null;
}

port.on("message", (message: ToWorker) => {
  const sourceId = own?.sourceId ?? "";
  switch (message.kind) {
    case "source":
      own = sender.announce(message.source, true);
      break;
    case "chunk":
      sender.addChunk(sourceId, message.chunk);
      break;
    case "wake":
      sender.wake(sourceId);
      break;
    case "flush":
      void sender.flush(sourceId, message.seq).then(() => post({ kind: "settled", id: message.id }));
      break;
    case "finish":
      // What other threads had announced before belongs to it.
      channel?.drain();
      crowdLine.sayAtExit();
      void sender.finishAll().then(() => {
        post({ kind: "settled", id: message.id });
        tellWaiting(finished, 0, message.id);
      });
      break;
    case "end":
      sender.end(sourceId);
      break;
    case "point":
      ({ point } = message);
      break;
    case "relayed":
      receiveFromThread(message.message);
      break;
  }
});
if (channel !== null) post({ kind: "listening" });
