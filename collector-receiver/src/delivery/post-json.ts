import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { SendTimeoutError } from "./describe-send-failure.ts";
import { lookUpPublic, refusePrivateLiteral } from "./refuse-private-address.ts";

export interface JsonPost {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For everything from the look-up of the name to the end of the answer. */
  readonly timeoutMs: number;
  readonly allowsPrivate: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most 64 KiB of it. */
  readonly body: string;
}

const maxAnswerBytes = 64 * 1024;

/**
 * Posts JSON and reads the answer. Redirects are not followed: they could lead anywhere, with the message.
 * @throws PrivateAddressError; else what the network says, which names host and port only
 */
export function postJson({ url, body, headers, timeoutMs, allowsPrivate }: JsonPost): Promise<HttpAnswer> {
  if (!allowsPrivate) refusePrivateLiteral(url.hostname);
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const signal = AbortSignal.timeout(timeoutMs);
  const sent = request(
    url,
    {
      method: "POST",
      // A connection of its own, so that the address is looked at each time.
      agent: false,
      signal,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(body),
        "user-agent": "spanledger",
        ...headers,
      },
      ...(allowsPrivate ? {} : { lookup: lookUpPublic }),
    },
    (answer) => void readAnswer(answer).then(resolve, reject),
  );
  sent.on("error", reject);
  sent.end(body);
  return promise.catch((error: unknown) => {
    throw signal.aborted ? new SendTimeoutError(timeoutMs, error) : error;
  });
}

async function readAnswer(answer: IncomingMessage): Promise<HttpAnswer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= maxAnswerBytes) break;
  }
  const body = Buffer.concat(parts).toString("utf8", 0, maxAnswerBytes);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body };
}
