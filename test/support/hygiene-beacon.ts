// A labelled repository written before the rules had run on it: a platform of Terraform, Helm charts, Kustomize and a Lambda.
import type { Labelled } from './hygiene-repo.ts';

export const BEACON: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': 'dddddddddddddddddddddddddddddddddddddddd\n',
  '.github/CODEOWNERS': '/terraform/ @beacon/platform\n/charts/    @beacon/platform @beacon/delivery\n',
  '.github/workflows/drift.yml':
    'name: drift\non:\n  schedule:\n    - cron: "30 5 * * 1-5"\njobs:\n  drift:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make drift ENV=prod\n',
  '.github/workflows/plan.yml': `name: plan\non:\n  pull_request:\n    paths: [terraform/**]\npermissions:\n  id-token: write\n  pull-requests: write\njobs:\n  fmt:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: hashicorp/setup-terraform@v3\n        with:\n          terraform_version: 1.9.8\n      - run: terraform fmt -check -recursive\n  plan:\n    needs: fmt\n    runs-on: ubuntu-24.04\n    timeout-minutes: 20\n    strategy:\n      matrix:\n        env: [dev, staging, prod]\n    steps:\n      - run: make plan ENV=\${{ matrix.env }}\n  trivy:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: aquasecurity/trivy-action@0.28.0\n        with:\n          scan-type: config\n          severity: HIGH,CRITICAL\n`,
  '.pre-commit-config.yaml':
    'repos:\n  - repo: https://github.com/antonbabenko/pre-commit-terraform\n    rev: v1.96.1\n    hooks:\n      - id: terraform_fmt\n      - id: terraform_docs\n  - repo: https://github.com/gitleaks/gitleaks\n    rev: v8.21.1\n    hooks:\n      - id: gitleaks\n',
  '.sops.yaml':
    'creation_rules:\n  - path_regex: secrets/.*\\.enc\\.yaml\n    kms: arn:aws:kms:eu-west-1:111122223333:alias/beacon-sops\n',
  '.tflint.hcl':
    'plugin "aws" {\n  enabled = true\n  version = "0.34.0"\n  source  = "github.com/terraform-linters/tflint-ruleset-aws"\n}\n\nrule "terraform_unused_declarations" {\n  enabled = true\n}\n',
  '.tool-versions': 'terraform 1.9.8\nhelm 3.16.2\nkubectl 1.31.1\ntflint 0.53.0\nsops 3.9.1\n',
  Makefile:
    'ENV ?= dev\nTF = terraform -chdir=terraform/envs/$(ENV)\n\n.PHONY: init plan apply fmt lint charts kubeconfig seal drift\n\ninit:\n\t$(TF) init -backend-config=backend.hcl\n\nplan: init\n\t$(TF) plan -out=tfplan\n\napply:\n\t$(TF) apply tfplan\n\nfmt:\n\tterraform fmt -recursive terraform\n\nlint: fmt\n\ttflint --recursive\n\thelm lint charts/*\n\tkubeconform -strict k8s\n\ncharts:\n\thelm dependency update charts/gateway\n\nkubeconfig:\n\t./scripts/kubeconfig.sh --env $(ENV)\n\nseal:\n\tsops --encrypt --in-place secrets/$(ENV).enc.yaml\n\ndrift:\n\t$(TF) plan -detailed-exitcode -lock=false\n',
  'README.md': '# Platform\n\nTerraform for AWS, Helm charts, and what Argo CD deploys.\n',
  'renovate.json':
    '{\n  "extends": ["config:recommended"],\n  "schedule": ["before 6am on monday"],\n  "packageRules": [{ "matchManagers": ["terraform"], "groupName": "terraform providers", "automerge": false }]\n}\n',
  'argocd/gateway.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: gateway\n  namespace: argocd\nspec:\n  project: platform\n  source:\n    repoURL: https://github.com/beacon/platform\n    path: charts/gateway\n    targetRevision: main\n    helm:\n      valueFiles: [values.yaml, values-prod.yaml]\n  syncPolicy:\n    automated:\n      prune: true\n      selfHeal: false\n',
  'charts/gateway/Chart.yaml':
    'apiVersion: v2\nname: gateway\nversion: 0.14.2\nappVersion: "2.8.0"\ndependencies:\n  - name: redis\n    version: 20.2.1\n    repository: oci://registry-1.docker.io/bitnamicharts\n    condition: redis.enabled\n',
  'charts/gateway/templates/_helpers.tpl':
    '{{- define "gateway.fullname" -}}\n{{ .Release.Name }}-gateway\n{{- end -}}\n',
  'charts/gateway/templates/deployment.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include "gateway.fullname" . }}\nspec:\n  replicas: {{ .Values.replicaCount }}\n  template:\n    spec:\n      serviceAccountName: gateway\n      terminationGracePeriodSeconds: 45\n      containers:\n        - name: gateway\n          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n          envFrom:\n            - secretRef:\n                name: gateway-upstream\n',
  'charts/gateway/templates/hpa.yaml':
    '{{- if .Values.autoscaling.enabled }}\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: {{ include "gateway.fullname" . }}\n{{- end }}\n',
  'charts/gateway/values-prod.yaml':
    'replicaCount: 4\nautoscaling:\n  minReplicas: 4\n  maxReplicas: 24\ningress:\n  className: nginx\n  host: gw.beacon.example\nredis:\n  enabled: false\nenv:\n  RATE_LIMIT_RPS: "200"\n',
  'charts/gateway/values.yaml':
    'image:\n  repository: ghcr.io/beacon/gateway\n  tag: 2.8.0\n  pullPolicy: IfNotPresent\nreplicaCount: 2\nservice:\n  type: ClusterIP\n  port: 80\n  targetPort: 8443\nmetrics:\n  port: 9464\nresources:\n  requests:\n    cpu: 250m\n    memory: 384Mi\n  limits:\n    memory: 768Mi\nautoscaling:\n  enabled: true\n  minReplicas: 2\n  maxReplicas: 8\n  targetCPUUtilizationPercentage: 70\nlivenessProbe:\n  path: /-/alive\n  periodSeconds: 15\nreadinessProbe:\n  path: /-/ready\n  initialDelaySeconds: 5\ningress:\n  className: nginx\n  host: gw.dev.beacon.example\nredis:\n  enabled: true\nenv:\n  LOG_FORMAT: json\n  UPSTREAM_TIMEOUT: 12s\n  RATE_LIMIT_RPS: "40"\n',
  'docker/tools/Dockerfile':
    'FROM alpine:3.20 AS fetch\nRUN apk add --no-cache curl\nRUN curl -fsSLo /usr/local/bin/kubectl https://dl.k8s.io/v1.31.1/bin/linux/arm64/kubectl\n\nFROM golang:1.23-alpine AS build\nWORKDIR /src\nRUN go install github.com/mikefarah/yq/v4@v4.44.3\n\nFROM gcr.io/distroless/static-debian12:nonroot AS runtime\nCOPY --from=fetch /usr/local/bin/kubectl /bin/kubectl\nCOPY --from=build /go/bin/yq /bin/yq\nENTRYPOINT ["/bin/backup"]\n',
  'docs/runbooks/failover.md': '# Failover\n\nPromote the reader, then point the CNAME.\n',
  'docs/runbooks/rotate-secrets.md': '# Rotate secrets\n\nUse `make seal`.\n',
  'k8s/base/backup-cronjob.yaml':
    'apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: etcd-backup\n  namespace: platform\nspec:\n  schedule: "15 2 * * *"\n  concurrencyPolicy: Forbid\n  successfulJobsHistoryLimit: 3\n  jobTemplate:\n    spec:\n      backoffLimit: 1\n      template:\n        spec:\n          containers:\n            - name: backup\n              image: ghcr.io/beacon/tools:1.6.0\n              args: ["--keep", "21", "--compress"]\n          restartPolicy: Never\n',
  'k8s/base/kustomization.yaml':
    'resources:\n  - namespace.yaml\n  - networkpolicy.yaml\n  - backup-cronjob.yaml\n  - priorityclass.yaml\n',
  'k8s/base/namespace.yaml':
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: platform\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n',
  'k8s/base/networkpolicy.yaml':
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny\n  namespace: platform\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n',
  'k8s/base/priorityclass.yaml':
    'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: platform-critical\nvalue: 100000\n',
  'k8s/overlays/prod/kustomization.yaml':
    'resources: [../../base]\nimages:\n  - name: ghcr.io/beacon/tools\n    newTag: 1.6.0\n',
  'k8s/overlays/staging/kustomization.yaml': 'resources: [../../base]\nnamePrefix: stg-\n',
  'lambda/rotate_keys/handler.py':
    'import os\n\nimport boto3\n\nMAX_KEY_AGE_DAYS = 60\nDRY_RUN = os.environ.get("ROTATE_DRY_RUN", "true") == "true"\n\n\nclass KeyTooYoung(Exception):\n    pass\n\n\ndef handler(event, context):\n    client = boto3.client("iam")\n    for name in list_users(client):\n        rotate(client, name)\n\n\ndef list_users(client):\n    return []\n\n\ndef rotate(client, user):\n    if DRY_RUN:\n        return\n    topic = os.environ["ALERT_TOPIC_ARN"]\n',
  'lambda/rotate_keys/requirements.txt': 'boto3==1.35.49\naws-lambda-powertools==3.2.0\n',
  'lambda/rotate_keys/test_handler.py': 'from handler import rotate\n\n\ndef test_dry_run_changes_nothing(): ...\n',
  'monitoring/dashboards/gateway.json': '{ "title": "Gateway", "uid": "gw-main", "refresh": "1m" }\n',
  'monitoring/rules/gateway.yaml':
    'groups:\n  - name: gateway\n    interval: 30s\n    rules:\n      - alert: GatewayHighErrorRate\n        expr: sum(rate(gateway_requests_total{code=~"5.."}[5m])) / sum(rate(gateway_requests_total[5m])) > 0.02\n        for: 10m\n        labels:\n          severity: page\n      - alert: GatewayLatencyP99\n        expr: histogram_quantile(0.99, rate(gateway_duration_seconds_bucket[5m])) > 1.5\n        for: 15m\n        labels:\n          severity: ticket\n',
  'scripts/drain-node.sh': `#!/usr/bin/env bash\nset -euo pipefail\nkubectl drain "$1" --ignore-daemonsets --delete-emptydir-data --timeout="\${DRAIN_TIMEOUT:-600s}"\n`,
  'scripts/kubeconfig.sh':
    '#!/usr/bin/env bash\nset -euo pipefail\nwhile [[ $# -gt 0 ]]; do\n  case "$1" in\n    --env) env="$2"; shift 2 ;;\n    --role) role="$2"; shift 2 ;;\n    *) echo "usage: kubeconfig.sh --env ENV [--role ROLE]" >&2; exit 64 ;;\n  esac\ndone\naws eks update-kubeconfig --name "beacon-$env" --alias "$env"\n',
  'secrets/dev.enc.yaml': 'grafana_admin: ENC[AES256_GCM,data:xx]\nsops:\n    version: 3.9.1\n',
  'secrets/prod.enc.yaml': 'grafana_admin: ENC[AES256_GCM,data:yy]\nsops:\n    version: 3.9.1\n',
  'terraform/envs/dev/backend.hcl':
    'bucket         = "beacon-tfstate-dev"\nkey            = "platform.tfstate"\nregion         = "eu-west-1"\ndynamodb_table = "beacon-tflock"\nencrypt        = true\n',
  'terraform/envs/dev/main.tf':
    'terraform {\n  required_version = "~> 1.9.0"\n  backend "s3" {}\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 5.72"\n    }\n    cloudflare = {\n      source  = "cloudflare/cloudflare"\n      version = "~> 4.44"\n    }\n  }\n}\n\nprovider "aws" {\n  region = "eu-west-1"\n}\n\nmodule "network" {\n  source     = "../../modules/network"\n  cidr       = "10.40.0.0/16"\n  azs        = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]\n  single_nat = true\n}\n\nmodule "cluster" {\n  source = "../../modules/cluster"\n  name   = "beacon-dev"\n}\n',
  'terraform/envs/prod/backend.hcl':
    'bucket         = "beacon-tfstate-prod"\nkey            = "platform.tfstate"\nregion         = "eu-west-1"\ndynamodb_table = "beacon-tflock"\nencrypt        = true\n',
  'terraform/envs/prod/main.tf':
    'terraform {\n  required_version = "~> 1.9.0"\n  backend "s3" {}\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 5.72"\n    }\n    cloudflare = {\n      source  = "cloudflare/cloudflare"\n      version = "~> 4.44"\n    }\n  }\n}\n\nprovider "aws" {\n  region = "eu-central-1"\n}\n\nmodule "network" {\n  source     = "../../modules/network"\n  cidr       = "10.50.0.0/16"\n  azs        = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]\n  single_nat = false\n}\n\nmodule "cluster" {\n  source = "../../modules/cluster"\n  name   = "beacon-prod"\n}\n',
  'terraform/envs/staging/backend.hcl':
    'bucket         = "beacon-tfstate-staging"\nkey            = "platform.tfstate"\nregion         = "eu-west-1"\ndynamodb_table = "beacon-tflock"\nencrypt        = true\n',
  'terraform/envs/staging/main.tf':
    'terraform {\n  required_version = "~> 1.9.0"\n  backend "s3" {}\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 5.72"\n    }\n    cloudflare = {\n      source  = "cloudflare/cloudflare"\n      version = "~> 4.44"\n    }\n  }\n}\n\nprovider "aws" {\n  region = "eu-west-1"\n}\n\nmodule "network" {\n  source     = "../../modules/network"\n  cidr       = "10.41.0.0/16"\n  azs        = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]\n  single_nat = true\n}\n\nmodule "cluster" {\n  source = "../../modules/cluster"\n  name   = "beacon-staging"\n}\n',
  'terraform/modules/cluster/main.tf':
    'module "eks" {\n  source          = "terraform-aws-modules/eks/aws"\n  version         = "20.26.0"\n  cluster_name    = var.name\n  cluster_version = var.kubernetes_version\n\n  eks_managed_node_groups = {\n    general = {\n      instance_types = ["m7g.large"]\n      ami_type       = "AL2023_ARM_64_STANDARD"\n      min_size       = 3\n      max_size       = 12\n    }\n    batch = {\n      instance_types = ["c7g.xlarge"]\n      capacity_type  = "SPOT"\n      min_size       = 0\n      max_size       = 20\n    }\n  }\n}\n\nresource "aws_kms_key" "sops" {\n  description             = "sops"\n  deletion_window_in_days = 30\n}\n',
  'terraform/modules/cluster/variables.tf':
    'variable "name" {\n  type = string\n}\n\nvariable "kubernetes_version" {\n  type    = string\n  default = "1.31"\n}\n',
  'terraform/modules/database/main.tf':
    'resource "aws_rds_cluster" "main" {\n  engine                  = "aurora-postgresql"\n  engine_version          = "16.4"\n  backup_retention_period = 14\n  deletion_protection     = true\n}\n\nresource "random_password" "db" {\n  length  = 40\n  special = false\n}\n',
  'terraform/modules/network/main.tf':
    'resource "aws_vpc" "this" {\n  cidr_block           = var.cidr\n  enable_dns_hostnames = true\n}\n\nresource "aws_subnet" "private" {\n  for_each          = toset(var.azs)\n  vpc_id            = aws_vpc.this.id\n  availability_zone = each.value\n}\n\nresource "aws_nat_gateway" "this" {\n  count = var.single_nat ? 1 : length(var.azs)\n}\n',
  'terraform/modules/network/outputs.tf':
    'output "vpc_id" {\n  value = aws_vpc.this.id\n}\n\noutput "private_subnet_ids" {\n  value = [for s in aws_subnet.private : s.id]\n}\n',
  'terraform/modules/network/variables.tf':
    'variable "cidr" {\n  type    = string\n  default = "10.40.0.0/16"\n}\n\nvariable "azs" {\n  type = list(string)\n}\n\nvariable "single_nat" {\n  type    = bool\n  default = true\n}\n',
};

export const BEACON_LINES: readonly Labelled[] = [
  // Layout and what is used.
  ['This repo is the platform: Terraform for AWS, Helm charts, Argo CD apps.', 'true'],
  ['Environments live under terraform/envs (dev, staging, prod); shared code is in terraform/modules.', 'true'],
  ["There's also a terraform/envs/sandbox for experiments.", 'stale'],
  ['The redis module (terraform/modules/redis) is shared by dev and prod.', 'stale'],
  ['Three modules: network, cluster and database.', 'true'],
  ['Secrets are encrypted with sops + KMS, not with sealed-secrets.', 'true'],
  ['Secrets are sealed with kubeseal before they are committed.', 'stale'],
  ['We use Terragrunt to keep the envs DRY.', 'stale'],
  ['helmfile drives the chart releases, see helmfile.yaml.', 'stale'],
  ['Deploys happen through Argo CD, which follows main.', 'true'],
  ['Flux reconciles the cluster from this repo.', 'stale'],
  ['Argo prunes automatically but self-heal is off on purpose.', 'true'],
  ['argocd: automated sync has selfHeal: true', 'stale'],
  ['Application manifests are in argocd/apps/.', 'stale'],
  ['Kustomize overlays exist for staging and prod, both on top of k8s/base.', 'true'],
  ['k8s/overlays/dev patches the network policy.', 'stale'],
  // Versions.
  ['Terraform is pinned to 1.9.x (1.9.8 in .tool-versions).', 'true'],
  ['Stick to Terraform 1.7, newer ones break the state.', 'stale'],
  ['AWS provider ~> 5.72, Cloudflare provider 4.x.', 'true'],
  ['The aws provider is still on v4.', 'stale'],
  ['EKS runs Kubernetes 1.31.', 'true'],
  ['cluster is on k8s 1.29', 'stale'],
  ['eks module from the registry, version 20.26.0', 'true'],
  ['The eks module is at 19.21.', 'stale'],
  ["Helm 3.16, kubectl 1.31, as asdf's file says.", 'true'],
  ['Aurora Postgres 15.3 is the main database.', 'stale'],
  ['Aurora is on postgres 16.4 with deletion protection.', 'true'],
  ['tools image is ghcr.io/beacon/tools:1.5.2', 'stale'],
  ['gateway chart 0.14.2 ships app 2.8.0', 'true'],
  ['Latest gateway image tag in values.yaml: 2.7.3.', 'stale'],
  // Commands.
  ['`make plan ENV=prod` then `make apply ENV=prod`; ENV defaults to dev.', 'true'],
  ['`make destroy` tears an env down.', 'stale'],
  ['Before pushing run `make validate`.', 'stale'],
  ['`make lint` runs tflint, helm lint and kubeconform.', 'true'],
  ['make lint also runs checkov over the modules', 'stale'],
  ['Encrypt with `make seal ENV=prod` after editing a secret.', 'true'],
  ['`make tunnel` opens the bastion.', 'stale'],
  ['scripts/kubeconfig.sh takes --env and an optional --role.', 'true'],
  ['Call scripts/kubeconfig.sh with --profile to pick another account.', 'stale'],
  ['Draining a node: scripts/drain-node.sh NODE, waits DRAIN_TIMEOUT (600s by default).', 'true'],
  ['DRAIN_TIMEOUT defaults to 5 minutes in drain-node.sh', 'stale'],
  ['To rotate certs call scripts/rotate-certs.sh.', 'stale'],
  // Values.
  ['In prod the gateway scales between 4 and 24 pods, in dev 2 to 8.', 'true'],
  ['prod maxReplicas for the gateway is 16 (values-prod.yaml)', 'stale'],
  ['CPU target of the HPA: 70%.', 'true'],
  ['The HPA kicks in at 80% CPU (targetCPUUtilizationPercentage).', 'stale'],
  ['Gateway: requests 250m / 384Mi, limited to 768Mi, no cpu limit.', 'true'],
  ['Memory limit of the gateway is 512Mi.', 'stale'],
  ['Container listens on 8443, service on 80, metrics on 9464.', 'true'],
  ['metrics are scraped from port 9090', 'stale'],
  ['targetPort is 8080', 'stale'],
  ['Liveness is /-/alive, readiness /-/ready.', 'true'],
  ['kubelet checks /healthz for liveness', 'stale'],
  ['RATE_LIMIT_RPS: 40 by default, 200 in prod.', 'true'],
  ['RATE_LIMIT_RPS is 100 in production.', 'stale'],
  ['UPSTREAM_TIMEOUT is 30s.', 'stale'],
  ["GATEWAY_JWT_ISSUER has to be set in the chart's env section.", 'stale'],
  ['Redis comes as a subchart and is disabled in prod.', 'true'],
  ['redis subchart is at 18.x', 'stale'],
  ['Ingress class is nginx.', 'true'],
  ['ingress goes through traefik', 'stale'],
  ['Pods get 45s to terminate.', 'true'],
  // Terraform details.
  ['Only prod has a NAT gateway per AZ; the rest set single_nat = true.', 'true'],
  ['`single_nat` is false by default.', 'stale'],
  ['prod is in eu-central-1, everything else in eu-west-1.', 'true'],
  ['prod runs in us-east-1', 'stale'],
  ['VPC CIDRs: 10.40/16 dev, 10.41/16 staging, 10.50/16 prod.', 'true'],
  ['The prod VPC is 10.60.0.0/16.', 'stale'],
  ['State: bucket beacon-tfstate-<env>, lock table beacon-tflock.', 'true'],
  ['State locking uses the dynamodb table terraform-locks.', 'stale'],
  ['Node groups: general (m7g.large) and batch (spot, c7g.xlarge).', 'true'],
  ['The gpu node group has g5.xlarge instances.', 'stale'],
  ['general nodes are m6i.large', 'stale'],
  ['The batch group scales from zero to 20 nodes.', 'true'],
  ['network module outputs vpc_id and private_subnet_ids.', 'true'],
  ['Use module.network.public_subnet_ids for load balancers.', 'stale'],
  ['Automated DB backups are kept two weeks (backup_retention_period).', 'true'],
  ['backup_retention_period is 7 days', 'stale'],
  ['var.enable_flow_logs turns on VPC flow logs in the network module.', 'stale'],
  ['KMS key deletion window is 30 days.', 'true'],
  // Jobs, CI, monitoring.
  ['etcd-backup runs every night at 02:15 and keeps 21 copies.', 'true'],
  ['The backup cron job runs hourly.', 'stale'],
  ['The cleanup-pvc CronJob deletes orphaned volumes.', 'stale'],
  ['Concurrency of the backup job is Forbid.', 'true'],
  ['PR checks: fmt, plan for each env, trivy (HIGH and CRITICAL).', 'true'],
  ['The infracost job comments the price on PRs.', 'stale'],
  ['plan job has a timeout of 45 minutes', 'stale'],
  ['Drift detection: weekdays 05:30, .github/workflows/drift.yml, prod only.', 'true'],
  ['.github/workflows/release-charts.yml pushes charts to ghcr.', 'stale'],
  ['Runners are ubuntu-24.04.', 'true'],
  ['CI uses self-hosted runners.', 'stale'],
  ['gitleaks runs as a pre-commit hook.', 'true'],
  ['pre-commit also has a shellcheck hook', 'stale'],
  ['Alert GatewayHighErrorRate pages when more than 2 % of requests fail for 10 minutes.', 'true'],
  ['GatewayDown pages on-call immediately.', 'stale'],
  ['GatewayLatencyP99 only opens a ticket.', 'true'],
  ['The Grafana dashboard has uid gw-main.', 'true'],
  ['The dashboard JSON is monitoring/grafana/gateway.json.', 'stale'],
  ['tools image: distroless, runs as nonroot; stages fetch, build, runtime.', 'true'],
  ['The Dockerfile of the tools image has a `test` stage.', 'stale'],
  ['docker/tools is based on debian bookworm-slim.', 'stale'],
  // Lambda.
  ['rotate_keys lambda rotates IAM keys older than 60 days (MAX_KEY_AGE_DAYS).', 'true'],
  ['MAX_KEY_AGE_DAYS = 90', 'stale'],
  ['It only pretends unless ROTATE_DRY_RUN is "false".', 'true'],
  ['ALERT_TOPIC_ARN tells the lambda where to complain.', 'true'],
  ['SLACK_WEBHOOK_URL tells the lambda where to complain.', 'stale'],
  ['`KeyNotFound` is raised when a user has no key.', 'stale'],
  ['lambda/purge_logs trims CloudWatch.', 'stale'],
  ['boto3 1.35 is pinned for the lambda.', 'true'],
  // Said otherwise, several at once, negated, planned.
  ['No more Terragrunt, plain terraform with per-env folders.', 'true'],
  ['No Makefile here, everything is a GitHub workflow.', 'stale'],
  ['We do not use Istio or Linkerd.', 'true'],
  ['Nothing runs on spot instances.', 'stale'],
  ['gateway values: port 80, targetPort 8443, metrics 9100', 'stale'],
  ['Runbooks: docs/runbooks/failover.md, docs/runbooks/restore-db.md', 'stale'],
  ['fyi runbook for failover is docs/runbooks/failover.md (rotate-secrets.md is next to it)', 'true'],
  ['Thinking about moving to Karpenter once the node groups get too rigid.', 'unknown'],
  ['TODO: add a WAF in front of the ingress.', 'unknown'],
  ['Maybe we should split the gateway chart.', 'unknown'],
  ['Lars wants to be asked before anything in prod is applied.', 'unknown'],
  ['AWS bill review is every first Thursday.', 'unknown'],
  ['Never apply on Fridays.', 'unknown'],
  ['Staging may be broken at any time, nobody minds.', 'unknown'],
  ['The user prefers a plan pasted into the chat over a summary.', 'unknown'],
  ['On-call phone number is in the wiki.', 'unknown'],
  ['Argo CD UI: https://argo.beacon.example (SSO).', 'unknown'],
];
