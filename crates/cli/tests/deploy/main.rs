//! The files in deploy/ and the pages about running Fairlead name only what there is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod keys;
mod said;
mod served;
mod tls;
mod unit;

use serde_json::Value;
use std::path::{Path, PathBuf};

const YAML: [&str; 4] = ["compose.yaml", "github-actions.yml", "kubernetes.yaml", "render.yaml"];
const PAGES: [&str; 3] = ["README.md", "docs/operations.md", "docs/troubleshooting.md"];

/// A path from the repository's root.
fn path(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(inside)
}

fn text(inside: &str) -> String {
    std::fs::read_to_string(path(inside)).unwrap_or_else(|error| panic!("{inside}: {error}"))
}

/// The documents of a file in deploy/.
fn yaml(name: &str) -> Vec<Value> {
    let text = text(&format!("deploy/{name}"));
    serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// How long a stop may take by itself: requests under way, and a few seconds for the database.
fn stop_secs() -> u64 {
    server::Config::default().stop_timeout.as_secs() + 5
}

fn secs(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.trim_end_matches('s').parse().unwrap(),
        number => number.as_u64().unwrap(),
    }
}

#[test]
fn every_command_line_is_one_that_fairlead_takes() {
    let mut lines = Vec::new();
    for name in YAML {
        let found: Vec<_> = yaml(name).iter().flat_map(said::commands_in_yaml).collect();
        assert!(!found.is_empty(), "{name} runs nothing");
        lines.extend(found.into_iter().map(|line| (name, line)));
    }
    let docker = said::commands_in_dockerfile(&text("deploy/Dockerfile"));
    assert_eq!(docker.len(), 2, "what it runs, and its health check");
    lines.extend(docker.into_iter().map(|line| ("Dockerfile", line)));
    let unit = said::command_in_unit(&text("deploy/fairlead.service"));
    lines.push(("fairlead.service", unit));
    for name in PAGES {
        lines.extend(said::commands_in_page(&text(name)).into_iter().map(|line| (name, line)));
    }
    for (name, line) in lines {
        if let Err(error) = fairlead::commands().try_get_matches_from(&line) {
            panic!("{name}: {}: {error}", line.join(" "));
        }
    }
}

#[test]
fn every_variable_and_flag_is_one_that_fairlead_knows() {
    let variables = said::known_variables();
    let flags = said::known_flags();
    let files = YAML.iter().chain(&["Dockerfile", "fairlead.service"]);
    let files = files.map(|name| format!("deploy/{name}"));
    for name in files.chain(PAGES.map(str::to_owned)) {
        for variable in said::variables(&text(&name)) {
            assert!(variables.contains(&variable), "{name}: there is no {variable}");
        }
    }
    for name in PAGES {
        for flag in said::flags_in_prose(&text(name)) {
            assert!(flags.contains(&flag), "{name}: there is no {flag}");
        }
    }
}

#[test]
fn what_the_files_refer_to_is_there() {
    let compose = &yaml("compose.yaml")[0];
    for service in ["web", "worker"] {
        let build = &compose["services"][service]["build"];
        assert_eq!(build["context"], "..", "seen from deploy/");
        assert!(path(build["dockerfile"].as_str().unwrap()).is_file(), "{build}");
    }
    let render = &yaml("render.yaml")[0];
    for service in render["services"].as_array().unwrap() {
        assert!(path(service["dockerfilePath"].as_str().unwrap()).is_file(), "{service}");
        assert_eq!(service["dockerContext"], ".");
        let database = &service["envVars"].as_array().unwrap().last().unwrap()["fromDatabase"];
        assert_eq!(database["name"], render["databases"][0]["name"]);
    }
    let workflow = text("deploy/github-actions.yml");
    let folder = workflow.split("--path ").nth(1).unwrap().lines().next().unwrap();
    assert!(path(folder).join("Cargo.toml").is_file(), "{folder}");
}

#[test]
fn every_stop_has_the_time_that_it_takes() {
    let compose = &yaml("compose.yaml")[0];
    for service in ["web", "worker"] {
        assert!(secs(&compose["services"][service]["stop_grace_period"]) >= stop_secs());
    }
    for service in yaml("render.yaml")[0]["services"].as_array().unwrap() {
        assert!(secs(&service["maxShutdownDelaySeconds"]) >= stop_secs());
    }
    let pod = &yaml("kubernetes.yaml")[0]["spec"]["template"]["spec"];
    let pause = secs(&pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]);
    assert!(secs(&pod["terminationGracePeriodSeconds"]) >= pause + stop_secs());
    let unit = unit::parse(&text("deploy/fairlead.service"));
    let limit = unit.iter().find(|(_, key, _)| key == "TimeoutStopSec").unwrap();
    assert!(limit.2.parse::<u64>().unwrap() >= stop_secs());
}

#[test]
fn kubernetes_runs_two_nodes_that_nobody_can_take_over() {
    let all = yaml("kubernetes.yaml");
    let kinds: Vec<&str> = all.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Deployment", "Service", "PodDisruptionBudget"]);
    let spec = &all[0]["spec"];
    assert_eq!(spec["replicas"], 2);
    let labels = &spec["template"]["metadata"]["labels"];
    assert_eq!(labels, &spec["selector"]["matchLabels"]);
    assert_eq!(labels, &all[1]["spec"]["selector"]);
    assert_eq!(labels, &all[2]["spec"]["selector"]["matchLabels"]);
    let pod = &spec["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert!(container["resources"]["limits"]["memory"].is_string());
    let env = container["env"].as_array().unwrap();
    let listens = env.iter().find(|e| e["name"] == "FAIRLEAD_LISTEN").unwrap();
    let port = listens["value"].as_str().unwrap().rsplit_once(':').unwrap().1;
    assert_eq!(container["ports"][0]["containerPort"].to_string(), port);
    let secret = env.iter().find(|e| e["name"] == "FAIRLEAD_DATABASE_URL").unwrap();
    assert!(secret["valueFrom"]["secretKeyRef"]["key"].is_string(), "no password stands here");
}

#[test]
fn the_image_belongs_to_nobody_in_particular() {
    let docker = text("deploy/Dockerfile");
    let last = docker.rsplit_once("\nFROM ").unwrap().1;
    assert!(last.contains("\nUSER 65532:65532\n"), "{last}");
    let uid = &yaml("kubernetes.yaml")[0]["spec"]["template"]["spec"]["securityContext"];
    assert_eq!(uid["runAsUser"], 65532, "the owner of /data in the image");
}
