import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { ChatTarget } from "../../../collector-receiver/src/catalogue/delivery-targets.ts";
import { deliverMessage } from "../../../collector-receiver/src/delivery/deliver-message.ts";
import { writeChatBody } from "../../../collector-receiver/src/delivery/channels/send-to-chat.ts";
import type { Message } from "../../../collector-receiver/src/delivery/message.ts";
import {
  answerAsDingtalk,
  answerAsFeishu,
  answerAsSlack,
  answerAsWecom,
  dingtalkProblem,
  feishuProblem,
  slackProblem,
  wecomProblem,
} from "./chat-sinks.ts";
import { alertMessage, chineseMessage } from "./sample-messages.ts";
import { startSink, type Answer, type Received, type Sink } from "./start-sink.ts";

const open: Sink[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sink) => sink.close()));
});

const nowMs = Date.parse("2026-11-30T01:00:05.900Z");
const secret = "SECspanledger";
interface MarkdownBody {
  readonly markdown: { readonly text?: string; readonly content?: string };
}
type ChatType = ChatTarget["type"];

/** Sends a message to a sink that answers as the chat does. */
async function sendTo(
  type: ChatType,
  answer: (request: Received) => Answer | "never",
  { message = alertMessage, signs = true, path = "/services/T0/B0/very-secret" } = {},
) {
  const sink = await startSink(answer);
  open.push(sink);
  const target: ChatTarget = {
    name: "team",
    type,
    url: { env: "TEAM_URL" },
    secret: signs ? { env: "TEAM_SECRET" } : null,
    tenants: ["brand-a"],
    locale: null,
    allowsPrivate: true,
  };
  const environment = { TEAM_URL: sink.url + path, TEAM_SECRET: secret };
  const outcome = await deliverMessage(target, message, { environment, now: () => nowMs, timeoutMs: 10_000 });
  return { outcome, sent: sink.received.at(-1) };
}

const chats = [
  ["slack", answerAsSlack, { signs: false }],
  ["feishu", answerAsFeishu(secret, nowMs), {}],
  ["lark", answerAsFeishu(null, nowMs), { signs: false }],
  ["dingtalk", answerAsDingtalk(secret, nowMs), { path: "/robot/send?access_token=group-token" }],
  ["dingtalk", answerAsDingtalk(null, nowMs), { path: "/robot/send?access_token=group-token", signs: false }],
  ["wecom", answerAsWecom, { path: "/cgi-bin/webhook/send?key=group-key", signs: false }],
] as const;

test.each(chats)("%s takes a message in its own format, signed if it is to be (%#)", async (type, answer, how) => {
  for (const message of [alertMessage, chineseMessage]) {
    const { outcome, sent } = await sendTo(type, answer, { ...how, message });
    expect(outcome).toEqual({ outcome: "sent" });
    const texts = JSON.stringify(JSON.parse(sent!.body)).normalize("NFKC");
    for (const figure of message.figures) expect(texts).toContain(figure.value.normalize("NFKC"));
    expect(texts).toContain(message.locale === "en" ? "Alert · AI resolution rate" : "告警 · AI 解决率");
  }
});

test("a signature of another secret, or of another hour, is an error although the answer is 200", async () => {
  const path = "/robot/send?access_token=group-token";
  for (const [type, answer, code] of [
    ["feishu", answerAsFeishu("another", nowMs), 19021],
    ["feishu", answerAsFeishu(secret, nowMs + 2 * 3_600_000), 19021],
    ["dingtalk", answerAsDingtalk("another", nowMs), 310000],
    ["dingtalk", answerAsDingtalk(secret, nowMs - 2 * 3_600_000), 310000],
  ] as const) {
    const { outcome } = await sendTo(type, answer, { path });
    expect(outcome).toMatchObject({ outcome: "retry", reason: expect.stringContaining(`error ${code}`) as string });
  }
});

test.each([
  ["wecom", { body: '{"errcode":45009,"errmsg":"api freq out of limit"}' }, "retry", 60_000],
  ["dingtalk", { body: '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}' }, "retry", 600_000],
  ["feishu", { body: '{"code":11232,"msg":"frequency limited psm"}' }, "retry", 60_000],
  [
    "feishu",
    { status: 429, headers: { "x-ogw-ratelimit-reset": "52" }, body: '{"code":99991400,"msg":"limit"}' },
    "retry",
    52_000,
  ],
  ["feishu", { body: '{"code":9499,"msg":"Bad Request","data":{}}' }, "refused", undefined],
  ["wecom", { body: '{"errcode":93000,"errmsg":"invalid webhook url"}' }, "retry", undefined],
  ["slack", { status: 429, headers: { "retry-after": "30" }, body: "rate_limited" }, "retry", 30_000],
  ["slack", { status: 400, body: "invalid_blocks" }, "refused", undefined],
  ["slack", { status: 404, body: "no_service" }, "retry", undefined],
  ["slack", { body: '{"ok":false,"error":"channel_not_found"}' }, "retry", undefined],
  ["slack", { status: 500, body: "rollup_error" }, "retry", undefined],
  ["lark", { status: 502, body: "<html>bad gateway</html>" }, "retry", undefined],
] as const)("%s answers %o: %s, after %s ms", async (type, answer, outcome, afterMs) => {
  const { outcome: said } = await sendTo(type, () => answer, { signs: false });
  expect(said).toMatchObject({ outcome });
  expect("afterMs" in said ? said.afterMs : undefined).toBe(afterMs);
});

test("what a chat says is quoted without the address and the secret of its target", async () => {
  const say = ({ path }: Received): Answer => ({
    body: JSON.stringify({ errcode: 40035, errmsg: `${path} ${secret}` }),
  });
  const { outcome } = await sendTo("dingtalk", say, { path: "/robot/send?access_token=very-secret" });
  expect(outcome).toMatchObject({ outcome: "retry", reason: expect.stringContaining("It says: …") as string });
  expect(JSON.stringify(outcome)).not.toMatch(/very-secret|SECspanledger/);
});

test.each([
  ["wecom", "/cgi-bin/webhook/send?key=0a1b2c3d-very-secret", "0a1b2c3d-very-secret"],
  ["slack", "/services/T0/B0/very-secret", "very-secret"],
  ["lark", "/open-apis/bot/v2/hook/0a1b2c3d-very-secret", "0a1b2c3d-very-secret"],
] as const)("%s may name the token of its address by itself, which is not quoted either", async (type, path, token) => {
  const body = JSON.stringify({ code: 93000, msg: `no robot has the key ${token}` });
  const { outcome } = await sendTo(type, () => ({ body }), { signs: false, path });
  expect(outcome).toMatchObject({ reason: expect.stringContaining("It says: no robot has the key …") as string });
  expect(JSON.stringify(outcome)).not.toContain("very-secret");
});

test("texts that look like formatting, mentions or links stay texts", () => {
  const evil = "<@everyone> <!here|x> **b** [a](https://evil.example) `c` \\ # h\n> q\u0000 & _i_";
  const message: Message = {
    ...alertMessage,
    tenantName: evil,
    title: evil,
    sentences: [evil],
    figures: [{ label: evil, value: evil }],
    link: "https://reports.example/report?a=(1)&b=<2>",
  };
  const written = [writeChatBody("dingtalk", message, nowMs, null), writeChatBody("wecom", message, nowMs, null)];
  for (const {
    markdown: { text, content },
  } of written.map((body) => JSON.parse(body) as MarkdownBody)) {
    const markdown = String(text ?? content);
    expect(markdown).not.toMatch(/<@|<!|\]\(https:\/\/evil|`c`|\*\*b\*\*|\\/);
    expect(markdown).toContain("](https://reports.example/report?a=%281%29&b=%3C2%3E)");
  }
  expect(writeChatBody("feishu", message, nowMs, null)).not.toContain("lark_md");
  const slack = writeChatBody("slack", message, nowMs, null);
  expect(JSON.parse(slack)).toMatchObject({ text: expect.not.stringMatching(/[<>]/) as string });
  const mrkdwn = [...slack.matchAll(/"type":"mrkdwn","text":"([^"]*)"/g)].map(([, text]) => text);
  expect(mrkdwn).toEqual(["<https://reports.example/report?a=(1)&amp;b=&lt;2&gt;|Open the numbers>"]);
});

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }).map((part) => part.repeat(1000)),
);
const anyMessage: fc.Arbitrary<Message> = fc.record({
  kind: fc.constantFrom("alert", "report", "sample"),
  state: fc.constantFrom("firing", "resolved", null),
  tenantId: fc.constant("brand-a"),
  tenantName: fc.string({ unit: "grapheme", maxLength: 80 }),
  locale: fc.constantFrom("en", "zh-CN"),
  title: anyText,
  sentences: fc.array(anyText, { maxLength: 40 }),
  figures: fc.array(fc.record({ label: anyText, value: anyText }), { maxLength: 50 }),
  link: fc.option(fc.webUrl({ withQueryParameters: true }), { nil: null }),
  key: fc.uuid(),
  createdAt: fc.constant("2026-11-30T01:00:00.000Z"),
});

test("whatever a message says, each chat gets one that it takes", () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(slackProblem(writeChatBody("slack", message, nowMs, null))).toBeNull();
      expect(feishuProblem(writeChatBody("feishu", message, nowMs, secret))).toBeNull();
      expect(dingtalkProblem(writeChatBody("dingtalk", message, nowMs, null))).toBeNull();
      expect(wecomProblem(writeChatBody("wecom", message, nowMs, null))).toBeNull();
    }),
    { numRuns: 40 },
  );
});
