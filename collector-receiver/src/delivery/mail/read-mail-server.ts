import type { EmailTarget } from "../../catalogue/delivery-targets.ts";
import type { DeliveryMeans } from "../delivery-means.ts";
import { MissingSecretError, readSecret } from "../read-secret.ts";

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** True: TLS from the first byte. False: STARTTLS, without which nothing is sent. */
  readonly startsEncrypted: boolean;
  /** Null: the server wants none. */
  readonly login: { readonly user: string; readonly pass: string } | null;
}

const protocols: ReadonlyMap<string, Pick<MailServer, "port" | "startsEncrypted">> = new Map([
  ["smtps:", { port: 465, startsEncrypted: true }],
  ["smtp:", { port: 587, startsEncrypted: false }],
]);

/**
 * The server that a variable names: `smtps://user:password@host:465` (TLS) or `smtp://user:password@host:587` (STARTTLS).
 * @throws MissingSecretError if the variable is unset, or holds something else
 */
export function readMailServer({ server }: EmailTarget, means: DeliveryMeans): MailServer {
  const url = URL.parse(readSecret(server, means));
  const usual = protocols.get(url?.protocol ?? "");
  if (url === null || usual === undefined || url.hostname === "" || !["", "/"].includes(url.pathname)) {
    throw new MissingSecretError(
      `The variable ${server.env} does not hold an address such as smtps://user:password@host:465 or smtp://user:password@host:587. ` +
        "Write a character such as @ or / of a password as %40 or %2F.",
    );
  }
  const [user, pass] = [url.username, url.password].map(decode);
  return {
    // A URL writes an IPv6 address in brackets.
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? usual.port : Number(url.port),
    startsEncrypted: usual.startsEncrypted,
    login: user === "" ? null : { user: user!, pass: pass! },
  };
}

/** `%` may stand for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
