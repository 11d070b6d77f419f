import type { Socket } from "node:net";
import { misdirections, type Misdirection, type OnMisdirected } from "./misdirections.ts";

/** For how long the rest of a refused connection is read, in ms: its sender would see a reset in place of the answer. */
const lingerMs = 1000;
/** Begins every TLS connection: the type of a handshake record (RFC 8446, section 5.1). */
const tlsHandshake = 0x16;

/** An error of Node's HTTP parser. Its `rawPacket` is a buffer, which Fastify's type does not know. */
interface ParserError {
  readonly code: string;
  readonly rawPacket?: unknown;
}

/** Answers connections that carry no request: another protocol, or headers beyond Node's limit. */
export class UnreadableConnections {
  readonly #headers: string;
  readonly #onMisdirected: OnMisdirected | undefined;
  /** Node reports the same error again for each piece that follows. */
  readonly #answered = new WeakSet<Socket>();

  /** @param headers of every answer */
  constructor(headers: Readonly<Record<string, string>>, onMisdirected?: OnMisdirected) {
    this.#headers = Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    this.#onMisdirected = onMisdirected;
  }

  answer(error: ParserError, socket: Socket): void {
    if (this.#answered.has(socket)) return;
    // 408 would be permanent for a sender that retries, and so would 400 be to one that was cut off; a closed
    // connection is not.
    const isSilent = !error.code.startsWith("HPE_") || error.code === "HPE_INVALID_EOF_STATE" || !socket.writable;
    if (isSilent) {
      socket.destroy();
      return;
    }
    this.#answered.add(socket);
    const kind = kindOf(error);
    this.#onMisdirected?.(kind, { address: socket.remoteAddress });
    socket.end(kind === "http2" ? goAway(misdirections.http2.remedy) : this.#answerInHttp(kind));
    socket.resume();
    setTimeout(() => socket.destroy(), lingerMs).unref();
  }

  #answerInHttp(kind: Misdirection): string {
    const status = kind === "headers_too_large" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    const text = `${misdirections[kind].meaning} ${misdirections[kind].remedy}\n`;
    const own = `Connection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}`;
    return `HTTP/1.1 ${status}\r\n${own}\r\n${this.#headers}\r\n${text}`;
  }
}

function kindOf({ code, rawPacket }: ParserError): Misdirection {
  if (code === "HPE_HEADER_OVERFLOW") return "headers_too_large";
  if (code === "HPE_PAUSED_H2_UPGRADE") return "http2";
  return Buffer.isBuffer(rawPacket) && rawPacket[0] === tlsHandshake ? "tls" : "malformed_http";
}

/**
 * An empty SETTINGS and a GOAWAY of HTTP/2 (RFC 9113, sections 6.5 and 6.8): gRPC clients log the text, and take the call as
 * one that was not begun. After an answer in HTTP/1.1 some of them give up what they hold.
 */
function goAway(text: string): Buffer {
  const reason = Buffer.from(text);
  const frames = Buffer.alloc(9 + 9 + 8);
  frames[3] = 4;
  frames.writeUIntBE(8 + reason.length, 9, 3);
  frames[12] = 7;
  return Buffer.concat([frames, reason]);
}
