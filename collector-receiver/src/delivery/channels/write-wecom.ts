import type { Message } from "../message.ts";
import { writeWithin } from "./fit-message.ts";
import { writeMarkdown } from "./write-markdown.ts";

/** Bytes of UTF-8 that the content may have. */
const maxContent = 4096;

/** Markdown for the robot of a WeCom group (https://developer.work.weixin.qq.com/document/path/91770). */
export function writeWecom(message: Message): unknown {
  const content = writeWithin(message, maxContent, (shorter) => writeMarkdown(shorter, { figure: "> " }));
  return { msgtype: "markdown", markdown: { content } };
}
