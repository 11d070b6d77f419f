import { registerHooks } from "node:module";

/**
 * Loaded into a product before anything else: puts a counting function in front of
 * `recordBusinessEvent`, so that the demo knows what was recorded without asking the SDK that has to
 * deliver it. The product's own code stays as it is.
 */
const countedSdk = new URL("./counted-sdk.ts", import.meta.url).href;
const products = /\/examples\/(?:ai-chatbot|agent-workbench)\//;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === "@spanledger/sdk" && products.test(context.parentURL ?? "")) {
      return { url: countedSdk, format: "module-typescript", shortCircuit: true };
    }
    return nextResolve(specifier, context);
  },
});
