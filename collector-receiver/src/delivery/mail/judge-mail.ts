import type { DeliveryOutcome } from "../message.ts";

/** What nodemailer says of a server's answer. */
export interface MailFailure {
  readonly code?: string;
  /** The server's last line. */
  readonly response?: string;
  /** Its three digits. */
  readonly responseCode?: number;
}

const maxQuoted = 200;

/**
 * The outcome of a mail that its server did not take; undefined if the server said nothing about it.
 * By RFC 5321, 4.2.1: 4xx may be tried again, 5xx may not. A login that fails is mended by somebody, so it is tried again.
 */
export function judgeMailFailure({ code, response, responseCode }: MailFailure): DeliveryOutcome | undefined {
  if (responseCode === undefined) return undefined;
  const reason = `The mail server answered: ${quoteLine(response ?? String(responseCode))}`;
  const isRefusal = responseCode >= 500 && (code === "EENVELOPE" || code === "EMESSAGE");
  return { outcome: isRefusal ? "refused" : "retry", reason };
}

/**
 * The outcome of a mail that its server took for some recipients at least. If it asks to try others again later, the mail is
 * sent again to all: with the same Message-ID.
 */
export function judgeMailRecipients({
  rejectedErrors = [],
}: {
  readonly rejectedErrors?: readonly (MailFailure & { readonly recipient?: string })[] | undefined;
}): DeliveryOutcome {
  const [first] = rejectedErrors;
  if (first === undefined) return { outcome: "sent" };
  const lines = rejectedErrors.map(
    ({ recipient, response }) => `${recipient ?? "a recipient"}: ${quoteLine(response ?? "")}`,
  );
  const reason = `The mail server took the mail for some recipients only. ${lines.join(" ")}`;
  const isDeferred = rejectedErrors.some(({ responseCode = 0 }) => responseCode < 500);
  return isDeferred ? { outcome: "retry", reason } : { outcome: "sent", note: reason };
}

function quoteLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, maxQuoted);
}
