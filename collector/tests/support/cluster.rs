//! A PostgreSQL server of the test's own: in a temporary folder, on a socket there, and gone with it.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::system::{Folder, send_signal, until};

/// A server that runs, or was stopped.
pub struct Cluster {
    folder: Folder,
    programs: PathBuf,
    server: Option<Child>,
}

impl Cluster {
    pub fn start() -> Self {
        let folder = Folder::new();
        let mut cluster = Self {
            folder,
            programs: programs(),
            server: None,
        };
        if root() {
            run(Command::new("chown")
                .arg("postgres")
                .arg(cluster.folder.path()));
        }
        let data = cluster.folder.at("data");
        run(cluster
            .command("initdb")
            .args([
                "--auth=trust",
                "--username=fewbits",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ])
            .arg("--pgdata")
            .arg(data));
        cluster.resume();
        cluster
    }

    /// The address for --store.
    pub fn store(&self) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://fewbits@{folder}/postgres")
    }

    /// Starts the server, also after a stop, and waits until it answers.
    pub fn resume(&mut self) {
        let data = self.folder.at("data");
        let mut server = self.command("postgres");
        server.arg("-D").arg(data).args(["-c", "listen_addresses="]);
        server.arg("-k").arg(self.folder.path());
        self.server = Some(server.spawn().unwrap());
        let ready = || {
            let mut ask = self.command("pg_isready");
            ask.args(["--quiet", "--host"])
                .arg(self.folder.path())
                .status()
                .unwrap()
                .success()
        };
        until(ready);
    }

    /// Stops it: `INT` ends sessions first, `QUIT` leaves it to recover from a crash.
    pub fn stop(&mut self, signal: &str) {
        let mut server = self.server.take().unwrap();
        send_signal(server.id(), signal);
        server.wait().unwrap();
    }

    /// A command that PostgreSQL accepts from us: it refuses to be run by root. It dies with the
    /// thread of the test.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        if root() {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        }
        command
            .args(["--pdeathsig", "QUIT"])
            .arg(self.programs.join(program));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.stop("QUIT");
        }
    }
}

fn run(command: &mut Command) {
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}

fn root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// Where PostgreSQL's programs are: the newest in Debian's folder, or those in PATH.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .max();
    if let Some((_, bin)) = newest {
        return bin;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).find(|bin: &PathBuf| Path::new(bin).join("initdb").is_file());
    found.expect("PostgreSQL is missing: run `cargo xtask setup postgres`")
}
