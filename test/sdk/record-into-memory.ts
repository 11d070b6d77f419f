import { MemoryBacklog } from "../../sdk/src/sending/memory-backlog.ts";
import { EventQueue } from "../../sdk/src/recording/event-queue.ts";
import { EventWriter } from "../../sdk/src/recording/event-writer.ts";
import { planEvent } from "../../sdk/src/recording/event-plan.ts";

/** Records `count` events into memory as the SDK does. */
export function recordIntoMemory(count: number, firstSeq = 1): MemoryBacklog {
  const queue = new EventQueue(64 * 1024 * 1024);
  const memory = new MemoryBacklog();
  const writer = new EventWriter();
  queue.onChunk = (chunk) => memory.addChunk(chunk);
  const open = (): NonNullable<ReturnType<EventQueue["advance"]>> => {
    const chunk = queue.advance()!;
    writer.aim(chunk);
    return chunk;
  };
  let chunk = open();
  for (let seq = firstSeq; seq < firstSeq + count; seq += 1) {
    const args = [planEvent("shop.sold"), seq, 1_766_650_000_000, undefined, undefined] as const;
    let end = writer.write(queue.position, ...args, { seq }, undefined);
    if (end < 0) {
      chunk = open();
      end = writer.write(queue.position, ...args, { seq }, undefined);
    }
    queue.commit(chunk, end);
  }
  return memory;
}
