import { registerHooks } from "node:module";

/** GitHub's parser of workflows. It is made for bundlers: it imports JSON without the attribute that Node asks for. */
export async function loadWorkflowParser(): Promise<typeof import("@actions/workflow-parser")> {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      if (!resolved.url.endsWith(".json")) return resolved;
      return { ...resolved, importAttributes: { ...resolved.importAttributes, type: "json" } };
    },
  });
  try {
    return await import("@actions/workflow-parser");
  } finally {
    hooks.deregister();
  }
}
