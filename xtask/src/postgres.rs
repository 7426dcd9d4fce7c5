//! A throw-away PostgreSQL cluster: own folder, own free port, gone afterwards.

use crate::{
    guard::Guard,
    problem::{Context, Outcome, Problem},
    run, system,
};
use std::{
    fs,
    io::Read,
    net::TcpListener,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::atomic::{AtomicU32, Ordering},
};

/// The variables through which tests learn of the cluster, and of whom its certificate is.
const VARIABLE: &str = "FAIRLEAD_TEST_POSTGRES";
const AUTHORITY: &str = "FAIRLEAD_TEST_POSTGRES_CA";
/// Nobody encrypts who does not ask for it: some tests read along, and figures should be compared
/// with those of before.
const UNENCRYPTED: (&str, &str) = ("PGSSLMODE", "disable");

/// A certificate for the cluster's address that is its own authority.
const CERTIFICATE: &str = "[req]\nprompt = no\ndistinguished_name = name\nx509_extensions = more\n\
    [name]\nCN = throw-away\n[more]\nsubjectAltName = IP:127.0.0.1\n\
    basicConstraints = critical, CA:FALSE\n";

/// Durable as in production (fsync stays on), small otherwise. Files are named from the data folder.
const SETTINGS: [&str; 10] = [
    "ssl=on",
    "ssl_cert_file=../server.pem",
    "ssl_key_file=../server.key",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=''",
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=128MB",
    "max_connections=300",
    "log_min_messages=fatal",
];

/// A running cluster; dropping it, or the end of this process in any way, stops and removes it.
pub struct Cluster {
    url: String,
    authority: PathBuf,
    _guard: Guard,
}

impl Cluster {
    /// Installs PostgreSQL where that is ours to do, makes a cluster, and starts it.
    pub fn start() -> Outcome<Cluster> {
        Cluster::start_with(&[])
    }

    /// The same with settings beside the usual ones.
    pub fn start_with(more: &[&str]) -> Outcome<Cluster> {
        let programs = system::ensure(&system::POSTGRESQL)?;
        let openssl = system::ensure(&system::OPENSSL)?;
        // PostgreSQL refuses to run as root.
        let owner = if system::user_id()? == 0 { Some(system::ids_of("postgres")?) } else { None };
        let folder = new_folder(owner)?;
        let place = folder.to_string_lossy().into_owned();
        let guard = Guard::new(
            "\"$1\" -D \"$2/data\" -m immediate -t 20 stop; rm -rf -- \"$2\"",
            &[&programs.join("pg_ctl").to_string_lossy(), &place],
            owner,
        )?;
        let password = random_word()?;
        fs::write(folder.join("password"), &password).context(|| format!("writing in {place}"))?;
        let owned = |program: &Path| {
            let mut command = Command::new(program);
            command.current_dir(&folder);
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        fs::write(folder.join("certificate"), CERTIFICATE)?;
        run::quiet(
            owned(&openssl)
                .args(["req", "-x509", "-config", "certificate", "-days", "2", "-nodes"])
                .args(["-newkey", "rsa:2048", "-keyout", "server.key", "-out", "server.pem"]),
        )?;
        let program = |name: &str| {
            let mut command = owned(&programs.join(name));
            command.arg("-D").arg(folder.join("data"));
            command
        };
        run::quiet(
            program("initdb")
                .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"])
                .args(["--locale=C", "--no-sync", "--pwfile"])
                .arg(folder.join("password")),
        )?;
        let settings = SETTINGS.iter().chain(more).map(|setting| format!("-c {setting}"));
        let settings = settings.collect::<Vec<_>>().join(" ");
        // The port is free when chosen and may be taken when used: try again then.
        let mut last = Problem::new("no free port");
        for _ in 0..5 {
            let port = free_port()?;
            let started = run::quiet(
                program("pg_ctl")
                    .args(["-w", "-t", "60", "-o", &format!("{settings} -c port={port}"), "-l"])
                    .arg(folder.join("log"))
                    .arg("start"),
            );
            match started {
                Ok(_) => {
                    let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
                    let authority = folder.join("server.pem");
                    return Ok(Cluster { url, authority, _guard: guard });
                }
                Err(problem) => {
                    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                    last = Problem::new(format!("{problem}\n{log}"));
                }
            }
        }
        Err(last)
    }

    /// Tells the command of the cluster: the superuser's connection URL, and its certificate.
    pub fn tell(&self, command: &mut Command) {
        command.env(VARIABLE, &self.url).env(AUTHORITY, &self.authority);
        command.env(UNENCRYPTED.0, UNENCRYPTED.1);
    }
}

/// `cargo xtask postgres CMD ARGS…`: the command sees the cluster's URL in [`VARIABLE`].
pub fn main(args: &[String]) -> Outcome<ExitCode> {
    let Some((program, args)) = args.split_first() else {
        return Err(Problem::new(
            "say what to run with a throw-away PostgreSQL, such as: cargo xtask postgres cargo \
             nextest run --release -p store",
        ));
    };
    let cluster = Cluster::start()?;
    let mut command = Command::new(program);
    cluster.tell(command.args(args));
    let status = command.status();
    let status = status.context(|| format!("starting `{program}`"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A port of 127.0.0.1 that nobody listens on.
pub fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context(|| "finding a free port".into())?;
    Ok(listener.local_addr()?.port())
}

/// A new empty folder that only its owner can read.
pub fn new_folder(owner: Option<(u32, u32)>) -> Outcome<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "fairlead-test-{}-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed),
        random_word()?
    );
    let folder = std::env::temp_dir().join(name);
    let make = |folder: &Path| {
        fs::create_dir(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        match owner {
            Some((user, group)) => std::os::unix::fs::chown(folder, Some(user), Some(group)),
            None => Ok(()),
        }
    };
    make(&folder).context(|| format!("making the folder {}", folder.display()))?;
    Ok(folder)
}

fn random_word() -> Outcome<String> {
    let mut bytes = [0; 12];
    let mut chance = fs::File::open("/dev/urandom")?;
    chance.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
