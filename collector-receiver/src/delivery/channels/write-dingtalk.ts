import { createHmac } from "node:crypto";
import type { Message } from "../message.ts";
import { nameMessage } from "./chat-words.ts";
import { onOneLine } from "./fit-message.ts";
import { writeMarkdown } from "./write-markdown.ts";

/** Markdown for the custom robot of a DingTalk group (https://open.dingtalk.com/document/robots/custom-robot-access). */
export function writeDingtalk(message: Message): unknown {
  return {
    msgtype: "markdown",
    markdown: {
      // What the list of chats shows.
      title: onOneLine(`${nameMessage(message)} · ${message.title}`),
      text: writeMarkdown(message, { figure: "- " }),
    },
  };
}

/** The address with the time and its signature, as robots want them that check signatures. */
export function signDingtalk(url: URL, secret: string, nowMs: number): URL {
  const signed = new URL(url);
  signed.searchParams.set("timestamp", String(nowMs));
  signed.searchParams.set("sign", createHmac("sha256", secret).update(`${nowMs}\n${secret}`).digest("base64"));
  return signed;
}
