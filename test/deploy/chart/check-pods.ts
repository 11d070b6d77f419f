import type { Manifest } from "./render-chart.ts";

const hookKey = "helm.sh/hook";
const weightOf = ({ metadata }: Manifest): number => Number(metadata.annotations?.[`${hookKey}-weight`] ?? 0);

/** What a pod may do, and in which order a release's parts come: rules that no schema knows. */
export function findPodProblems(manifests: readonly Manifest[]): string[] {
  const problems: string[] = [];
  for (const owner of manifests) {
    const { kind, metadata, spec } = owner;
    const pod = spec?.template?.spec;
    if (pod === undefined) continue;
    const say = (problem: string) => problems.push(`${kind} ${metadata.name}: ${problem}`);
    if (pod.securityContext?.runAsNonRoot !== true || !(pod.securityContext.runAsUser > 0)) say("may run as root");
    if (pod.securityContext?.seccompProfile?.type !== "RuntimeDefault") say("has no seccomp profile");
    if (pod.automountServiceAccountToken !== false) say("mounts the token of its ServiceAccount");
    if (pod.enableServiceLinks !== false) say("gets variables from the names of Services");
    for (const { securityContext, resources, image, lifecycle } of pod.containers) {
      if (securityContext?.readOnlyRootFilesystem !== true) say("may write to its image");
      if (securityContext?.allowPrivilegeEscalation !== false) say("may gain rights");
      if (String(securityContext?.capabilities?.drop) !== "ALL") say("keeps capabilities");
      if (resources?.limits?.memory === undefined || resources.requests?.cpu === undefined) say("has no bounds");
      if (!/^[\w./-]+(?::[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image)) say(`${image} names no version`);
      const sleeps = lifecycle?.preStop?.sleep?.seconds ?? 0;
      if (kind !== "Job" && !(sleeps > 0 && pod.terminationGracePeriodSeconds >= sleeps + 30)) {
        say("is ended before its requests are answered");
      }
    }
    if (metadata.annotations?.[hookKey] === undefined) continue;
    // Helm makes a hook before the release: what belongs to the release is not there yet.
    const named = [
      ...(pod.volumes ?? []).map((volume: any) => volume.configMap?.name ?? volume.secret?.secretName),
      ...pod.containers.flatMap(({ env = [] }: any) => env.map(({ valueFrom }: any) => valueFrom?.secretKeyRef?.name)),
      pod.serviceAccountName,
    ].filter((name) => name !== undefined);
    for (const name of named) {
      const parts = manifests.filter(
        (each) => each.metadata.name === name && /^(?:ConfigMap|Secret|ServiceAccount)$/.test(each.kind),
      );
      const early = parts.some(
        (part) => part.metadata.annotations?.[hookKey] !== undefined && weightOf(part) < weightOf(owner),
      );
      if (parts.length > 0 && !early) say(`runs before ${name} is there`);
    }
    // `helm template` renders revision 1.
    if (kind === "Job" && !metadata.name.endsWith("-1")) say("is not named by the revision: a Job cannot be changed");
  }
  return problems;
}
