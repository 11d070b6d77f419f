/**
 * One web server of the framework that the first argument names; its middleware and its handler set attributes. It
 * answers one request and ends as the third argument says.
 */
import { recordBusinessEvent, startBusinessEvents, withBusinessContext } from "@spanledger/sdk";

const [framework, sdk, how] = process.argv.slice(2);
if (sdk === "with") {
  startBusinessEvents({
    httpEvents: [{ path: "/parcels/:number", event: "query.tracking", attributes: { tracking_number: ":number" } }],
  });
}
const around = { site: "brand-a" };
const within = { session_id: "s-1" };
/** What every handler does: later, in a context of its own. */
async function handle() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return withBusinessContext(within, async () => {
    if (sdk === "with") recordBusinessEvent("shop.asked");
    return "found";
  });
}

const servers = {
  async express() {
    const { default: express } = await import("express");
    const app = express();
    app.use((_request, _response, next) => withBusinessContext(around, next));
    app.get("/parcels/:number", async (_request, response) => response.send(await handle()));
    return listen((listener) => app.listen(0, "127.0.0.1", listener));
  },
  async koa() {
    const { default: Koa } = await import("koa");
    const app = new Koa();
    app.use((_context, next) => withBusinessContext(around, next));
    app.use(async (context) => {
      context.body = await handle();
    });
    return listen((listener) => app.listen(0, "127.0.0.1", listener));
  },
  async hono() {
    const { Hono } = await import("hono");
    const { serve } = await import("@hono/node-server");
    const app = new Hono();
    app.use((_context, next) => withBusinessContext(around, next));
    app.get("/parcels/:number", async (context) => context.text(await handle()));
    return listen((listener) => serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, listener));
  },
  async fastify() {
    const { fastify } = await import("fastify");
    const app = fastify();
    app.addHook("onRequest", (_request, _reply, done) => withBusinessContext(around, done));
    app.get("/parcels/:number", async () => handle());
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
  async nest() {
    const { app } = await startNest();
    return app.getHttpServer();
  },
};

function listen(start) {
  return new Promise((resolve) => {
    const server = start(() => resolve(server));
  });
}

/** NestJS without decorators' syntax, which Node does not strip. */
export async function startNest() {
  await import("reflect-metadata");
  const { Controller, Get, Injectable, Module, Param, UseInterceptors } = await import("@nestjs/common");
  const { NestFactory } = await import("@nestjs/core");
  const { Observable } = await import("rxjs");
  class Around {
    intercept(_context, next) {
      return new Observable((subscriber) => withBusinessContext(around, () => next.handle().subscribe(subscriber)));
    }
  }
  Reflect.decorate([Injectable()], Around);
  class Parcels {
    find(_number) {
      return handle();
    }
  }
  Reflect.decorate(
    [Get("parcels/:number")],
    Parcels.prototype,
    "find",
    Object.getOwnPropertyDescriptor(Parcels.prototype, "find"),
  );
  Param("number")(Parcels.prototype, "find", 0);
  Reflect.decorate([UseInterceptors(Around), Controller()], Parcels);
  // oxlint-disable-next-line typescript/no-extraneous-class
  class App {}
  Reflect.decorate([Module({ controllers: [Parcels] })], App);
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, "127.0.0.1");
  return { app };
}

if (process.argv[1] === import.meta.filename && framework in servers) {
  const server = await servers[framework]();
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/parcels/7`, {
    headers: { connection: "close" },
  });
  console.log(answer.status, await answer.text());
  if (how === "natural") server.close();
  else if (how === "exit") process.exit(3);
  else if (how === "SIGTERM") process.kill(process.pid, how);
  else {
    setTimeout(() => {
      throw new Error("uncaught on purpose");
    }, 1);
  }
}
