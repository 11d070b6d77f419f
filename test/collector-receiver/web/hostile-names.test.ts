import { describe, expect, test } from "vitest";
import { escapeText, readableText } from "../../../collector-receiver/src/web/page/html.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver, type TestReceiver } from "../../support/start-test-receiver.ts";

/** Names of agents and reasons, from the wire: what XML forbids, what a spreadsheet computes, what a terminal obeys. */
const names = [
  "bell\u0007 escape\u001b[31m",
  "noncharacter\uffff\ufffe",
  "vertical\u000b form\u000c",
  '=HYPERLINK("http://attacker.example")',
  "＝1+1",
  "＋cmd|' /C calc'!A0",
  "\n=1+1",
  "a;=1+1",
  "]]><script>alert(1)</script>",
];

async function sendHostileNames(url: string): Promise<void> {
  const atMs = Date.UTC(2026, 2, 10, 4);
  const events = names.flatMap((name, index) => {
    const agent_id = index + 1;
    const session_id = `s-${index}`;
    return [
      { name: "agent.login", attributes: { agent_id, agent_name: name }, atMs },
      { name: "session.start", attributes: { session_id, channel: name }, atMs },
      { name: "session.escalate", attributes: { session_id, reason: name }, atMs: atMs + 1000 },
      {
        name: "agent.session_takeover",
        attributes: { session_id, agent_id, wait_duration_seconds: 20 },
        atMs: atMs + 2000,
      },
    ];
  });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) });
  expect(await answer.json()).toEqual({});
}

async function get({ url }: TestReceiver, path: string): Promise<Buffer> {
  const answer = await fetch(url + path);
  expect(answer.status, path).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

describe("names that come from outside", () => {
  test("reach pages, pictures, PDF and CSV without breaking or doing anything", { timeout: 60_000 }, async () => {
    const receiver = await startTestReceiver();
    await sendHostileNames(receiver.url);
    for (const lang of ["en", "zh-CN"]) {
      const page = (await get(receiver, `/report?month=2026-03&lang=${lang}`)).toString();
      // oxlint-disable-next-line no-control-regex -- XML forbids them
      expect(page).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      expect(page).not.toContain("<script>alert");
      expect((await get(receiver, `/report.pdf?month=2026-03&lang=${lang}`)).subarray(0, 5).toString()).toBe("%PDF-");
      for (const chart of ["agents", "escalation-reasons"]) {
        const picture = await get(receiver, `/report/charts/${chart}.png?month=2026-03&lang=${lang}`);
        expect(picture.subarray(1, 4).toString()).toBe("PNG");
      }
      const csv = (await get(receiver, `/report.csv?month=2026-03&lang=${lang}`)).toString().replace(/^\ufeff/, "");
      const cells = csv.match(/"(?:[^"]|"")*"|[^,\r\n]+/g) ?? [];
      for (const cell of cells) {
        const shown = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        if (Number.isNaN(Number(shown))) expect(shown).not.toMatch(/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/);
        // Outside quotes, a program whose locale separates by `;` would begin a cell.
        if (!cell.startsWith('"')) expect(cell).not.toContain(";");
      }
      expect(csv).toMatch(/agent=\d+ ＝1\+1/);
    }
  });

  test("every character that XML 1.0 forbids is replaced, and no other", () => {
    for (let code = 0; code <= 0xffff; code++) {
      const allowed =
        code === 9 ||
        code === 10 ||
        code === 13 ||
        (code >= 0x20 && code <= 0xd7ff) ||
        (code >= 0xe000 && code <= 0xfffd);
      const character = String.fromCharCode(code);
      expect(readableText(character), code.toString(16)).toBe(allowed ? character : "\ufffd");
    }
    expect(escapeText("a\u{1f600}\ud800<")).toBe("a\u{1f600}\ufffd&lt;");
  });
});
