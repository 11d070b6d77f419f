/** What a misdirected request is, what becomes of it, and what its sender has to change. */
export interface MisdirectionDescription {
  readonly meaning: string;
  /** How it is answered. */
  readonly answer: string;
  readonly remedy: string;
}

const bareEndpoint =
  "Set the exporter's endpoint to the receiver's address without a path, such as `http://127.0.0.1:4319`.";
const overHttp =
  "Set the exporter's protocol to `http/protobuf` (`OTEL_EXPORTER_OTLP_PROTOCOL`), or send gRPC to a Collector, port 4317.";

/**
 * Requests that came to the wrong address or in the wrong protocol: `kind` of `spanledger_misdirected_requests_total`, and
 * `misdirected` in the log, which has each kind at most once a minute.
 */
export const misdirections = {
  trailing_slash: {
    meaning: "The path ends with a slash: `/v1/traces/`.",
    answer: "served",
    remedy: "Remove the slash at the end of the exporter's endpoint.",
  },
  double_slash: {
    meaning: "The path has two slashes in a row: `//v1/traces`.",
    answer: "served",
    remedy: "Remove the slash at the end of the exporter's endpoint: the exporter adds `/v1/traces` to it.",
  },
  singular_path: {
    meaning: "The signal is written in the singular: `/v1/trace`, `/v1/log`, `/v1/metric`.",
    answer: "served",
    remedy: "Send to `/v1/traces` and `/v1/logs`.",
  },
  doubled_path: {
    meaning: "The path stands there twice: `/v1/traces/v1/traces`, `/v1/v1/logs`. The last part names the signal.",
    answer: "served",
    remedy: `The exporter adds the path to its endpoint. ${bareEndpoint}`,
  },
  unknown_path: {
    meaning: "There is nothing at this path below `/v1/`, or OTLP was posted to a path outside of it.",
    answer: "404",
    remedy: `OTLP is taken at \`/v1/traces\` and \`/v1/logs\`. ${bareEndpoint}`,
  },
  grpc: {
    meaning: "A request of gRPC's type came over HTTP/1.1, as gRPC-Web sends it.",
    answer: "415",
    remedy: `There is no gRPC here. ${overHttp}`,
  },
  http2: {
    meaning: "A connection began with HTTP/2, as those of gRPC do.",
    answer: "GOAWAY, and closed: its sender tries again",
    remedy: `This port takes HTTP/1.1. ${overHttp}`,
  },
  tls: {
    meaning: "A connection began with TLS.",
    answer: "400, unencrypted, and closed",
    remedy: "There is no TLS here. Write `http://` in the endpoint, or put a proxy with TLS in front of the receiver.",
  },
  headers_too_large: {
    meaning: "The path and headers of a request have more than 16 KiB.",
    answer: "431, and closed",
    remedy: "Remove large headers (baggage, cookies, tokens) from the exporter or from a proxy in between.",
  },
  malformed_http: {
    meaning: "A connection carried something that is not HTTP/1.1.",
    answer: "400, and closed",
    remedy:
      "Check which program connects, and whether a load balancer sends the PROXY protocol: this port does not take it.",
  },
  origin_not_allowed: {
    meaning: "A browser asked whether a page of another origin may send, and `CORS_ORIGINS` does not name the origin.",
    answer: "403",
    remedy: "Add the page's origin to `CORS_ORIGINS`, such as `https://shop.example`.",
  },
} as const satisfies Readonly<Record<string, MisdirectionDescription>>;

export type Misdirection = keyof typeof misdirections;

/** What is known of a misdirected request, for the log. */
export interface MisdirectedSender {
  readonly address: string | undefined;
  /** Without its query, which may hold a secret. */
  readonly path?: string | undefined;
  readonly origin?: string | undefined;
}

export type OnMisdirected = (kind: Misdirection, sender: MisdirectedSender) => void;
