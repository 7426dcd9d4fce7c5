//! The systemd unit: systemd only warns of a key that it does not know, and then goes without.

use crate::text;

const UNIT: &[&str] = &[
    "After",
    "Before",
    "Description",
    "Documentation",
    "Requires",
    "StartLimitBurst",
    "StartLimitIntervalSec",
    "Wants",
];
const INSTALL: &[&str] = &["Alias", "RequiredBy", "WantedBy"];
/// systemd.service(5), systemd.exec(5), systemd.kill(5), as far as a server may want them.
const SERVICE: &[&str] = &[
    "AmbientCapabilities",
    "CapabilityBoundingSet",
    "CPUQuota",
    "DynamicUser",
    "Environment",
    "EnvironmentFile",
    "ExecReload",
    "ExecStart",
    "ExecStartPre",
    "Group",
    "KillMode",
    "KillSignal",
    "LimitNOFILE",
    "LoadCredential",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "MemoryMax",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateTmp",
    "PrivateUsers",
    "ProcSubset",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHome",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "ProtectProc",
    "ProtectSystem",
    "ReadWritePaths",
    "RemoveIPC",
    "Restart",
    "RestartSec",
    "RestrictAddressFamilies",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "StateDirectory",
    "StateDirectoryMode",
    "SystemCallArchitectures",
    "SystemCallErrorNumber",
    "SystemCallFilter",
    "TimeoutStartSec",
    "TimeoutStopSec",
    "Type",
    "UMask",
    "User",
    "WorkingDirectory",
];

/// Section, key and value of every line.
pub fn parse(text: &str) -> Vec<(String, String, String)> {
    let (mut section, mut found) = (String::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else {
            let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
            found.push((section.clone(), key.to_owned(), value.to_owned()));
        }
    }
    found
}

#[test]
fn systemd_knows_every_key() {
    let unit = parse(&text("deploy/fairlead.service"));
    for (section, key, _) in &unit {
        let known = match section.as_str() {
            "Unit" => UNIT,
            "Service" => SERVICE,
            "Install" => INSTALL,
            other => panic!("there is no section [{other}]"),
        };
        assert!(known.contains(&key.as_str()), "there is no {key} in [{section}]");
    }
    let value = |key: &str| unit.iter().find(|(_, k, _)| k == key).map(|(_, _, v)| v.as_str());
    assert_eq!(value("NoNewPrivileges"), Some("yes"));
    assert_eq!(value("ProtectSystem"), Some("strict"));
    assert_eq!(value("User"), Some("fairlead"));
    // The only place that it may write to is the one where it keeps its data.
    let data = unit.iter().find_map(|(_, _, value)| value.strip_prefix("FAIRLEAD_DATA_DIR=%S/"));
    assert_eq!(data, value("StateDirectory"));
}
