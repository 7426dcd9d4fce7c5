//! Every key in deploy/ is one that whoever reads the file knows. Some of them refuse a misspelt
//! key and others overlook it; here it is noticed before either.

use crate::yaml;
use serde_json::Value;
use std::collections::BTreeSet;

/// The keys that we use of the Compose Specification, below each other by dots. `*` is a name of
/// ours; lists are looked through.
const COMPOSE: &[&str] = &[
    "name",
    "services.*.build.context",
    "services.*.build.dockerfile",
    "services.*.cap_drop",
    "services.*.command",
    "services.*.depends_on.*.condition",
    "services.*.environment.*",
    "services.*.healthcheck.disable",
    "services.*.healthcheck.interval",
    "services.*.healthcheck.retries",
    "services.*.healthcheck.test",
    "services.*.healthcheck.timeout",
    "services.*.image",
    "services.*.ports",
    "services.*.profiles",
    "services.*.read_only",
    "services.*.restart",
    "services.*.security_opt",
    "services.*.stop_grace_period",
    "services.*.volumes",
    "volumes.*",
];

/// Of Render's Blueprint specification.
const RENDER: &[&str] = &[
    "databases.databaseName",
    "databases.ipAllowList",
    "databases.name",
    "databases.plan",
    "databases.user",
    "services.dockerCommand",
    "services.dockerContext",
    "services.dockerfilePath",
    "services.envVars.fromDatabase.name",
    "services.envVars.fromDatabase.property",
    "services.envVars.generateValue",
    "services.envVars.key",
    "services.envVars.value",
    "services.healthCheckPath",
    "services.maxShutdownDelaySeconds",
    "services.name",
    "services.numInstances",
    "services.plan",
    "services.runtime",
    "services.type",
];

/// Of GitHub's workflow syntax.
const WORKFLOW: &[&str] = &[
    "concurrency.group",
    "jobs.*.runs-on",
    "jobs.*.steps.env.*",
    "jobs.*.steps.id",
    "jobs.*.steps.if",
    "jobs.*.steps.name",
    "jobs.*.steps.run",
    "jobs.*.steps.uses",
    "jobs.*.steps.with.*",
    "jobs.*.timeout-minutes",
    "name",
    "on.schedule.cron",
    "on.workflow_dispatch",
    "permissions.contents",
];

/// Of a Deployment in Kubernetes' `apps/v1`.
const DEPLOYMENT: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata.labels.*",
    "metadata.name",
    "spec.replicas",
    "spec.selector.matchLabels.*",
    "spec.strategy.rollingUpdate.maxSurge",
    "spec.strategy.rollingUpdate.maxUnavailable",
    "spec.template.metadata.labels.*",
];

/// Of its `spec.template.spec`.
const POD: &[&str] = &[
    "automountServiceAccountToken",
    "containers.command",
    "containers.env.name",
    "containers.env.value",
    "containers.env.valueFrom.secretKeyRef.key",
    "containers.env.valueFrom.secretKeyRef.name",
    "containers.env.valueFrom.secretKeyRef.optional",
    "containers.image",
    "containers.lifecycle.preStop.sleep.seconds",
    "containers.livenessProbe.failureThreshold",
    "containers.livenessProbe.httpGet.path",
    "containers.livenessProbe.httpGet.port",
    "containers.livenessProbe.periodSeconds",
    "containers.livenessProbe.timeoutSeconds",
    "containers.name",
    "containers.ports.containerPort",
    "containers.ports.name",
    "containers.readinessProbe.httpGet.path",
    "containers.readinessProbe.httpGet.port",
    "containers.readinessProbe.periodSeconds",
    "containers.readinessProbe.timeoutSeconds",
    "containers.resources.limits.memory",
    "containers.resources.requests.cpu",
    "containers.resources.requests.memory",
    "containers.securityContext.allowPrivilegeEscalation",
    "containers.securityContext.capabilities.drop",
    "containers.securityContext.readOnlyRootFilesystem",
    "containers.startupProbe.failureThreshold",
    "containers.startupProbe.httpGet.path",
    "containers.startupProbe.httpGet.port",
    "containers.startupProbe.periodSeconds",
    "containers.volumeMounts.mountPath",
    "containers.volumeMounts.name",
    "enableServiceLinks",
    "securityContext.fsGroup",
    "securityContext.runAsGroup",
    "securityContext.runAsNonRoot",
    "securityContext.runAsUser",
    "securityContext.seccompProfile.type",
    "terminationGracePeriodSeconds",
    "topologySpreadConstraints.labelSelector.matchLabels.*",
    "topologySpreadConstraints.maxSkew",
    "topologySpreadConstraints.topologyKey",
    "topologySpreadConstraints.whenUnsatisfiable",
    "volumes.emptyDir.sizeLimit",
    "volumes.name",
];

/// Of a Service in `v1`.
const SERVICE: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata.name",
    "spec.ports.name",
    "spec.ports.port",
    "spec.ports.targetPort",
    "spec.selector.*",
];

/// Of a PodDisruptionBudget in `policy/v1`.
const BUDGET: &[&str] =
    &["apiVersion", "kind", "metadata.name", "spec.minAvailable", "spec.selector.matchLabels.*"];

/// What stands in the files, part by part, with the keys that are known there.
fn parts() -> Vec<(&'static str, Value, &'static [&'static str])> {
    let one = |name: &str| yaml(name).remove(0);
    let mut compose = one("compose.yaml");
    // What begins with x- is for anchors.
    compose.as_object_mut().unwrap().retain(|key, _| !key.starts_with("x-"));
    let [mut deployment, service, budget] =
        <[Value; 3]>::try_from(yaml("kubernetes.yaml")).unwrap();
    let pod = deployment["spec"]["template"].as_object_mut().unwrap().remove("spec").unwrap();
    vec![
        ("compose.yaml", compose, COMPOSE),
        ("render.yaml", one("render.yaml"), RENDER),
        ("github-actions.yml", one("github-actions.yml"), WORKFLOW),
        ("the Deployment", deployment, DEPLOYMENT),
        ("its pods", pod, POD),
        ("the Service", service, SERVICE),
        ("the PodDisruptionBudget", budget, BUDGET),
    ]
}

/// The paths of all keys, each by its names from the top.
fn paths(value: &Value, at: &[String], found: &mut BTreeSet<Vec<String>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| paths(item, at, found)),
        Value::Object(fields) => fields.iter().for_each(|(key, inner)| {
            let path = [at, std::slice::from_ref(key)].concat();
            paths(inner, &path, found);
            found.insert(path);
        }),
        _ => {}
    }
}

/// Whether the known key says the path, or what the path leads to.
fn says(known: &str, path: &[String]) -> bool {
    let mut known = known.split('.');
    path.iter().all(|name| known.next().is_some_and(|known| known == "*" || known == name))
}

fn unknown(value: &Value, known: &[&str]) -> Vec<String> {
    let mut found = BTreeSet::new();
    paths(value, &[], &mut found);
    found.retain(|path| !known.iter().any(|known| says(known, path)));
    found.iter().map(|path| path.join(".")).collect()
}

#[test]
fn every_key_is_one_that_its_reader_knows() {
    for (part, value, known) in parts() {
        assert_eq!(unknown(&value, known), Vec::<String>::new(), "unknown in {part}");
    }
}

#[test]
fn every_known_key_is_used_and_a_misspelt_one_is_noticed() {
    for (part, value, known) in parts() {
        let mut found = BTreeSet::new();
        paths(&value, &[], &mut found);
        for key in known {
            let depth = key.split('.').count();
            let used = found.iter().any(|path| path.len() == depth && says(key, path));
            assert!(used, "{part} has no {key}: it need not be known");
        }
        let text = value.to_string();
        let name = if part == "its pods" { "\"image\":" } else { "\"name\":" };
        let misspelt = serde_json::from_str(&text.replacen(name, "\"nmae\":", 1)).unwrap();
        assert_eq!(unknown(&misspelt, known).len(), 1, "{part}");
    }
}
