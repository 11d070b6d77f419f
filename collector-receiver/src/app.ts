import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Config } from "./config/config.ts";
import { connectionTimes, createHttpServer, type ConnectionTimes } from "./receiving/create-http-server.ts";
import type { CustomDefinitions } from "./catalogue/custom-definitions.ts";
import type { FairShares } from "./fairness/fair-shares.ts";
import type { Ingest } from "./ingest/ingest-port.ts";
import { defaultMappingLimits, type TenantTimes } from "./mapping/mapping-context.ts";
import { answerVersion, measureBuild } from "./operating/answer-version.ts";
import { createBasePathRemover, prefixLinks } from "./operating/base-path.ts";
import { compressAnswers } from "./operating/compress-answers.ts";
import { countingRules } from "./metrics/counting-rules.ts";
import { packageVersion } from "./package-root.ts";
import { createErrorPage, createPersonAnswer } from "./web/page/answer-error-page.ts";
import { answerMetrics } from "./operating/answer-metrics.ts";
import type { OnAlarm } from "./ingest/alarm-codes.ts";
import { answerProbes } from "./operating/answer-probes.ts";
import { addSecurityHeaders, securityHeaders } from "./operating/add-security-headers.ts";
import type { FailedSignIns } from "./operating/failed-sign-ins.ts";
import { answerOwnErrors, createUnroutableAnswer } from "./operating/answer-own-errors.ts";
import { limitReads } from "./operating/limit-reads.ts";
import { answerInThread, maxParameterLength, type ReadingThread } from "./reading-thread.ts";
import { hostsWithoutTokens, refuseOtherHosts } from "./operating/served-hosts.ts";
import type { ReceiverMetrics } from "./operating/receiver-metrics.ts";
import { createSignIn } from "./operating/create-sign-in.ts";
import { askForToken, createReadTenantResolver } from "./operating/resolve-read-token.ts";
import { UnreadableConnections } from "./receiving/answer-unreadable.ts";
import { createOriginCheck } from "./receiving/cross-origin.ts";
import type { OnMisdirected } from "./receiving/misdirections.ts";
import { OtlpReceiver } from "./receiving/otlp-receiver.ts";
import { createTenantResolver, type TenantResolver } from "./receiving/resolve-ingest-token.ts";
import { takeOtlpRequest } from "./receiving/take-otlp-request.ts";
import type { LiveCounters } from "./stats/live-counters.ts";
import { documentAnswers } from "./stats/document-answers.ts";
import { isLiveStream } from "./stats/routes/live.ts";
import { statsPlugin } from "./stats/stats-plugin.ts";
import { createShareDesk } from "./share-reports.ts";
import { shareFormRoutes } from "./web/routes/share.ts";
import { sharedRoute } from "./web/routes/shared.ts";
import type { SignIn } from "./web/page/sign-in.ts";
import { signInRoutes } from "./web/routes/sign-in.ts";
import { webPlugin } from "./web/web-plugin.ts";

export interface AppOptions extends TenantTimes {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  /** For reading; ingest has its own connections. */
  readonly pool: Pool;
  /** Where pages and figures are read instead, and the time up to which it has the rows. */
  readonly reading?: { readonly pool: Pool; readonly now: () => number } | undefined;
  /** Where pages and long lists are built; without it, in this thread. */
  readonly readingThread?: Pick<ReadingThread, "answer"> | undefined;
  readonly ingest: Ingest;
  /** What bodies occupy before they are decoded. */
  readonly bodies: FairShares;
  readonly metrics: ReceiverMetrics;
  /** What mapping captures of events. */
  readonly countedAttributes: ReadonlySet<string>;
  /** The product's own events. */
  readonly custom?: CustomDefinitions | undefined;
  /** Milliseconds since 1970 by PostgreSQL's clock; default: this machine's. */
  readonly now?: () => number;
  readonly onAlarm: OnAlarm;
  readonly isDraining: () => boolean;
  readonly live?: LiveCounters;
  /** Lists of tokens that change while the receiver runs; without them, those of `config`. */
  readonly tokens?: { readonly ingest: TenantResolver; readonly read: TenantResolver };
  readonly failedSignIns?: FailedSignIns;
  readonly onMisdirected?: OnMisdirected;
  /** Default: `connectionTimes`. */
  readonly times?: ConnectionTimes;
}

/** Of our own routes, of which only forms take a body; the OTLP routes have their own limit. */
const maxOwnBodyBytes = 64 * 1024;
const shortRoutes: ReadonlySet<string | undefined> = new Set([
  // A row a month; and while there is none it names the address that it was asked at.
  "/",
  "/live",
  ...["case-study", "summary", "query-success-rates", "live", "metrics", "events"].map(
    (name) => `/api/analytics/${name}`,
  ),
]);

/** The receiver's HTTP server, not yet listening. Routes in the order in which a reader wants to know them. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { config, pool, metrics } = options;
  const access = createAccess(options);
  const findHostProblem = hostsWithoutTokens(config.allowedHosts);
  const otlp = createOtlpReceiver(options, config.ingestTokens.length === 0 ? findHostProblem : undefined);
  const app = createServerOf(options, otlp);
  answerOwnErrors(app, createPersonAnswer({ ...config, signIn: access.signIn }));
  addSecurityHeaders(app);
  prefixLinks(app, config.basePath);
  compressAnswers(app);
  if (config.readTokens.length === 0) refuseOtherHosts(app, findHostProblem);
  app.addHook("onSend", async (_request, reply, payload) => {
    // Else the server waits for a connection that its client keeps open.
    if (options.isDraining()) void reply.header("connection", "close");
    return payload;
  });

  await registerOpenApi(app, config);
  await registerReading(app, options, access);
  answerProbes(app, {
    pool,
    isDraining: options.isDraining,
    oldestWaitMs: () => options.ingest.oldestWaitMs?.() ?? 0,
    findBeginProblem: async () => options.ingest.findBeginProblem?.(),
  });
  const build = { version: packageVersion, node: process.versions.node, counting_rules: countingRules };
  answerVersion(app, build);
  measureBuild(metrics.registry, build);
  const isReachable = !config.loopback;
  answerMetrics(app, { registry: metrics.registry, token: config.metricsToken, isReachable });
  await app.register(async (scope) => {
    scope.setErrorHandler(createErrorPage({ ...config, signIn: access.signIn }));
    if (isReachable) askForToken(scope, access.tenantOf);
    await registerDocs(scope);
  });
  return app;
}

/** Who may read, by a token that is shown with each request or was given when signing in. */
interface Access {
  readonly tenantOf: (request: FastifyRequest) => string;
  readonly signIn: SignIn | undefined;
}

function createAccess({ config, tokens, failedSignIns }: AppOptions): Access {
  const resolve = tokens?.read ?? createTenantResolver(config.readTokens);
  const onWrongToken = (request: FastifyRequest): void => failedSignIns?.note("token", request);
  return {
    tenantOf: createReadTenantResolver(resolve, onWrongToken),
    signIn: config.readTokens.length === 0 ? undefined : createSignIn(resolve, onWrongToken, config.basePath),
  };
}

/** Routes that nobody has to show a token for. */
function isOpen(route: string | undefined): boolean {
  return route === sharedRoute || (route !== undefined && signInRoutes.includes(route));
}

/** Routes whose answers are short, whatever a tenant has stored: no thread has to be started for them. */
function isShort(route: string | undefined): boolean {
  return isOpen(route) || shortRoutes.has(route) || (route !== undefined && shareFormRoutes.includes(route));
}

function createOtlpReceiver(
  options: AppOptions,
  findHostProblem: ReturnType<typeof hostsWithoutTokens> | undefined,
): OtlpReceiver {
  const { config, metrics } = options;
  return new OtlpReceiver({
    ingest: options.ingest,
    resolveTenant: options.tokens?.ingest ?? createTenantResolver(config.ingestTokens),
    findHostProblem,
    retainedFromMs: options.retainedFromMs,
    nextDayMs: options.nextDayMs,
    clocksAhead: options.clocksAhead,
    versionsSeen: options.versionsSeen,
    ...(options.now === undefined ? {} : { now: options.now }),
    countedAttributes: options.countedAttributes,
    custom: options.custom,
    mappingLimits: defaultMappingLimits,
    maxBodyBytes: config.maxBodyBytes,
    maxInflatedBytes: config.maxInflatedBytes,
    bodies: options.bodies,
    onMisdirected: options.onMisdirected,
    refusalHeaders: securityHeaders,
    isAllowedOrigin: config.corsOrigins.length === 0 ? undefined : createOriginCheck(config.corsOrigins),
    onRequest: (answered) => metrics.countRequest(answered),
    onFault: (error) => options.onAlarm("internal_fault", "an OTLP request failed", error),
    isDraining: options.isDraining,
  });
}

/** Fastify on Node's server, with the OTLP receiver in front of its router. */
function createServerOf(
  { config, log, onMisdirected, times = connectionTimes }: AppOptions,
  otlp: OtlpReceiver,
): FastifyInstance {
  const withoutBasePath = createBasePathRemover(config.basePath);
  const unreadable = new UnreadableConnections(securityHeaders, onMisdirected);
  return fastify({
    loggerInstance: log,
    // No line per request: /metrics counts them.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxOwnBodyBytes,
    routerOptions: { maxParamLength: maxParameterLength },
    serverFactory: (route) =>
      createHttpServer(times, (request, response) => {
        request.url = withoutBasePath(request.url);
        if (!takeOtlpRequest(otlp, request, response)) route(request, response);
      }),
    // While it closes, requests on open connections still reach the routes: they know the right answer.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    frameworkErrors: createUnroutableAnswer(createPersonAnswer(config)),
    clientErrorHandler: (error, socket) => unreadable.answer(error, socket),
  });
}

async function registerOpenApi(app: FastifyInstance, { basePath, readTokens }: Config): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Spanledger", description: "Business events, counted exactly once.", version: packageVersion },
      ...(basePath === "" ? {} : { servers: [{ url: basePath }] }),
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      ...(readTokens.length > 0 ? { security: [{ token: [] }] } : {}),
    },
    hideUntagged: true,
    transform: documentAnswers,
  });
}

/** Figures and pages, for the tenant of the token. */
async function registerReading(
  app: FastifyInstance,
  { config, pool, live, failedSignIns, now, reading: elsewhere, readingThread }: AppOptions,
  access: Access,
): Promise<void> {
  const { tenantOf, signIn } = access;
  const reading = {
    pool,
    tenantOf,
    locale: config.locale,
    ...(now === undefined ? {} : { now }),
    ...elsewhere,
    ...(live === undefined ? {} : { live }),
  };
  await app.register(async (scope) => {
    askForToken(scope, tenantOf, isOpen);
    // A shared copy is one look-up, and an open stream waits; streams have a limit of their own.
    limitReads(scope, (request) =>
      isOpen(request.routeOptions.url) || isLiveStream(request) ? undefined : tenantOf(request),
    );
    if (readingThread !== undefined) {
      const accountOf = (request: FastifyRequest) => signIn?.accountOf(request) ?? null;
      answerInThread(scope, readingThread, { tenantOf, accountOf, now: reading.now ?? Date.now, isShort });
    }
    await scope.register(statsPlugin, { ...reading, answerPerson: createPersonAnswer({ ...config, signIn }) });
    await scope.register(webPlugin, {
      ...reading,
      sampleData: config.sampleData,
      traceUrlTemplate: config.traceUrlTemplate,
      signIn,
      basePath: config.basePath,
      shares: createShareDesk({ pool, reading, thread: readingThread }),
      onUnknownShare: (request) => failedSignIns?.note("share", request),
    });
  });
}

async function registerDocs(app: FastifyInstance): Promise<void> {
  // Its script looks for the description below the whole address, and finds none below a query.
  app.addHook("onRequest", async (request, reply) => {
    const [path, query] = request.url.split("?", 2);
    if (query === undefined || (path !== "/docs" && path !== "/docs/")) return undefined;
    return reply.redirect(path === "/docs" ? "docs" : "./");
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    // Everything comes from here. The plugin's own policy names other hosts, and turns http into https.
    staticCSP: "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    uiConfig: { validatorUrl: null },
  });
}
