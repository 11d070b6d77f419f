import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifySchemaCompiler } from "fastify";

type Compiler = FastifySchemaCompiler<TypeBoxTypeProvider>;

/**
 * Checks the queries of this scope with TypeBox, which is loaded with the first request and compiles each schema
 * when it is first needed: a receiver that is never asked for numbers does without.
 */
export function validateWhenUsed(app: FastifyInstance): void {
  let compile: Compiler | undefined;
  app.addHook("onRequest", async () => {
    compile ??= (await import("@fastify/type-provider-typebox")).TypeBoxValidatorCompiler as Compiler;
  });
  const compileLater: Compiler = (route) => {
    let validate: ReturnType<Compiler> | undefined;
    return (value: unknown) => {
      validate ??= compile!(route);
      return validate(value);
    };
  };
  app.setValidatorCompiler(compileLater);
}
