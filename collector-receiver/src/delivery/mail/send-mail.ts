import type { Socket } from "node:net";
import { createTransport } from "nodemailer";
import type { EmailTarget } from "../../catalogue/delivery-targets.ts";
import { nameMessage } from "../channels/chat-words.ts";
import { cutText, onOneLine } from "../channels/fit-message.ts";
import type { DeliveryMeans } from "../delivery-means.ts";
import { SendTimeoutError } from "../describe-send-failure.ts";
import type { DeliveryOutcome, Message } from "../message.ts";
import { judgeMailFailure, judgeMailRecipients, type MailFailure } from "./judge-mail.ts";
import { openMailConnection } from "./open-mail-connection.ts";
import { readMailServer } from "./read-mail-server.ts";
import { writeMailHtml } from "./write-mail-html.ts";
import { writeMailText } from "./write-mail-text.ts";

/** A mail has a file with it, and servers look at it before they answer. */
const usualMailTimeoutMs = 45_000;
const maxSubject = 150;

/**
 * Sends a message as one mail, encrypted, with one Message-ID however often it is sent.
 * @throws what `describeSendFailure` describes
 */
export async function sendMail(target: EmailTarget, message: Message, means: DeliveryMeans): Promise<DeliveryOutcome> {
  const { host, port, startsEncrypted, login } = readMailServer(target, means);
  const attachments = (await means.attachmentsOf?.(message)) ?? [];
  const timeoutMs = means.timeoutMs ?? usualMailTimeoutMs;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const connection = await openMailConnection({ host, port, allowsPrivate: target.allowsPrivate, signal });
    const transport = createTransport({
      host,
      port,
      secure: startsEncrypted,
      requireTLS: true,
      ...(login === null ? {} : { auth: login }),
      // nodemailer would look the name up by itself.
      getSocket: (_: unknown, use: (error: null, socket: { connection: Socket }) => void) => use(null, { connection }),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const info = await transport.sendMail({
      ...mailOf(target, message),
      attachments: attachments.map(mailFile),
      signal,
    });
    return judgeMailRecipients(info);
  } catch (error) {
    if (signal.aborted) throw new SendTimeoutError(timeoutMs, error);
    const outcome = judgeMailFailure(error as MailFailure);
    if (outcome === undefined) throw error;
    return outcome;
  }
}

function mailOf(target: EmailTarget, message: Message) {
  return {
    from: target.from,
    to: [...target.to],
    subject: cutText(onOneLine(`${nameMessage(message)} · ${message.title} · ${message.tenantName}`), maxSubject),
    messageId: `<${message.key}@${domainOf(target.from)}>`,
    date: new Date(message.createdAt),
    // RFC 3834: nobody's absence note answers it.
    headers: { "Auto-Submitted": "auto-generated", "Content-Language": message.locale },
    text: writeMailText(message),
    html: writeMailHtml(message),
  };
}

const mailFile = ({ name, contentType, content }: { name: string; contentType: string; content: Buffer }) => ({
  filename: name,
  contentType,
  content,
});

/** Of `reports@shop.example` and of `Reports <reports@shop.example>`. */
function domainOf(mailbox: string): string {
  return mailbox.slice(mailbox.lastIndexOf("@") + 1).replace(/>$/, "");
}
