import { expect, test } from "vitest";
import { findHelm } from "../../../deploy/helm/find-helm.ts";
import { describeWith } from "../../support/describe-with.ts";
import { examples, findProblems, locateValues } from "./check-chart.ts";
import { findPodProblems } from "./check-pods.ts";
import { findUnknownFields } from "./check-schemas.ts";
import { changeChart, readValues, renderChart } from "./render-chart.ts";

// The checks of chart.test.ts, each against a copy of the chart that it has to refuse.

describeWith("Helm 4 (npm run setup)", await findHelm(), (helm) => {
  test.each([
    // What it breaks, where, and what has to say so.
    [
      "a type",
      "templates/receiver-deployment.yaml",
      "replicas: {{ .Values.receiver.replicas }}",
      "replicas: two",
      "replicas",
    ],
    [
      "a port's name",
      "templates/receiver-deployment.yaml",
      "{ name: http, containerPort: 4319 }",
      "{ name: [], containerPort: 4319 }",
      "name",
    ],
    [
      "an HTTPRoute's type of match",
      "templates/httproute.yaml",
      "PathPrefix",
      "Prefixed",
      "HTTPRoute numbers-receiver",
    ],
    [
      "a ServiceMonitor's interval",
      "templates/monitoring.yaml",
      "interval: {{ $monitor.interval }}",
      "interval: often",
      "ServiceMonitor",
    ],
    ["an alert's wait", "files/alerts.yaml", "for: 2m", "for: two minutes", "PrometheusRule"],
    [
      "a Deployment's selector",
      "templates/receiver-deployment.yaml",
      'matchLabels: {{ include "spanledger.selectorLabels" $names | nindent 6 }}',
      "matchLabels: { app: receiver }",
      "selects the pods of 0 workloads",
    ],
    [
      "a Service's selector",
      "templates/receiver-service.yaml",
      'include "spanledger.selectorLabels" $names',
      'include "spanledger.selectorLabels" (dict "root" $ "component" "web")',
      "selects the pods of 0 workloads",
    ],
    [
      "a Service's port",
      "templates/receiver-service.yaml",
      "targetPort: http",
      "targetPort: web",
      "port web is not a port of the containers",
    ],
    [
      "a port's number",
      "templates/collector-statefulset.yaml",
      "containerPort: 8888",
      "containerPort: 8889",
      "port 8888 is not a port of the containers",
    ],
    [
      "a probe's port",
      "templates/receiver-deployment.yaml",
      "path: /readyz, port: http",
      "path: /readyz, port: web",
      "port web is not one of its container",
    ],
    [
      "a policy's port",
      "templates/network-policies.yaml",
      "port: 4319",
      "port: 4318",
      "port 4318 is not a port of the containers",
    ],
    [
      "an entrance's port",
      "templates/ingress.yaml",
      "port: { name: http }",
      "port: { name: web }",
      "port web is not one of Service",
    ],
    [
      "a route's Service",
      "templates/httproute.yaml",
      "-receiver, port: 4319",
      "-web, port: 4319",
      "port 4319 is not one of Service numbers-web",
    ],
    [
      "a monitor's port",
      "templates/monitoring.yaml",
      "port: metrics",
      "port: prometheus",
      "port prometheus is not a port of a Service",
    ],
    [
      "an autoscaler's target",
      "templates/receiver-autoscaler.yaml",
      'name: {{ include "spanledger.fullname" $ }}-receiver }',
      "name: receiver }",
      "there is no Deployment receiver",
    ],
    [
      "replicas beside an autoscaler",
      "templates/receiver-deployment.yaml",
      "{{- if not .Values.receiver.autoscaling.enabled }}",
      "{{- if true }}",
      "sets replicas as well",
    ],
    [
      "the Collector's receiver",
      "templates/collector-statefulset.yaml",
      "-receiver:4319",
      "-receivers:4319",
      "is not a Service of this release",
    ],
    [
      "a headless Service",
      "templates/collector-services.yaml",
      "clusterIP: None",
      "type: ClusterIP",
      "is not a headless Service",
    ],
    [
      "a variable of the receiver",
      "templates/receiver-deployment.yaml",
      "name: SPANLEDGER_CONFIG",
      "name: SPANLEDGER_CONFIGURATION",
      "nothing reads the variable SPANLEDGER_CONFIGURATION",
    ],
    [
      "a variable of the migration",
      "templates/migrate-job.yaml",
      "MIGRATION_DATABASE_URL",
      "MIGRATIONS_DATABASE_URL",
      "nothing reads the variable MIGRATIONS_DATABASE_URL",
    ],
    [
      "a variable of the Collector",
      "templates/collector-statefulset.yaml",
      "SPANLEDGER_QUEUE_BYTES",
      "SPANLEDGER_QUEUE_SIZE",
      "nothing reads the variable SPANLEDGER_QUEUE_SIZE",
    ],
    [
      "a Secret's key",
      "templates/_helpers.tpl",
      "key: {{ .secret.key | quote }}",
      "key: url",
      "has no declared key url",
    ],
    [
      "a Secret of the monitor",
      "templates/monitoring.yaml",
      "credentials: { name: {{ .name | quote }}",
      "credentials: { name: metrics",
      "Secret metrics has no declared key",
    ],
    [
      "a Secret of the products",
      "templates/collector-statefulset.yaml",
      "secretName: {{ .name | quote }}",
      "secretName: users",
      "users has no declared key htpasswd",
    ],
    [
      "a ConfigMap's key",
      "templates/receiver-config.yaml",
      "spanledger.config.mts",
      "spanledger.config.ts",
      "has no declared key spanledger.config.mts",
    ],
    [
      "a volume",
      "templates/collector-statefulset.yaml",
      "{ name: queue, mountPath",
      "{ name: queues, mountPath",
      "there is no volume queues",
    ],
    ["the user", "templates/_helpers.tpl", "runAsUser: {{ .user }}", "runAsUser: 0", "may run as root"],
    [
      "the root folder",
      "templates/_helpers.tpl",
      "readOnlyRootFilesystem: true",
      "readOnlyRootFilesystem: false",
      "may write to its image",
    ],
    [
      "the end of a pod",
      "templates/receiver-deployment.yaml",
      "add .Values.receiver.preStopSeconds 35",
      "add .Values.receiver.preStopSeconds 5",
      "is ended before its requests are answered",
    ],
    [
      "the Job's name",
      "templates/migrate-job.yaml",
      "-migrate-{{ .Release.Revision }}",
      "-migrate",
      "is not named by the revision",
    ],
  ])("the checks find %s that is wrong", async (_, file, from, to, complaint) => {
    const chart = await changeChart(file, from, to);
    const found = await Promise.all(
      examples.map(async (example) => {
        const values = locateValues(example);
        return findProblems(await renderChart(helm(), { chart, values }), await readValues(values));
      }),
    );
    expect(found.flat().join("\n")).toContain(complaint);
  });

  test.each([
    ["templates/receiver-deployment.yaml", "readOnly: true", "readonly: true", '"readonly"'],
    [
      "templates/collector-statefulset.yaml",
      "podManagementPolicy: Parallel",
      "podManagementPolicy: parallel",
      '"parallel"',
    ],
    [
      "templates/disruption-budgets.yaml",
      "unhealthyPodEvictionPolicy",
      "unhealthyEvictionPolicy",
      '"unhealthyEvictionPolicy"',
    ],
    ["templates/monitoring.yaml", "authorization:", "authorisation:", '"authorisation"'],
    ["templates/httproute.yaml", "backendRefs:", "backends:", '"backends"'],
    ["files/alerts.yaml", "annotations:", "annotation:", '"annotation"'],
  ])("the types find a field of %s that no API knows: %s written %s", async (file, from, to, complaint) => {
    const chart = await changeChart(file, from, to);
    const rendered = await Promise.all(
      examples.map((example) => renderChart(helm(), { chart, values: locateValues(example) })),
    );
    expect((await findUnknownFields(rendered.flat())).join("\n")).toContain(complaint);
  });

  test("a hook names nothing of its own release, unless that is a hook of lower weight", async () => {
    const chart = await changeChart(
      "templates/migrate-job.yaml",
      "restartPolicy: Never",
      'restartPolicy: Never\n      volumes: [{ name: c, configMap: { name: {{ include "spanledger.fullname" . }}-collector } }]',
    );
    const manifests = await renderChart(helm(), { chart });
    expect(findPodProblems(manifests)).toEqual(["Job spanledger-migrate-1: runs before spanledger-collector is there"]);
    const config = manifests.find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "spanledger-collector",
    );
    const weigh = (weight: string) =>
      manifests.map((each) =>
        each === config
          ? {
              ...each,
              metadata: {
                ...each.metadata,
                annotations: { "helm.sh/hook": "pre-install", "helm.sh/hook-weight": weight },
              },
            }
          : each,
      );
    expect(findPodProblems(weigh("-1"))).toEqual([]);
    expect(findPodProblems(weigh("0"))).toHaveLength(1);
  });
});
