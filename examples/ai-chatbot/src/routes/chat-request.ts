import { Type } from "@fastify/type-provider-typebox";

/** Body of both chat routes. */
export const chatRequest = Type.Object({
  message: Type.String({ minLength: 1, maxLength: 4_000 }),
  user_id: Type.String({ minLength: 1, maxLength: 128 }),
  session_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  channel: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
});
