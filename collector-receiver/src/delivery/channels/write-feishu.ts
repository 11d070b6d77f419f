import { createHmac } from "node:crypto";
import type { Message } from "../message.ts";
import { chatWordsOf, colourOf, nameMessage } from "./chat-words.ts";
import { onOneLine } from "./fit-message.ts";

/**
 * A card for the custom robot of a Feishu or Lark group
 * (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot). All texts are plain: none is read as Markdown.
 * @param signing the robot's secret, if it checks signatures
 */
export function writeFeishu(message: Message, nowMs: number, secret: string | null): unknown {
  const { tenantName, title, sentences, figures, link } = message;
  const words = chatWordsOf(message);
  const elements = [
    ...sentences.map((text) => ({ tag: "div", text: plain(text) })),
    ...(figures.length === 0
      ? []
      : [
          {
            tag: "div",
            fields: figures.map(({ label, value }) => ({
              is_short: true,
              text: { tag: "plain_text", content: `${onOneLine(label)}\n${onOneLine(value)}` },
            })),
          },
        ]),
    ...(link === null
      ? []
      : [{ tag: "action", actions: [{ tag: "button", type: "primary", text: plain(words.open), url: link }] }]),
    { tag: "note", elements: [plain(tenantName)] },
  ];
  return {
    ...(secret === null ? {} : signFeishu(secret, nowMs)),
    msg_type: "interactive",
    card: {
      config: { wide_screen_mode: true },
      header: { template: colourOf(message), title: plain(`${nameMessage(message)} · ${title}`) },
      elements,
    },
  };
}

const plain = (text: string) => ({ tag: "plain_text", content: onOneLine(text) });

/** Signs nothing, with the time and the secret as the key: so the documentation has it. */
function signFeishu(secret: string, nowMs: number) {
  const timestamp = String(Math.floor(nowMs / 1000));
  return { timestamp, sign: createHmac("sha256", `${timestamp}\n${secret}`).update("").digest("base64") };
}
