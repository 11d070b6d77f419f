import { createHmac } from "node:crypto";
import type { Answer, Received } from "./start-sink.ts";

/**
 * What chats say to a request, written from their public documentation alone: each checks format, bounds and signature, and
 * answers as its product does. A text says what is wrong; null: nothing.
 */

type Json = Readonly<Record<string, unknown>>;
const bytes = (text: string): number => Buffer.byteLength(text);
const characters = (text: unknown): number => (typeof text === "string" ? Array.from(text).length : Number.NaN);
const within = (size: number, max: number): boolean => size >= 1 && size <= max;

/** https://docs.slack.dev/reference/block-kit/blocks and …/composition-objects/text-object */
export function slackProblem(body: string): string | null {
  const { text, blocks } = JSON.parse(body) as { text?: unknown; blocks?: Json[] };
  if (!within(characters(text), 40_000)) return "no_text";
  if (/[<>]/.test(String(text))) return "text is not escaped";
  if (!Array.isArray(blocks) || !within(blocks.length, 50)) return "invalid_blocks";
  for (const block of blocks) {
    const problem = slackBlockProblem(block);
    if (problem !== null) return `${String(block["type"])}: ${problem}`;
  }
  return null;
}

function slackBlockProblem({ type, text, fields, elements }: Json): string | null {
  const isText = (value: unknown, max: number, types = ["plain_text", "mrkdwn"]): boolean => {
    const object = value as Json | undefined;
    return types.includes(String(object?.["type"])) && within(characters(object?.["text"]), max);
  };
  if (type === "header") return isText(text, 150, ["plain_text"]) ? null : "its text is 1 to 150 characters, plain";
  if (type === "context") {
    const all = elements as unknown[];
    return within(all.length, 10) && all.every((one) => isText(one, 2000)) ? null : "has 1 to 10 elements";
  }
  if (type !== "section") return "is not known";
  if (text === undefined && fields === undefined) return "needs text or fields";
  if (text !== undefined && !isText(text, 3000)) return "its text is 1 to 3000 characters";
  const all = (fields ?? [{ type: "plain_text", text: "x" }]) as unknown[];
  return within(all.length, 10) && all.every((one) => isText(one, 2000)) ? null : "has 1 to 10 fields of 2000";
}

export function answerAsSlack({ body, headers }: Received): Answer {
  if (!String(headers["content-type"]).startsWith("application/json")) return { status: 400, body: "invalid_payload" };
  const problem = slackProblem(body);
  return problem === null ? { body: "ok" } : { status: 400, body: problem };
}

/** https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot; cards of version 1 */
export function feishuProblem(body: string): string | null {
  if (bytes(body) > 20 * 1024) return "the body is over 20 KB";
  const { msg_type: type, card } = JSON.parse(body) as { msg_type?: string; card?: Json };
  if (type !== "interactive" || card === undefined) return "no card";
  const { header, elements } = card as { header: Json; elements: Json[] };
  const isText = (value: unknown): boolean => {
    const { tag, content } = value as Json;
    return (tag === "plain_text" || tag === "lark_md") && typeof content === "string";
  };
  const templates = ["blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple"];
  if (!templates.includes(String(header["template"])) || !isText(header["title"])) return "no header";
  for (const element of elements) {
    const { tag, text, fields, actions, elements: notes } = element;
    const isRight =
      tag === "div"
        ? (text !== undefined && isText(text)) ||
          (fields as Json[]).every((field) => typeof field["is_short"] === "boolean" && isText(field["text"]))
        : tag === "action"
          ? (actions as Json[]).every((one) => one["tag"] === "button" && isText(one["text"]) && one["url"] !== "")
          : tag === "note" && (notes as Json[]).every(isText);
    if (!isRight) return `the element ${JSON.stringify(element)} is wrong`;
  }
  return null;
}

export function answerAsFeishu(secret: string | null, nowMs: number) {
  return ({ body }: Received): Answer => {
    const said = JSON.parse(body) as { timestamp?: string; sign?: string };
    const say = (code: number, msg: string): Answer => ({ body: JSON.stringify({ code, msg, data: {} }) });
    if (secret !== null) {
      // "timestamp + "\n" + secret" is the key, and nothing is signed.
      const mac = createHmac("sha256", Buffer.from(`${said.timestamp}\n${secret}`)).digest("base64");
      const isRecent = Math.abs(Number(said.timestamp) - nowMs / 1000) <= 3600;
      if (!isRecent || mac !== said.sign) {
        return say(19021, "sign match fail or timestamp is not within one hour from current time");
      }
    }
    const problem = feishuProblem(body);
    return problem === null ? say(0, "success") : say(9499, "Bad Request");
  };
}

/** https://open.dingtalk.com/document/robots/custom-robot-access */
export function dingtalkProblem(body: string): string | null {
  if (bytes(body) > 20_000) return "the body is over 20000 bytes";
  const { msgtype, markdown } = JSON.parse(body) as { msgtype?: string; markdown?: { title?: string; text?: string } };
  if (msgtype !== "markdown") return "no markdown";
  return characters(markdown?.title) >= 1 && characters(markdown?.text) >= 1 ? null : "no title or no text";
}

export function answerAsDingtalk(secret: string | null, nowMs: number) {
  return ({ body, path, headers }: Received): Answer => {
    const say = (errcode: number, errmsg: string): Answer => ({ body: JSON.stringify({ errcode, errmsg }) });
    const query = new URLSearchParams(path.slice(path.indexOf("?")));
    if (query.get("access_token") !== "group-token") return say(300005, "token is not exist");
    if (secret !== null) {
      const timestamp = query.get("timestamp") ?? "";
      const mac = createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest();
      // The sign is base64, encoded for an address: a "+" that is left would be read as a blank.
      const isRight = Buffer.from(query.get("sign") ?? "", "base64").equals(mac) && !query.get("sign")!.includes(" ");
      if (!isRight || Math.abs(Number(timestamp) - nowMs) > 3_600_000) return say(310000, "sign not match");
    }
    if (!/charset=utf-8/i.test(String(headers["content-type"]))) return say(43001, "not utf-8");
    return dingtalkProblem(body) === null ? say(0, "ok") : say(40035, "缺少参数 json");
  };
}

/** https://developer.work.weixin.qq.com/document/path/91770 */
export function wecomProblem(body: string): string | null {
  const { msgtype, markdown } = JSON.parse(body) as { msgtype?: string; markdown?: { content?: string } };
  if (msgtype !== "markdown") return "no markdown";
  return within(bytes(markdown?.content ?? ""), 4096) ? null : "the content is 1 to 4096 bytes";
}

export function answerAsWecom({ body, path }: Received): Answer {
  const say = (errcode: number, errmsg: string): Answer => ({ body: JSON.stringify({ errcode, errmsg }) });
  if (!path.endsWith("?key=group-key")) return say(93000, "invalid webhook url, hint: [1764550000]");
  const problem = wecomProblem(body);
  return problem === null ? say(0, "ok") : say(40058, problem);
}
