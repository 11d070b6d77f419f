import { escapeHtml } from "../../bytes/html-entities.ts";
import { chatWordsOf, colourOf, nameMessage } from "../channels/chat-words.ts";
import type { Message } from "../message.ts";
import { mailWordsOf } from "./mail-words.ts";

/** Contrast of at least 4.5 with white. */
const colours = { red: "#b42318", green: "#067647", blue: "#1849a9" } as const;
const font =
  "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif";
const ink = "#1d2939";
const quiet = "#475467";

/**
 * The mail as HTML that mail clients show: tables for the layout and styles in attributes, because Outlook knows no other layout
 * and Gmail drops style sheets it does not like. No pictures, no scripts, nothing that is loaded.
 */
export function writeMailHtml(message: Message): string {
  const { locale, title, sentences, figures, link, tenantName } = message;
  const colour = colours[colourOf(message)];
  const rows = [
    row(`padding:24px 32px 0`, [
      `<p style="margin:0 0 4px;${font};font-size:13px;line-height:20px;font-weight:bold;color:${colour}">${escapeHtml(nameMessage(message))}</p>`,
      `<h1 style="margin:0 0 16px;${font};font-size:22px;line-height:30px;font-weight:bold;color:${ink}">${escapeHtml(title)}</h1>`,
      ...sentences.map(
        (text) =>
          `<p style="margin:0 0 12px;${font};font-size:16px;line-height:24px;color:${ink}">${escapeHtml(text)}</p>`,
      ),
    ]),
    ...(figures.length === 0 ? [] : [row("padding:8px 32px 0", [figureTable(message)])]),
    ...(link === null ? [] : [row("padding:20px 32px 0", [button(link, chatWordsOf(message).open, colour)])]),
    row("padding:24px 32px 28px", [
      `<p style="margin:0;${font};font-size:13px;line-height:20px;color:${quiet}">${escapeHtml(mailWordsOf(message).sentFor(tenantName))}</p>`,
    ]),
  ];
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(title)}</title>
</head>
<body style="margin:0;padding:0;background-color:#f2f4f7">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f2f4f7">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background-color:#ffffff;border-top:4px solid ${colour}">
${rows.join("\n")}
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function row(style: string, parts: readonly string[]): string {
  return `<tr><td style="${style};word-break:break-word">\n${parts.join("\n")}\n</td></tr>`;
}

function figureTable({ figures }: Message): string {
  const cell = `padding:8px 0;word-break:break-word;border-bottom:1px solid #e4e7ec;${font};font-size:15px;line-height:22px`;
  const rows = figures.map(
    ({ label, value }) =>
      `<tr><th scope="row" align="left" style="${cell};font-weight:normal;color:${quiet}">${escapeHtml(label)}</th>` +
      `<td align="right" style="${cell};padding-left:16px;font-weight:bold;color:${ink}">${escapeHtml(value)}</td></tr>`,
  );
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0">\n${rows.join("\n")}\n</table>`;
}

/** A cell with a colour: Outlook ignores the padding of a link. */
function button(link: string, text: string, colour: string): string {
  return (
    `<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="${colour}" style="background-color:${colour};padding:10px 20px">` +
    `<a href="${escapeHtml(link)}" style="${font};font-size:15px;line-height:22px;font-weight:bold;color:#ffffff;text-decoration:none">${escapeHtml(text)}</a></td></tr></table>`
  );
}
