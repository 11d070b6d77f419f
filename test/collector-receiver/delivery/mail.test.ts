import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { SMTPServerOptions } from "smtp-server";
import type { EmailTarget } from "../../../collector-receiver/src/catalogue/delivery-targets.ts";
import { deliverMessage } from "../../../collector-receiver/src/delivery/deliver-message.ts";
import type { DeliveryMeans } from "../../../collector-receiver/src/delivery/delivery-means.ts";
import type { Message } from "../../../collector-receiver/src/delivery/message.ts";
import { alertMessage, chineseMessage } from "./sample-messages.ts";
import {
  leavesOf,
  makeCertificate,
  readMail,
  startMailServer,
  type Certificate,
  type MailSink,
} from "./start-mail-server.ts";

const trusted = getCACertificates("default");
let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
  setDefaultCACertificates([...trusted, certificate.cert]);
});
afterAll(() => setDefaultCACertificates(trusted));

const open: MailSink[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function openServer(options: SMTPServerOptions = {}): Promise<MailSink> {
  const server = await startMailServer({ ...certificate, ...options });
  open.push(server);
  return server;
}

const target = (changes: Partial<EmailTarget> = {}): EmailTarget => ({
  name: "boss",
  type: "email",
  server: { env: "SMTP_URL" },
  from: "Reports <reports@shop.example>",
  to: ["boss@shop.example", "老板 <laoban@shop.example>"],
  tenants: ["brand-a"],
  locale: null,
  allowsPrivate: true,
  ...changes,
});

const login = "reports:p%40ss%2Fword";
function send(
  address: string,
  message: Message = alertMessage,
  how: Partial<DeliveryMeans> = {},
  to?: Partial<EmailTarget>,
) {
  return deliverMessage(target(to), message, { environment: { SMTP_URL: address }, timeoutMs: 30_000, ...how });
}

const pdf = Buffer.from("%PDF-1.7 \u0000\u00ff not really".repeat(50), "latin1");

test("a mail goes over STARTTLS with a login, as text and as HTML, with its file, under one Message-ID", async () => {
  const server = await openServer();
  const attachmentsOf = async () => [{ name: "report-2025-12.pdf", contentType: "application/pdf", content: pdf }];
  for (const message of [alertMessage, alertMessage, chineseMessage]) {
    expect(await send(`smtp://${login}@127.0.0.1:${server.port}`, message, { attachmentsOf })).toEqual({
      outcome: "sent",
    });
  }
  expect(server.received.map(({ raw: _, ...envelope }) => envelope)).toEqual(
    Array.from({ length: 3 }, () => ({
      from: "reports@shop.example",
      to: ["boss@shop.example", "laoban@shop.example"],
      user: "reports",
      encrypted: true,
    })),
  );
  const [first, again, chinese] = server.received.map(({ raw }) => readMail(raw));
  expect(again!.headers.get("message-id")).toBe(`<${alertMessage.key}@shop.example>`);
  expect(first!.headers.get("message-id")).toBe(again!.headers.get("message-id"));
  expect(first!.headers.get("subject")).toBe("Alert · AI resolution rate missed its goal · Brand <A> & Söhne");
  expect(first!.headers.get("to")).toBe("boss@shop.example, 老板 <laoban@shop.example>");
  expect(first!.headers.get("auto-submitted")).toBe("auto-generated");
  expect(chinese!.headers.get("subject")).toBe("告警 · AI 解决率已恢复达标 · 品牌 A");

  const leaves = leavesOf(first!).map(({ headers, content }) => [headers.get("content-type")!, content] as const);
  expect(leaves.map(([type]) => type.split(";")[0])).toEqual(["text/plain", "text/html", "application/pdf"]);
  const [text, html, file] = leaves.map(([, content]) => content);
  expect(text!.toString()).toBe(
    [
      "Alert: AI resolution rate missed its goal",
      ...alertMessage.sentences,
      "AI resolution rate: 71.4%\nGoal: ≥ 85%",
      alertMessage.link,
      "-- \nSpanledger sent this for Brand <A> & Söhne.",
    ]
      .join("\n\n")
      .replaceAll("\n", "\r\n"),
  );
  expect(html!.toString()).toContain("Brand &lt;A&gt; &amp; Söhne");
  expect(file!.equals(pdf)).toBe(true);
});

test("a mail goes over TLS from the first byte", async () => {
  const server = await openServer({ secure: true });
  expect(await send(`smtps://${login}@127.0.0.1:${server.port}`)).toEqual({ outcome: "sent" });
  expect(await send(`smtps://${login}@localhost:${server.port}`)).toEqual({ outcome: "sent" });
  expect(server.received.map(({ encrypted }) => encrypted)).toEqual([true, true]);
});

test("without encryption, or with a certificate that nobody vouches for, nothing is sent, not even the login", async () => {
  const logins: unknown[] = [];
  const onAuth: SMTPServerOptions["onAuth"] = (auth, _session, callback) => {
    logins.push(auth);
    callback(null, { user: "x" });
  };
  const plain = await openServer({
    hideSTARTTLS: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth,
  });
  const stranger = await openServer({ ...makeCertificate(), onAuth });
  for (const { port, received } of [plain, stranger]) {
    const outcome = await send(`smtp://${login}@127.0.0.1:${port}`);
    expect(outcome).toMatchObject({ outcome: "retry" });
    expect(received).toEqual([]);
  }
  expect(logins).toEqual([]);
});

const refuse = (text: string, responseCode: number) => Object.assign(new Error(text), { responseCode });

test("the server's answer decides: later, never, or sent with a note", async () => {
  const address = (server: MailSink, as = login) => `smtp://${as}@127.0.0.1:${server.port}`;
  const usual = await openServer();
  expect(await send(address(usual, "reports:wrong-secret"))).toEqual({
    outcome: "retry",
    reason: "The mail server answered: 535 Invalid username or password",
  });
  const atEnd = (error: Error): SMTPServerOptions => ({
    onData: (stream, _session, callback) => void stream.on("end", () => callback(error)).resume(),
  });
  expect(await send(address(await openServer(atEnd(refuse("Looks like spam", 554)))))).toEqual({
    outcome: "refused",
    reason: "The mail server answered: 554 Looks like spam",
  });
  expect(await send(address(await openServer(atEnd(refuse("Try again later", 451)))))).toMatchObject({
    outcome: "retry",
  });

  const perRecipient = (wrong: readonly string[], error: Error): SMTPServerOptions => ({
    onRcptTo: ({ address }, _session, callback) => callback(wrong.includes(address) ? error : null),
  });
  const both = ["boss@shop.example", "laoban@shop.example"];
  for (const [wrong, error, outcome, mails] of [
    [both, refuse("No such user", 550), "refused", 0],
    [both, refuse("Greylisted", 451), "retry", 0],
    [both.slice(1), refuse("No such user", 550), "sent", 1],
    [both.slice(1), refuse("Greylisted", 451), "retry", 1],
  ] as const) {
    const server = await openServer(perRecipient(wrong, error));
    const said = await send(address(server));
    expect(said).toMatchObject({ outcome });
    expect(server.received).toHaveLength(mails);
    if (said.outcome === "sent") expect(said.note).toContain("laoban@shop.example: 550 No such user");
  }
});

test("a server that takes the connection and says nothing is given up", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const outcome = await send(`smtp://127.0.0.1:${port}`, alertMessage, { timeoutMs: 300 });
  expect(outcome).toEqual({ outcome: "retry", reason: "The target did not answer within 0.3 s." });
  await new Promise((resolve) => silent.close(resolve));
});

test("a mail server at a private address gets nothing unless the target allows it", async () => {
  const server = await openServer();
  for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
    const outcome = await send(`smtp://${login}@${host}:${server.port}`, alertMessage, {}, { allowsPrivate: false });
    expect(outcome).toMatchObject({ outcome: "retry", reason: expect.stringContaining("allowPrivate") as string });
  }
  expect(server.received).toEqual([]);
});

test("a server's address that cannot be used is named by its variable alone", async () => {
  for (const address of [
    "mail.example:587",
    "http://reports:very-secret@x.example",
    "smtp://u:very-secret/word@h:25",
    "",
  ]) {
    const outcome = await send(address);
    expect(outcome).toMatchObject({
      outcome: "retry",
      reason: expect.stringMatching(/^The variable SMTP_URL /) as string,
    });
    expect(JSON.stringify(outcome)).not.toContain("very-secret");
  }
});

test("a text with line breaks adds no header", async () => {
  const server = await openServer();
  const evil = "Numbers\r\nBcc: thief@x.example\r\n\r\n<script>";
  const message = { ...alertMessage, title: evil, tenantName: evil, sentences: [evil] };
  expect(await send(`smtp://${login}@127.0.0.1:${server.port}`, message)).toEqual({ outcome: "sent" });
  const { headers } = readMail(server.received[0]!.raw);
  expect(headers.get("subject")).toBe(
    "Alert · Numbers Bcc: thief@x.example <script> · Numbers Bcc: thief@x.example <script>",
  );
  expect(headers.has("bcc")).toBe(false);
  expect(server.received[0]!.to).toEqual(["boss@shop.example", "laoban@shop.example"]);
});
