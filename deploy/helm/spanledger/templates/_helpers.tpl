{{/* The start of every name. With its longest ending it fits into a label of 63 letters. */}}
{{- define "spanledger.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Labels by which pods are selected: never changed, because a Deployment's selector cannot be. */}}
{{- define "spanledger.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "spanledger.labels" -}}
{{ include "spanledger.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "spanledger.image" -}}
{{- if .image.digest }}{{ .image.repository }}@{{ .image.digest }}
{{- else }}{{ .image.repository }}:{{ .image.tag | default .version }}{{ end }}
{{- end }}

{{/* What the image is told to do. Without arguments it starts the receiver. */}}
{{- define "spanledger.migrateArguments" -}}
[migrate]
{{- end }}

{{/* A variable from an existing Secret; nothing if the Secret has no name. */}}
{{- define "spanledger.secretVariable" -}}
{{- if .secret.name -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef: { name: {{ .secret.name | quote }}, key: {{ .secret.key | quote }} }
{{- end }}
{{- end }}

{{/* The ConfigMap with events and metrics of the product's own, and its key; nothing if there is none. */}}
{{- define "spanledger.config" -}}
{{- if .Values.receiver.existingConfig.name }}
{{- toYaml .Values.receiver.existingConfig }}
{{- else if .Values.receiver.config }}
{{- dict "name" (printf "%s-config" (include "spanledger.fullname" .)) "key" "spanledger.config.mts" | toYaml }}
{{- end }}
{{- end }}

{{/* Of every pod. The service links would set variables that begin with the names of services. */}}
{{- define "spanledger.podSpec" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.serviceAccountName }}
serviceAccountName: {{ . | quote }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* Of pods that are there all the time: spread over the nodes, placed as the values say. */}}
{{- define "spanledger.placement" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "spanledger.selectorLabels" . | nindent 8 }}
{{- with .values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Of every container. */}}
{{- define "spanledger.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* In a pod, /metrics asks for METRICS_TOKEN, and is closed without one. An entrance and a scraper need it open to them. */}}
{{- define "spanledger.requireMetricsToken" -}}
{{- if not .Values.secrets.METRICS_TOKEN.name -}}
{{- fail "ingress, httpRoute and monitoring.serviceMonitor lead to /metrics, which is closed without a token: name a Secret in secrets.METRICS_TOKEN.name, with a token of at least 16 letters under its key" -}}
{{- end -}}
{{- end }}
