import { judgeStatus } from "./judge-answer.ts";
import type { DeliveryOutcome } from "./message.ts";
import type { HttpAnswer } from "./post-json.ts";

/** Codes of chats that are sent to too often, with the ms that they want to be left alone. */
const tooOften: ReadonlyMap<number, number> = new Map([
  // DingTalk keeps a robot out for ten minutes after 20 messages in one.
  [130101, 600_000],
  [410100, 600_000],
  [90030, 600_000],
  // Feishu counts by second and by minute, and refuses at busy hours.
  [11232, 60_000],
  [11233, 60_000],
  [99991400, 60_000],
  // WeCom counts by minute.
  [45009, 60_000],
]);

/** Codes that are about the message: its shape or its length. */
const refusesMessage: ReadonlySet<number> = new Set([9499, 19002, 19036, 40008, 40058, 44004, 45002, 400402, 460101]);

const maxQuoted = 200;

/**
 * The outcome of what a chat answered. Chats say 200 and name the error in the body: `errcode` (DingTalk, WeCom), `code` (Feishu,
 * Lark), `ok: false` (Slack).
 * @param hidden texts that must not be quoted from the answer
 */
export function judgeChatAnswer(answer: HttpAnswer, nowMs: number, hidden: readonly string[]): DeliveryOutcome {
  const said = readFields(answer.body);
  const code = Number(said["errcode"] ?? said["code"] ?? said["StatusCode"] ?? 0);
  const quoted = quote(said["errmsg"] ?? said["msg"] ?? said["error"] ?? (code === 0 ? answer.body : ""), hidden);
  if (code === 0 && said["ok"] !== false) {
    const outcome = judgeStatus(answer, nowMs);
    return outcome.outcome === "sent" ? outcome : { ...outcome, reason: `${outcome.reason}${quoted}` };
  }
  const reason = `The target answered ${answer.status} with ${code === 0 ? "an error" : `the error ${code}`}.${quoted}`;
  if (refusesMessage.has(code)) return { outcome: "refused", reason };
  const waitMs = tooOften.get(code);
  const resetMs = Number(answer.headers["x-ogw-ratelimit-reset"] ?? Number.NaN) * 1000;
  const afterMs = waitMs !== undefined && resetMs > 0 && resetMs <= 3_600_000 ? resetMs : waitMs;
  const asked = judgeStatus(answer, nowMs);
  if (asked.outcome === "retry" && asked.afterMs !== undefined) return { ...asked, reason };
  return { outcome: "retry", reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

function readFields(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What the target said, for people: one line, short, without secrets. */
function quote(text: unknown, hidden: readonly string[]): string {
  let shown = (typeof text === "string" ? text : "").replace(/[\s\p{Cc}]+/gu, " ").trim();
  for (const secret of hidden) if (secret.length > 1) shown = shown.replaceAll(secret, "…");
  return shown === "" ? "" : ` It says: ${shown.slice(0, maxQuoted)}`;
}
