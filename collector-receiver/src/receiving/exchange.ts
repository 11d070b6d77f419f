import type { IncomingMessage, ServerResponse } from "node:http";
import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import { crossOriginHeaders, type IsAllowedOrigin } from "./cross-origin.ts";
import { encodePartialSuccess, encodeStatus, encodeSuccess } from "./encode-otlp-answer.ts";
import { beginRequest, type RequestInProgress, type AnsweredRequest } from "./answered-request.ts";
import { readContentType } from "./read-otlp-headers.ts";
import { AbortedBodyError } from "./read-request-body.ts";
import { writeOtlpAnswer } from "./write-otlp-answer.ts";

export interface ExchangeOptions {
  /** Called once for each request, after its answer is decided; must not throw. */
  readonly onRequest?: (answered: AnsweredRequest) => void;
  /** True once the receiver was told to stop: its answers close their connections. */
  readonly isDraining?: () => boolean;
  /** Which pages may send and read the answers; without it, none. */
  readonly isAllowedOrigin?: IsAllowedOrigin | undefined;
}

/** A request and its answer. It never holds the body: a body must be free while the commit is awaited. */
export class Exchange<Signal extends OtlpSignal | "metrics" = OtlpSignal | "metrics"> {
  readonly signal: Signal;
  readonly request: IncomingMessage;
  /** Null if the content type is not one of OTLP's. */
  readonly encoding: OtlpEncoding | null;
  readonly answered: RequestInProgress;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;

  constructor(signal: Signal, request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.signal = signal;
    this.request = request;
    this.encoding = readContentType(request.headers["content-type"]);
    this.answered = beginRequest(signal);
    this.#response = response;
    this.#options = options;
  }

  succeed(): void {
    this.#answer(200, encodeSuccess(this.#answerEncoding));
  }

  /** @param rejected spans or log records of which an event was rejected */
  succeedPartly(this: Exchange<OtlpSignal>, rejected: number, message: string): void {
    this.answered.outcome = "partly_rejected";
    this.#answer(200, encodePartialSuccess(this.#answerEncoding, this.signal, rejected, message));
  }

  /** @param code of `google.rpc.Status` */
  refuse(status: number, code: number, message: string, headers?: Readonly<Record<string, string>>): void {
    this.#answer(status, encodeStatus(this.#answerEncoding, code, message), headers);
  }

  /** Ends without an answer: the sender is gone. */
  abort(): void {
    this.answered.outcome = "aborted";
    this.#options.onRequest?.(this.answered);
    this.request.destroy();
  }

  /** Closes the connection of a request that could not even be refused: its sender sends again. */
  destroy(): void {
    this.#response.destroy();
  }

  /** @throws AbortedBodyError if the sender has closed the connection */
  throwIfAborted(): void {
    if (this.request.socket.destroyed) throw new AbortedBodyError("The sender closed the connection");
  }

  get #answerEncoding(): OtlpEncoding {
    return this.encoding ?? "json";
  }

  #answer(status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): void {
    this.answered.status = status;
    this.#options.onRequest?.(this.answered);
    const { isDraining, isAllowedOrigin } = this.#options;
    const forPages = crossOriginHeaders(this.request, isAllowedOrigin);
    const all = forPages === undefined ? headers : { ...headers, ...forPages };
    writeOtlpAnswer(this.#response, status, this.#answerEncoding, body, all, isDraining?.() ?? false);
  }
}
