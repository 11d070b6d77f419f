/** Why an attempt failed, and what a product can do about it. */
export interface Failure {
  readonly reason: string;
  /** Null if time may mend it: a receiver that is restarted, or busy. */
  readonly remedy: string | null;
}

const certificateCodes =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY)_)/;

/** A status that is neither success nor the refusal of this one request. */
export function describeStatus(status: number, body: string, location: string | undefined): Failure {
  const reason = `status ${status}${body === "" ? "" : `: ${body}`}`;
  if (status === 401 || status === 403) {
    return { reason, remedy: "check the key in SPANLEDGER_OTLP_HEADERS or in the option headers" };
  }
  if (status === 404 || status === 405) {
    return { reason, remedy: "check the path of the endpoint, to which the SDK adds /v1/traces or /v1/logs" };
  }
  if (status === 415) return { reason, remedy: "this receiver does not take OTLP as protobuf: check the endpoint" };
  if (status >= 300 && status < 400) {
    return { reason, remedy: `redirects are not followed: use ${location ?? "the new address"} as the endpoint` };
  }
  return { reason, remedy: null };
}

/** An error of the connection. */
export function describeNetworkError(error: NodeJS.ErrnoException, isHttps: boolean): Failure {
  const code = error.code ?? "";
  const reason = error.message || code || error.name;
  if (certificateCodes.test(code)) {
    return {
      reason,
      remedy:
        "set OTEL_EXPORTER_OTLP_CERTIFICATE (or NODE_EXTRA_CA_CERTS) to the file of the authority that signed the " +
        "receiver's certificate, and use the name that it was issued for",
    };
  }
  if (code.startsWith("HPE_")) {
    return {
      reason,
      remedy:
        "the answer is not HTTP/1: port 4317 of a Collector is gRPC, 4318 is OTLP/HTTP; a TLS port needs https://",
    };
  }
  if (isHttps && (code === "EPROTO" || code.startsWith("ERR_SSL_"))) {
    return { reason, remedy: "the receiver does not speak TLS there: check the port, or use http://" };
  }
  return { reason, remedy: null };
}
