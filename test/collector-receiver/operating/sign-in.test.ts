import { describe, expect, test } from "vitest";
import { pathBack } from "../../../collector-receiver/src/web/page/sign-in.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const tokens = {
  INGEST_TOKENS: "default:sender-7Kq2xw9Zr4",
  READ_TOKENS: "default:reader-5Lm8tb3Yc6,brand-b:brand-b-9Qw3er7Ty1",
};
const browser = { accept: "text/html,application/xhtml+xml" };

/** Sends the form as a browser does. */
function signIn(url: string, token: string, more: { next?: string; headers?: Record<string, string> } = {}) {
  return fetch(`${url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { ...browser, "sec-fetch-site": "same-origin", ...more.headers },
    body: new URLSearchParams({ token, next: more.next ?? "/report?month=2025-12", lang: "en" }),
  });
}

const cookieOf = (answer: Response): string => answer.headers.get("set-cookie") ?? "";
const pairOf = (answer: Response): string => cookieOf(answer).split(";")[0]!;

describe("signing in", () => {
  test("a page that asks for a token is a form, which leads back to it", async () => {
    const { url } = await startTestReceiver(tokens);
    const asked = await fetch(`${url}/report?month=2025-12&lang=en`, { headers: browser });
    const form = await asked.text();
    expect(asked.status).toBe(401);
    // Basic would open the browser's own prompt over the form.
    expect(asked.headers.get("www-authenticate")).toBe("Bearer");
    expect(form).toContain('<form class="card sign-in" method="post" action="/sign-in">');
    expect(form).toContain('name="next" value="/report?month=2025-12&amp;lang=en"');
    expect(asked.headers.get("content-security-policy")).toContain("form-action 'self'");

    const opened = await signIn(url, "reader-5Lm8tb3Yc6", { next: "/report?month=2025-12&lang=en" });
    expect(opened.status).toBe(303);
    expect(opened.headers.get("location")).toBe("/report?month=2025-12&lang=en");
    expect(cookieOf(opened)).toMatch(/^spanledger_token=[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/);

    const page = await fetch(`${url}/report?month=2025-12&lang=en`, {
      headers: { ...browser, cookie: pairOf(opened) },
    });
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(
      /<form class="account" method="post" action="\/sign-out">\s*<span title="Tenant">default<\/span>/,
    );
    expect((await fetch(`${url}/api/analytics/summary`, { headers: { cookie: pairOf(opened) } })).status).toBe(200);
  });

  test("a tenant sees its own numbers, and its name", async () => {
    const { url } = await startTestReceiver(tokens);
    const cookie = pairOf(await signIn(url, " brand-b-9Qw3er7Ty1 "));
    const page = await (await fetch(`${url}/?lang=en`, { headers: { ...browser, cookie } })).text();
    expect(page).toContain('<span title="Tenant">brand-b</span>');
    // A tool that shows another token with the request is answered for that one.
    const both = { cookie, authorization: "Bearer reader-5Lm8tb3Yc6" };
    expect(await (await fetch(`${url}/?lang=en`, { headers: both })).text()).not.toContain("brand-b");
  });

  test.each(["sender-7Kq2xw9Zr4", "guessed-token-number-1", "", "reader-5Lm8tb3Yc6 x", "=;\u0000é"])(
    "a token that does not read keeps nothing in the browser: %j",
    async (token) => {
      const { url } = await startTestReceiver(tokens);
      const answer = await signIn(url, token);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("set-cookie")).toBeNull();
      const page = await answer.text();
      expect(page).toContain("This token is not right, or no longer.");
      if (token !== "") expect(page).not.toContain(token);
    },
  );

  test("guesses are throttled, by form and by cookie", async () => {
    const { url } = await startTestReceiver(tokens);
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) {
      statuses.push((await signIn(url, `guessed-token-number-${i}`)).status);
      const cookie = `spanledger_token=${Buffer.from(`guessed-${i}`).toString("base64url")}`;
      statuses.push((await fetch(`${url}/api/analytics/summary`, { headers: { cookie } })).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect((await signIn(url, "reader-5Lm8tb3Yc6")).status).toBe(303);
  });

  test.each([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { origin: "https://evil.example" },
    { origin: "null" },
    {},
  ])("no other site signs a browser in or out: %j", async (headers: Record<string, string>) => {
    const { url } = await startTestReceiver(tokens);
    const form = { method: "POST", redirect: "manual", headers: { ...browser, ...headers } } as const;
    const body = new URLSearchParams({ token: "reader-5Lm8tb3Yc6" });
    expect((await fetch(`${url}/sign-in`, { ...form, body })).headers.get("set-cookie")).toBeNull();
    expect((await fetch(`${url}/sign-out`, { ...form, body: "" })).headers.get("set-cookie")).toBeNull();
  });

  test("without Sec-Fetch-Site, as on plain HTTP, our own origin does", async () => {
    const { url } = await startTestReceiver(tokens);
    const body = new URLSearchParams({ token: "reader-5Lm8tb3Yc6" });
    const opened = await fetch(`${url}/sign-in`, {
      method: "POST",
      redirect: "manual",
      headers: { origin: url },
      body,
    });
    expect(opened.status).toBe(303);
  });

  test("signing out forgets the token; one that is right no longer is forgotten and asked for anew", async () => {
    const { url } = await startTestReceiver(tokens);
    const closed = await fetch(`${url}/sign-out`, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(closed.status).toBe(303);
    expect(closed.headers.get("location")).toBe("/sign-in");
    expect(cookieOf(closed)).toContain("spanledger_token=; ");
    expect(cookieOf(closed)).toContain("Max-Age=0");
    const stale = await fetch(`${url}/report?lang=zh-CN`, {
      headers: { ...browser, cookie: `spanledger_token=${Buffer.from("rotated-away").toString("base64url")}` },
    });
    expect(stale.status).toBe(401);
    expect(cookieOf(stale)).toContain("Max-Age=0");
    expect(await stale.text()).toContain("令牌有误或已失效");
  });

  test("behind a proxy the cookie goes over TLS only, below BASE_PATH, and so do form and way back", async () => {
    const { url } = await startTestReceiver({ ...tokens, BASE_PATH: "/spanledger" });
    const form = await (await fetch(`${url}/spanledger/report?month=2025-12`, { headers: browser })).text();
    expect(form).toContain('action="/spanledger/sign-in"');
    const opened = await signIn(`${url}/spanledger`, "reader-5Lm8tb3Yc6", {
      headers: { "x-forwarded-proto": "https" },
    });
    expect(opened.headers.get("location")).toBe("/spanledger/report?month=2025-12");
    expect(cookieOf(opened)).toContain("; Path=/spanledger/; HttpOnly; SameSite=Strict; Secure");
  });

  test("a link from another site is followed once more by our own page, since a browser sends it no cookie", async () => {
    const { url } = await startTestReceiver(tokens);
    const linked = await fetch(`${url}/report`, { headers: { ...browser, "sec-fetch-site": "cross-site" } });
    expect(linked.headers.get("refresh")).toBe("0");
    const again = await fetch(`${url}/report`, { headers: { ...browser, "sec-fetch-site": "same-origin" } });
    expect(again.headers.get("refresh")).toBeNull();
  });

  test("tools are asked by Basic as before, and without tokens there is nothing to sign in to", async () => {
    const { url } = await startTestReceiver(tokens);
    const asked = await fetch(`${url}/report`);
    expect(asked.headers.get("www-authenticate")).toContain("Basic");
    const wrong = { ...browser, authorization: `Basic ${Buffer.from("me:wrong").toString("base64")}` };
    expect((await fetch(`${url}/report`, { headers: wrong })).headers.get("www-authenticate")).toContain("Basic");
    const right = { ...browser, authorization: `Basic ${Buffer.from("me:reader-5Lm8tb3Yc6").toString("base64")}` };
    const page = await fetch(`${url}/?lang=en`, { headers: right });
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain("/sign-out");
    const open = await startTestReceiver({});
    expect((await fetch(`${open.url}/sign-in`, { headers: browser })).status).toBe(404);
  });
});

test.each([
  ["/report?month=2025-12&of=x", "/report?month=2025-12&of=x"],
  [null, "/"],
  ["", "/"],
  ["https://evil.example/", "/"],
  ["//evil.example/", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/report\r\nset-cookie: a=b", "/"],
  ["javascript:alert(1)", "/"],
  ["report", "/"],
  ["/报告", "/"],
])("a form leads back to %j as %s", (next, path) => {
  expect(pathBack(next)).toBe(path);
});
