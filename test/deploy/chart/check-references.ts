import { environmentSchema } from "../../../collector-receiver/src/config/environment-schema.ts";
import type { Manifest } from "./render-chart.ts";

/** A pod as a workload makes it. */
interface Pod {
  readonly owner: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: any;
}
interface Port {
  readonly name?: string;
  readonly containerPort: number;
}
/** A Secret or ConfigMap that the values name as one that exists. */
export interface Existing {
  readonly name: string;
  readonly key: string;
}

const title = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

const podsOf = (manifests: readonly Manifest[]): Pod[] =>
  manifests
    .filter(({ spec }) => spec?.template?.spec?.containers !== undefined)
    .map((owner) => ({ owner, labels: owner.spec.template.metadata.labels, spec: owner.spec.template.spec }));

const portsOf = (pods: readonly Pod[]): Port[] =>
  pods.flatMap(({ spec }) => spec.containers.flatMap((container: { ports?: Port[] }) => container.ports ?? []));

const matches = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}) =>
  Object.entries(selector).every(([label, value]) => labels[label] === value);

/** What a cluster would take, and what would then not work: a name here without the thing there. */
export function findBrokenReferences(manifests: readonly Manifest[]): string[] {
  const pods = podsOf(manifests);
  const services = manifests.filter(({ kind }) => kind === "Service");
  return manifests.flatMap((manifest) =>
    [
      ...checkSelectors(manifest, pods),
      ...checkPorts(manifest, pods, services),
      ...checkOwners(manifest, manifests),
    ].map((problem) => `${title(manifest)}: ${problem}`),
  );
}

/** Every selector selects the pods of exactly one workload. */
function checkSelectors({ kind, spec }: Manifest, pods: readonly Pod[]): string[] {
  if (kind === "ServiceMonitor") return [];
  const selectors: Record<string, string>[] = [];
  const collect = (value: unknown, isOfPods: boolean): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === "selector" && kind === "Service") selectors.push(member);
      // A namespace's labels are not ours; those of a pod beside it neither.
      else if (key === "matchLabels" && isOfPods) selectors.push(member);
      else if (key !== "namespaceSelector") collect(member, isOfPods || /selector$/i.test(key));
    }
  };
  collect(spec, false);
  return selectors.flatMap((selector) => {
    const selected = pods.filter(({ labels }) => matches(selector, labels)).length;
    return selected === 1 ? [] : [`${JSON.stringify(selector)} selects the pods of ${selected} workloads`];
  });
}

/** Ports of Services, probes, policies, entrances and monitors are there where they lead to. */
function checkPorts({ kind, spec }: Manifest, pods: readonly Pod[], services: readonly Manifest[]): string[] {
  const has = (ports: readonly Port[], port: string | number): boolean =>
    ports.some(({ name, containerPort }) => port === name || port === containerPort);
  const selected = (selector: Readonly<Record<string, string>> | undefined): Port[] =>
    portsOf(pods.filter(({ labels }) => matches(selector ?? {}, labels)));
  const missing = (port: string | number, where: string) => `port ${port} is not ${where}`;
  const serves = (name: string, port: string | number): boolean =>
    services
      .filter(({ metadata }) => metadata.name === name)
      .some((service) => service.spec.ports.some((each: any) => each.name === port || each.port === port));

  if (kind === "Service") {
    return spec.ports
      .filter(({ port, targetPort = port }: any) => !has(selected(spec.selector), targetPort))
      .map(({ port, targetPort = port }: any) => missing(targetPort, "a port of the containers"));
  }
  if (kind === "NetworkPolicy") {
    const incoming = (spec.ingress ?? []).flatMap(({ ports }: any) =>
      ports.map(({ port }: any) => [port, spec.podSelector.matchLabels]),
    );
    const outgoing = (spec.egress ?? []).flatMap(({ to = [], ports = [] }: any) =>
      to
        .filter(
          ({ podSelector, namespaceSelector }: any) => podSelector !== undefined && namespaceSelector === undefined,
        )
        .flatMap(({ podSelector }: any) => ports.map(({ port }: any) => [port, podSelector.matchLabels])),
    );
    return [...incoming, ...outgoing]
      .filter(([port, labels]) => !has(selected(labels), port))
      .map(([port]) => missing(port, "a port of the containers"));
  }
  if (kind === "ServiceMonitor") {
    const watched = services.filter(({ metadata }) => matches(spec.selector.matchLabels, metadata.labels));
    return spec.endpoints
      .filter(({ port }: any) => !watched.some((service) => serves(service.metadata.name, port)))
      .map(({ port }: any) => missing(port, "a port of a Service that it selects"));
  }
  if (kind === "Ingress" || kind === "HTTPRoute") {
    const targets: [string, string | number][] = spec.rules.flatMap((rule: any) =>
      kind === "Ingress"
        ? rule.http.paths.map(({ backend: { service } }: any) => [
            service.name,
            service.port.name ?? service.port.number,
          ])
        : rule.backendRefs.map(({ name, port }: any) => [name, port]),
    );
    return targets
      .filter(([name, port]) => !serves(name, port))
      .map(([name, port]) => missing(port, `one of Service ${name}`));
  }
  const containers: any[] = spec?.template?.spec?.containers ?? [];
  return containers.flatMap((container) =>
    ["startupProbe", "readinessProbe", "livenessProbe"]
      .map((probe) => container[probe]?.httpGet?.port)
      .filter((port) => port !== undefined && !has(container.ports ?? [], port))
      .map((port) => missing(port, "one of its container")),
  );
}

/** An autoscaler's target, a StatefulSet's headless Service and the receiver's address are there. */
function checkOwners({ kind, spec }: Manifest, manifests: readonly Manifest[]): string[] {
  const exists = (sought: string, name: string) =>
    manifests.find((each) => each.kind === sought && each.metadata.name === name);
  if (kind === "HorizontalPodAutoscaler") {
    const { kind: target, name } = spec.scaleTargetRef;
    const found = exists(target, name);
    if (found === undefined) return [`there is no ${target} ${name}`];
    return found.spec.replicas === undefined ? [] : [`${title(found)} sets replicas as well`];
  }
  if (kind !== "StatefulSet") return [];
  const headless = exists("Service", spec.serviceName);
  const problems = headless?.spec.clusterIP === "None" ? [] : [`${spec.serviceName} is not a headless Service`];
  for (const { name, value = "" } of spec.template.spec.containers[0].env) {
    if (name !== "SPANLEDGER_URL") continue;
    const { hostname, port } = new URL(value);
    const service = exists("Service", hostname);
    if (!service?.spec.ports.some((each: { port: number }) => String(each.port) === port)) {
      problems.push(`${value} is not a Service of this release`);
    }
  }
  return problems;
}

/**
 * Variables that nothing reads, and Secrets or ConfigMaps that neither the release has nor the values declare as existing.
 * @param declared what the values name
 * @param collectorVariables what the Collector's files read
 */
export function findUndeclared(
  manifests: readonly Manifest[],
  declared: readonly Existing[],
  collectorVariables: ReadonlySet<string>,
): string[] {
  const isDeclared = (name: string, key: string) => declared.some((each) => each.name === name && each.key === key);
  const ownKeys = (name: string): string[] =>
    Object.keys(manifests.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name)?.data ?? {});
  const receiverVariables = new Set(Object.keys(environmentSchema.properties));
  const problems: string[] = [];
  for (const { owner, spec } of podsOf(manifests)) {
    const say = (problem: string) => problems.push(`${title(owner)}: ${problem}`);
    for (const container of spec.containers) {
      const known = container.name === "collector" ? collectorVariables : receiverVariables;
      const names: string[] = (container.env ?? []).map(({ name }: { name: string }) => name);
      for (const name of names) if (!known.has(name)) say(`nothing reads the variable ${name}`);
      if (new Set(names).size !== names.length) say("a variable is set twice");
      if (container.envFrom !== undefined) say("envFrom sets variables that nobody has declared");
      for (const { valueFrom } of container.env ?? []) {
        const reference = valueFrom?.secretKeyRef;
        if (reference !== undefined && !isDeclared(reference.name, reference.key)) {
          say(`Secret ${reference.name} has no declared key ${reference.key}`);
        }
      }
      const volumes: string[] = (spec.volumes ?? []).map(({ name }: { name: string }) => name);
      const claims: string[] = (owner.spec.volumeClaimTemplates ?? []).map(({ metadata }: any) => metadata.name);
      for (const { name } of container.volumeMounts ?? []) {
        if (![...volumes, ...claims].includes(name)) say(`there is no volume ${name}`);
      }
    }
    for (const { secret, configMap } of spec.volumes ?? []) {
      const name: string = secret?.secretName ?? configMap?.name;
      const keys: string[] = ((secret ?? configMap)?.items ?? []).map(({ key }: { key: string }) => key);
      const own = ownKeys(name);
      for (const key of keys) {
        if (!own.includes(key) && !isDeclared(name, key)) say(`${name} has no declared key ${key}`);
      }
      if (keys.length === 0 && own.length === 0) say(`there is no ConfigMap ${name}`);
    }
  }
  for (const manifest of manifests.filter(({ kind }) => kind === "ServiceMonitor")) {
    for (const { authorization } of manifest.spec.endpoints) {
      const { name, key } = authorization?.credentials ?? {};
      if (name !== undefined && !isDeclared(name, key)) {
        problems.push(`${title(manifest)}: Secret ${name} has no declared key ${key}`);
      }
    }
  }
  return problems;
}
