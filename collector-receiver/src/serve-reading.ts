import { fastify, LogController, type FastifyBaseLogger, type FastifyRequest } from "fastify";
import { pino } from "pino";
import { prefixLinks } from "./operating/base-path.ts";
import { maxParameterLength, shrinkPool } from "./reading-thread.ts";
import type { ReadingAnswer, ReadingData, ReadingQuestion } from "./reading-thread.ts";
import { statsPlugin } from "./stats/stats-plugin.ts";
import { createReadPool } from "./storage/wire/read-pool.ts";
import { answerQuestions, sendNote } from "./threads/answer-questions.ts";
import { createPersonAnswer } from "./web/page/answer-error-page.ts";
import type { SignIn } from "./web/page/sign-in.ts";
import { answerFrozenReports } from "./share-reports.ts";
import { webPlugin } from "./web/web-plugin.ts";

/** Headers within the thread that say what a question does. */
const asked = { url: "x-asked-url", tenant: "x-asked-tenant", account: "x-asked-account" } as const;
/** The server of the receiver writes these itself. */
const ownHeaders = ["connection", "content-length", "date", "transfer-encoding"];

/** Answers the questions of a `ReadingThread`: the routes for figures and pages, without a server of their own. */
export function serveReading({ connectionString, maxConnections, basePath, logLevel, ...shown }: ReadingData): void {
  const pool = createReadPool(connectionString, maxConnections, tellOutages());
  let aheadMs = 0;
  const log: FastifyBaseLogger = pino(
    { level: logLevel, base: null, timestamp: false, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => sendNote({ line }) },
  );
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // A question's address is taken as it came: `inject` would resolve `%2e%2e`.
    rewriteUrl: ({ headers }) => String(headers[asked.url]),
    routerOptions: { maxParamLength: maxParameterLength },
  });
  prefixLinks(app, basePath);
  const said = (request: FastifyRequest, name: string) => (request.headers as Record<string, string | undefined>)[name];
  const reading = {
    pool,
    locale: shown.locale,
    tenantOf: (request: FastifyRequest) => said(request, asked.tenant) ?? "",
    now: () => Date.now() + aheadMs,
  };
  app.register(statsPlugin, { ...reading, answerPerson: createPersonAnswer(shown) });
  // Who signs in or out is answered by the receiver itself.
  const signIn: SignIn = {
    accountOf: (request) => said(request, asked.account) ?? null,
    keepsToken: () => false,
    open: () => false,
    close: () => {},
  };
  app.register(webPlugin, { ...reading, ...shown, signIn });
  answerFrozenReports(app, reading);

  answerQuestions<ReadingQuestion, ReadingAnswer>({
    async answer(question) {
      ({ aheadMs } = question);
      const { url, tenantId, account, accept, languages } = question;
      const who = { [asked.tenant]: tenantId, ...(account === null ? {} : { [asked.account]: account }) };
      const spoken = languages === undefined ? {} : { "accept-language": languages };
      const answer = await app.inject({ url: "/", headers: { accept, ...spoken, [asked.url]: url, ...who } });
      const kept = Object.entries(answer.headers).filter(([name]) => !ownHeaders.includes(name));
      return {
        status: answer.statusCode,
        headers: Object.fromEntries(kept) as ReadingAnswer["headers"],
        // Small buffers share their memory, which cannot be moved.
        body: new Uint8Array(answer.rawPayload),
      };
    },
    transferred: ({ body }) => [body.buffer],
    onTold: (told) => void (told === shrinkPool && pool.shrink()),
    end: () => Promise.all([app.close(), pool.end()]),
  });
}

/** Says when reading fails, and once when it works again. */
function tellOutages() {
  let hasFailed = false;
  return {
    failedBecause(requests: number, cause: { readonly error: unknown }): void {
      hasFailed = true;
      sendNote({ failed: requests, cause });
    },
    succeeded(): void {
      if (hasFailed) sendNote({ succeeded: true });
      hasFailed = false;
    },
  };
}
