import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Locale } from "../../metrics/format-metric.ts";
import { locales } from "../../metrics/format-metric.ts";
import { RequestError } from "../../stats/request-error.ts";
import { html } from "./html.ts";
import { linkTo } from "./page-links.ts";
import { renderPage, sendPage } from "./page-shell.ts";
import { siteBrand } from "./site-navigation.ts";

const words: Readonly<
  Record<
    Locale,
    Readonly<Record<"wrong" | "missing" | "signIn" | "failed" | "failedText" | "awayText" | "signInText", string>>
  >
> = {
  en: {
    wrong: "This address is not right",
    missing: "Not found",
    signIn: "Sign in",
    failed: "The page cannot be shown now",
    failedText: "The request failed; the receiver's log says why. Try again.",
    awayText: "The database cannot be reached now. Try again in some seconds.",
    signInText: "Any user name, and a token of READ_TOKENS as the password.",
  },
  "zh-CN": {
    wrong: "地址有误",
    missing: "未找到",
    signIn: "请登录",
    failed: "页面暂时无法显示",
    failedText: "请求失败，原因见接收端日志，请稍后重试。",
    awayText: "暂时无法连接数据库，请几秒后重试。",
    signInText: "用户名任意，密码为 READ_TOKENS 中的令牌。",
  },
};

/** Every error of the pages as a page: what was wrong and what to do, never a stack trace. */
export function createErrorPage(context: { readonly locale: Locale; readonly sampleData: boolean }) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const asked = request.query as Record<string, unknown>;
    const locale = locales.find((one) => one === (asked["lang"] ?? asked["locale"])) ?? context.locale;
    const status = error.statusCode ?? 500;
    const texts = words[locale];
    const isAway = status === 503;
    const known = status < 500 || isAway;
    if (isAway) void reply.header("retry-after", "5");
    if (!known) request.log.error({ err: error }, "a page failed");
    // A browser asks for the token by itself, and shows it with each later request of this host.
    if (status === 401) void reply.header("www-authenticate", 'Basic realm="Spanledger", charset="UTF-8"');
    const title = titleOf(status, texts);
    const detail =
      status === 401 ? texts.signInText : isAway ? texts.awayText : known ? error.message : texts.failedText;
    const code = error instanceof RequestError ? error.code : (error.code ?? "internal_error");
    return sendPage(
      reply.code(status >= 400 ? status : 500),
      renderPage({
        locale,
        title,
        sampleData: context.sampleData,
        navigation: siteBrand(locale, linkTo("/", { lang: locale })),
        main: html`<h1>${title}</h1>
          <p>${detail}</p>
          <p class="meta"><code>${known ? code : "internal_error"}</code></p>`,
        footer: null,
      }),
      locale,
    );
  };
}

function titleOf(status: number, texts: (typeof words)[Locale]): string {
  if (status === 401) return texts.signIn;
  if (status === 404) return texts.missing;
  return status < 500 ? texts.wrong : texts.failed;
}
