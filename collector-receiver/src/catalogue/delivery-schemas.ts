import Type from "typebox";
import { closed, word } from "./definition-schemas.ts";

/** The shapes of what a `spanledger.config.ts` says about messages: where they go, and which reports are sent. */

const maxRecipients = 50;
const maxTenants = 256;

/** A variable's name, as shells take it. */
const secret = Type.Object(
  { env: Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$" }) },
  {
    ...closed('Write { env: "NAME_OF_A_VARIABLE" }; the variable holds the secret, and the config never does'),
    hidden: true,
  },
);

// No blanks beside the address and no control characters: they would end up in a mail's headers.
const address = '[^\\s@<>,;:"()\\[\\]\\\\]+@[^\\s@<>,;:"()\\[\\]\\\\]+';
const mailbox = Type.String({
  maxLength: 320,
  pattern: `^(?:${address}|[^\\u0000-\\u001f\\u007f<>@]* <${address}>)$`,
  remedy: "Write an address such as reports@shop.example, or Reports <reports@shop.example>",
});

const anyTarget = {
  tenants: Type.Optional(
    Type.Array(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }), {
      minItems: 1,
      maxItems: maxTenants,
      uniqueItems: true,
      remedy: `List 1 to ${maxTenants} different tenants`,
    }),
  ),
  locale: Type.Optional(word(["zh-CN", "en"])),
  allowPrivate: Type.Optional(Type.Literal(true, { remedy: "Write true, or leave it out" })),
};

const webhookAddress = Type.String({ pattern: "^https?://", maxLength: 2000 });
const target = closed("Write { … }");

/** Every target has a type, which decides about the rest. */
export const targetTypeShape = Type.Object(
  { type: word(["email", "webhook", "slack", "feishu", "lark", "dingtalk", "wecom"]) },
  { remedy: "Write { … }" },
);

const chat = (type: string) => Type.Object({ type: Type.Literal(type), ...anyTarget, url: secret }, target);
const signedChat = (type: string) =>
  Type.Object({ type: Type.Literal(type), ...anyTarget, url: secret, secret: Type.Optional(secret) }, target);

export const targetShapes = {
  webhook: Type.Object(
    {
      type: Type.Literal("webhook"),
      ...anyTarget,
      url: Type.Union([webhookAddress, secret], {
        remedy: 'Write an address that begins with https://, or { env: "NAME_OF_A_VARIABLE" }',
        hidden: true,
      }),
      secret,
    },
    target,
  ),
  email: Type.Object(
    {
      type: Type.Literal("email"),
      ...anyTarget,
      server: secret,
      from: mailbox,
      to: Type.Array(mailbox, { minItems: 1, maxItems: maxRecipients, remedy: `List 1 to ${maxRecipients} addresses` }),
    },
    target,
  ),
  slack: chat("slack"),
  wecom: chat("wecom"),
  feishu: signedChat("feishu"),
  lark: signedChat("lark"),
  dingtalk: signedChat("dingtalk"),
};

export const reportShape = Type.Object(
  {
    period: word(["day", "week", "month", "quarter", "year"]),
    cron: Type.Optional(Type.String({ maxLength: 200, remedy: "Write five fields, such as 0 9 * * 1" })),
    to: Type.Array(Type.String(), { minItems: 1, uniqueItems: true, remedy: "List the names of targets" }),
    minGroupSize: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 1_000_000, remedy: "Write a whole number from 2 to 1000000" }),
    ),
  },
  closed("Write { period, to }"),
);
