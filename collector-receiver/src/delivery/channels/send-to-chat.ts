import type { ChatTarget } from "../../catalogue/delivery-targets.ts";
import { usualTimeoutMs, type DeliveryMeans } from "../delivery-means.ts";
import { judgeChatAnswer } from "../judge-chat-answer.ts";
import type { DeliveryOutcome, Message } from "../message.ts";
import { postJson } from "../post-json.ts";
import { readSecret, readUrl } from "../read-secret.ts";
import { writeWithin } from "./fit-message.ts";
import { signDingtalk, writeDingtalk } from "./write-dingtalk.ts";
import { writeFeishu } from "./write-feishu.ts";
import { writeSlack } from "./write-slack.ts";
import { writeWecom } from "./write-wecom.ts";

/** Bytes of a request's body that every chat takes: Feishu and DingTalk take 20 KB. */
const maxBody = 19_000;
/** Characters of a part of an address that may be a secret; shorter ones are words such as "robot" and "send". */
const minSecret = 8;

/** Posts a message to a group of a chat, in the chat's own format, signed if the target has a secret. */
export async function sendToChat(target: ChatTarget, message: Message, means: DeliveryMeans): Promise<DeliveryOutcome> {
  const nowMs = (means.now ?? Date.now)();
  const url = readUrl(target, means);
  const secret = target.secret === null ? null : readSecret(target.secret, means);
  const answer = await postJson({
    url: target.type === "dingtalk" && secret !== null ? signDingtalk(url, secret, nowMs) : url,
    body: writeChatBody(target.type, message, nowMs, secret),
    timeoutMs: means.timeoutMs ?? usualTimeoutMs,
    allowsPrivate: target.allowsPrivate,
  });
  return judgeChatAnswer(answer, nowMs, [...secretsIn(url), ...(secret === null ? [] : [secret])]);
}

/** Texts of an address that let whoever knows them write there: as a whole, and each part long enough to be one. */
function secretsIn({ pathname, search, searchParams }: URL): string[] {
  const parts = [...pathname.split("/"), ...searchParams.values()].filter((part) => part.length >= minSecret);
  return [pathname, search, ...parts];
}

/** The request's body, within what the chat takes. */
export function writeChatBody(
  type: ChatTarget["type"],
  message: Message,
  nowMs: number,
  secret: string | null,
): string {
  return writeWithin(message, maxBody, (shorter) => JSON.stringify(writeChat(type, shorter, nowMs, secret)));
}

function writeChat(type: ChatTarget["type"], message: Message, nowMs: number, secret: string | null): unknown {
  switch (type) {
    case "slack":
      return writeSlack(message);
    case "feishu":
    case "lark":
      return writeFeishu(message, nowMs, secret);
    case "dingtalk":
      return writeDingtalk(message);
    case "wecom":
      return writeWecom(message);
  }
}
