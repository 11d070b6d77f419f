import type { IncomingMessage } from "node:http";

/** Answered with 413: the body is larger than allowed, on the wire or inflated. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/** The sender went away: nobody is there to answer. */
export class AbortedBodyError extends Error {
  override readonly name = "AbortedBodyError";
}

/**
 * How much of a body that is too large is read and thrown away, so that a sender that writes
 * before it reads sees the answer and not a reset connection.
 */
const maxDrainedBytes = 16 * 1024 * 1024;

/**
 * Reads a body of at most `maxBytes`.
 * @param hold told how many bytes are here, before more are taken in; what it throws ends the reading
 * @throws BodyTooLargeError after draining a bounded rest
 * @throws AbortedBodyError if the sender went away
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  hold: (bytes: number) => void = () => {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isTooLarge = Number(request.headers["content-length"] ?? 0) > maxBytes;
    const stop = (settle: () => void) => {
      request.off("data", onData);
      request.off("end", onEnd);
      request.off("error", onLost);
      request.off("close", onLost);
      settle();
    };
    const fail = () => stop(() => reject(new BodyTooLargeError(`The body has more than ${maxBytes} bytes`)));
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (!isTooLarge && length > maxBytes) {
        isTooLarge = true;
        chunks.length = 0;
      }
      if (!isTooLarge) {
        try {
          hold(length);
        } catch (error) {
          // Node reads the rest and throws it away, so that the sender sees the answer.
          stop(() => reject(error));
          request.resume();
          return;
        }
        chunks.push(chunk);
      } else if (length > maxBytes + maxDrainedBytes) fail();
    };
    const onEnd = () => {
      if (isTooLarge) fail();
      else stop(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
    };
    const onLost = () => stop(() => reject(new AbortedBodyError("The sender closed the connection")));
    request.on("data", onData);
    request.on("end", onEnd);
    request.on("error", onLost);
    request.on("close", onLost);
  });
}
