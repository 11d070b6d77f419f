import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, onTestFinished, test, vi } from "vitest";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { pdfShows } from "../../support/pdf-shows.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { answerAsFeishu } from "./chat-sinks.ts";
import { leavesOf, makeCertificate, readMail, startMailServer } from "./start-mail-server.ts";
import { startSink } from "./start-sink.ts";

const secret = "feishu-secret";

test("two receivers send the last year's report once: by mail with its PDF and a link that works, and to a chat", async () => {
  const certificate = makeCertificate();
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, certificate.cert]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  const mails = await startMailServer(certificate);
  onTestFinished(() => mails.close());
  const chat = await startSink(answerAsFeishu(secret, Date.now()));
  onTestFinished(() => chat.close());
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const config = join(folder, "spanledger.config.ts");
  writeFileSync(
    config,
    `export default {
      targets: {
        boss: { type: "email", server: { env: "TEST_SMTP" }, from: "Reports <reports@shop.example>", to: ["boss@shop.example"], locale: "en", allowPrivate: true },
        team: { type: "feishu", url: { env: "TEST_FEISHU" }, secret: { env: "TEST_FEISHU_SECRET" }, allowPrivate: true },
      },
      reports: { yearly: { period: "year", to: ["boss", "team"] } },
    };`,
  );
  vi.stubEnv("TEST_SMTP", `smtp://reports:p%40ss%2Fword@localhost:${mails.port}`);
  vi.stubEnv("TEST_FEISHU", `${chat.url}/open-apis/bot/v2/hook/x`);
  vi.stubEnv("TEST_FEISHU_SECRET", secret);
  onTestFinished(() => void vi.unstubAllEnvs());

  const database = await useTestDatabase();
  // Seen long ago and never sent: the last year is due at once.
  await database.pool.query(
    `insert into analytics_report_schedules (tenant_id, schedule, kind, first_seen_at) values ('default', 'yearly', 'year', '2020-01-01')`,
  );
  const environment = { SPANLEDGER_CONFIG: config, PUBLIC_URL: "https://reports.example" };
  const receivers = await Promise.all([1, 2].map(() => startTestReceiver(environment, database)));

  await expect.poll(() => [mails.received.length, chat.received.length], { timeout: 120_000 }).toEqual([1, 1]);
  const mail = readMail(mails.received[0]!.raw);
  const [text, html, pdf] = leavesOf(mail).map(({ content }) => content);
  const { rows } = await database.pool.query<{ delivery_id: string; target: string; period: string }>(
    "select delivery_id, target, period from analytics_deliveries order by target",
  );
  expect(rows.map(({ target }) => target)).toEqual(["boss", "team"]);
  const { period, delivery_id: key } = rows[0]!;
  expect(mail.headers.get("message-id")).toBe(`<${key}@shop.example>`);
  expect(mail.headers.get("subject")).toMatch(/^Report · \d{4} · default$/);
  expect(html!.toString()).toContain('<html lang="en">');
  expect(pdfShows(pdf!, period)).toBe(true);
  expect(leavesOf(mail)[2]!.headers.get("content-disposition")).toContain(`spanledger-${period}-en-report.pdf`);
  const link = /https:\/\/reports\.example(\/shared\/\S+)/.exec(text!.toString())?.[1] ?? "";
  const shared = await fetch(receivers[0]!.url + link);
  expect(shared.status).toBe(200);
  expect(await shared.text()).toContain("A frozen copy");
  // Both are noted as sent, at the first attempt.
  await expect
    .poll(
      async () => {
        const { rows: states } = await database.pool.query("select state, attempts from analytics_deliveries");
        return states;
      },
      { timeout: 60_000 },
    )
    .toEqual([
      { state: "sent", attempts: 1 },
      { state: "sent", attempts: 1 },
    ]);
  expect([mails.received.length, chat.received.length]).toEqual([1, 1]);
  expect(chat.received[0]!.body).toContain("报告 · ");
});
