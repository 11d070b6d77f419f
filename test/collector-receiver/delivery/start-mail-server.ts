import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate of nobody's, for 127.0.0.1 and localhost. */
export function makeCertificate(): Certificate {
  const folder = makeFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=spanledger-test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const what = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
  execFileSync("openssl", [...what, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const made = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  removeFolder(folder);
  return made;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly encrypted: boolean;
  readonly raw: string;
}

export interface MailSink {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  close(): Promise<void>;
}

/** A real SMTP server on loopback that keeps what it gets, and wants the login reports/correct unless told otherwise. */
export async function startMailServer(options: SMTPServerOptions): Promise<MailSink> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    // It would resolve names of clients.
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth({ username, password }, _session, callback) {
      if (username === "reports" && password === "p@ss/word") callback(null, { user: username });
      else callback(new Error("Invalid username or password"));
    },
    onData(stream, session, callback) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user as string | undefined,
          encrypted: session.secure,
          raw: Buffer.concat(parts).toString("latin1"),
        });
        callback();
      });
    },
    ...options,
  });
  // A client that ends in the middle of a handshake is not a fault of the test's.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export interface MailPart {
  readonly headers: ReadonlyMap<string, string>;
  readonly content: Buffer;
  readonly parts: readonly MailPart[];
}

/** Reads a mail by RFC 5322, 2045 and 2046, as far as ours go. */
export function readMail(raw: string): MailPart {
  const end = raw.indexOf("\r\n\r\n");
  const headers = new Map<string, string>();
  for (const line of raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n")) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim()));
  }
  const body = raw.slice(end + 4);
  const boundary = /boundary="?([^";]+)/.exec(headers.get("content-type") ?? "")?.[1];
  if (boundary !== undefined) {
    const parts = body.split(`--${boundary}`).slice(1, -1);
    return {
      headers,
      content: Buffer.alloc(0),
      parts: parts.map((part) => readMail(part.replace(/^\r\n|\r\n$/g, ""))),
    };
  }
  return { headers, content: decodeBody(body, headers.get("content-transfer-encoding")), parts: [] };
}

function decodeBody(body: string, encoding: string | undefined): Buffer {
  if (encoding === "base64") return Buffer.from(body, "base64");
  if (encoding !== "quoted-printable") return Buffer.from(body, "latin1");
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}

/** RFC 2047: `=?UTF-8?B?…?=` and `=?UTF-8?Q?…?=`. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      (kind.toLowerCase() === "b"
        ? Buffer.from(word, "base64")
        : decodeBody(word.replaceAll("_", " "), "quoted-printable")
      ).toString(),
    );
}

/** Every part of a mail that holds something. */
export function leavesOf(part: MailPart): MailPart[] {
  return part.parts.length === 0 ? [part] : part.parts.flatMap(leavesOf);
}
