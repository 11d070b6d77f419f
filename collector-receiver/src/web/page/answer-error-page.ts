import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Locale } from "../../metrics/format-metric.ts";
import { RequestError } from "../../stats/request-error.ts";
import { describeProblem } from "./describe-problem.ts";
import { html } from "./html.ts";
import { linkTo } from "./page-links.ts";
import { renderPage, sendPage } from "./page-shell.ts";
import { localeOfPage } from "./read-query.ts";
import { renderSignIn } from "./render-sign-in.ts";
import { pathBack, type SignIn } from "./sign-in.ts";
import { siteBrand } from "./site-navigation.ts";
import { wantsPage } from "./wants-page.ts";

type Word = "wrong" | "missing" | "signIn" | "busy" | "failed" | "failedText" | "home";

const words: Readonly<Record<Locale, Readonly<Record<Word, string>>>> = {
  en: {
    wrong: "This address is not right",
    missing: "Not found",
    signIn: "Sign in",
    busy: "Too much at once",
    failed: "The page cannot be shown now",
    failedText: "The request failed; the receiver's log says why. Try again.",
    home: "All months",
  },
  "zh-CN": {
    wrong: "地址有误",
    missing: "未找到",
    signIn: "请登录",
    busy: "请求过多",
    failed: "页面暂时无法显示",
    failedText: "请求失败，原因见接收端日志，请稍后重试。",
    home: "查看所有月份",
  },
};

export type ErrorPage = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

export interface ErrorPageContext {
  readonly locale: Locale;
  readonly sampleData: boolean;
  readonly signIn?: SignIn | undefined;
}

/** Every error of the pages as a page in the reader's language: what was wrong and what to do, never a stack trace. */
export function createErrorPage(context: ErrorPageContext): ErrorPage {
  return (error, request, reply) => {
    if (error.statusCode === 401 && wantsPage(request) && request.headers.authorization === undefined) {
      const form = askForSignIn(context, request, reply);
      if (form !== undefined) return form;
    }
    const query = (request.query ?? {}) as Record<string, string | undefined>;
    const locale = localeOfPage(query, context.locale);
    const status = error.statusCode ?? 500;
    const texts = words[locale];
    const isForNow = status === 503;
    const known = status < 500 || isForNow;
    if (isForNow) void reply.header("retry-after", "5");
    if (!known) request.log.error({ err: error }, "a page failed");
    // Tools ask for the token by themselves, and so does a browser that was given one this way.
    if (status === 401) void reply.header("www-authenticate", 'Basic realm="Spanledger", charset="UTF-8"');
    const title = titleOf(status, texts);
    const problem = {
      code: error.code,
      message: error.message,
      parameter: error instanceof RequestError ? error.parameter : null,
    };
    const given = { ...query, ...(request.params as object) };
    const detail = known ? describeProblem(problem, given, locale) : texts.failedText;
    const home = linkTo("/", { lang: locale });
    return sendPage(
      reply.code(status >= 400 ? status : 500),
      renderPage({
        locale,
        title,
        sampleData: context.sampleData,
        navigation: siteBrand(locale, home),
        main: html`<h1>${title}</h1>
          <p>${detail}</p>
          <p class="meta"><code>${known ? (error.code ?? "refused") : "internal_error"}</code></p>
          ${status !== 401 && status < 500 && html`<p><a class="button" href="${home}">${texts.home}</a></p>`}`,
        footer: null,
      }),
      locale,
    );
  };
}

/** The form in place of the page, which leads back to it. */
function askForSignIn(
  { locale: fallback, sampleData, signIn }: ErrorPageContext,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | undefined {
  if (signIn === undefined) return undefined;
  const wrong = signIn.keepsToken(request);
  // Else each page would be another try with it.
  if (wrong) signIn.close(request, reply);
  // With a link in a mail, a browser does not send what it keeps (SameSite=Strict). It does if our own page leads there.
  else if (request.headers["sec-fetch-site"] === "cross-site") void reply.header("refresh", "0");
  const next = pathBack(request.method === "GET" ? request.url : null);
  const locale = localeOfPage(request.query as Record<string, string | undefined>, fallback);
  return sendPage(reply.code(401), renderSignIn(locale, { next, wrong, sampleData }), locale);
}

/** As `createErrorPage` for a person's browser; undefined for a program, which gets JSON. */
export function createPersonAnswer(context: ErrorPageContext) {
  const errorPage = createErrorPage(context);
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined =>
    wantsPage(request) ? errorPage(error, request, reply) : undefined;
}

function titleOf(status: number, texts: (typeof words)[Locale]): string {
  if (status === 401) return texts.signIn;
  if (status === 404) return texts.missing;
  if (status === 429) return texts.busy;
  return status < 500 ? texts.wrong : texts.failed;
}
