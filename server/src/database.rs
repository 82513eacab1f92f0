//! The embedded cluster: a PostgreSQL of its own for `make run`, development and tests, so that nothing has to be set up first.
//!
//! It listens on a Unix socket only. PostgreSQL refuses to run as root: then it runs as the system user `postgres`, in a folder that
//! user can reach.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A cluster in a folder.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    socket: PathBuf,
    user: Option<(u32, u32)>,
    throwaway: bool,
}

const DATABASE: &str = "qifu";

/// Nothing here takes from durability: `fsync`, `full_page_writes` and `synchronous_commit` stay as they are, on.
const SETTINGS: &[&str] = &[
    "max_connections=200",
    "shared_buffers=256MB",
    // Full pages are logged after each checkpoint: fewer checkpoints, less to write.
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    // The outbox lives by being emptied: what is dead in it is looked through until it is swept.
    "autovacuum_naptime=10s",
    // Queries are short, and none gains from being compiled.
    "jit=off",
];

impl Cluster {
    /// The cluster that belongs to a data folder; `throwaway` trades safety for speed (tests).
    ///
    /// # Errors
    /// When PostgreSQL is not installed or no folder can be used.
    pub fn of(data: &Path, throwaway: bool) -> Result<Cluster> {
        let bin = find_binaries()?;
        fs::create_dir_all(data).with_context(|| format!("cannot make the folder {}", data.display()))?;
        let data = data.canonicalize()?;
        let mark = hex::encode(&Sha256::digest(data.as_os_str().as_encoded_bytes())[..6]);
        let (user, folder) = if rustix::process::getuid().is_root() {
            let user =
                postgres_user().context("running as root, and there is no system user “postgres” to start PostgreSQL as")?;
            // The user must reach the folder: a checkout under /root it cannot.
            let folder = if reachable(&data) { data.join("postgres") } else { PathBuf::from("/var/lib/qifu").join(&mark) };
            (Some(user), folder)
        } else {
            (None, data.join("postgres"))
        };
        // Socket paths are limited to about 100 bytes, folders are not.
        let socket = std::env::temp_dir().join(format!("qifu-{mark}"));
        Ok(Cluster { folder, bin, socket, user, throwaway })
    }

    /// Makes and starts the cluster where that is needed; answers its URL and whether this call started it.
    ///
    /// # Errors
    /// With what PostgreSQL said.
    pub fn start(&self) -> Result<(String, bool)> {
        if !self.folder.join("PG_VERSION").exists() {
            self.prepare(&self.folder)?;
            self.run("initdb", &["--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", "--username=qifu", "--pgdata"], true)?;
        }
        self.prepare(&self.socket)?;
        let running = self.is_running();
        if !running {
            let socket = self.socket.display();
            let mut options = format!("-k {socket} -c listen_addresses=");
            for setting in SETTINGS {
                options.push_str(" -c ");
                options.push_str(setting);
            }
            if self.throwaway {
                options.push_str(" -c fsync=off -c synchronous_commit=off -c full_page_writes=off");
            }
            let log = self.folder.join("server.log");
            let log = log.to_string_lossy().into_owned();
            self.run("pg_ctl", &["start", "--wait", "--silent", "--log", &log, "--options", &options, "--pgdata"], true)
                .with_context(|| format!("PostgreSQL did not start; see {log}"))?;
        }
        if !self.has_database()? {
            self.run("createdb", &["--host", &self.socket.to_string_lossy(), "--username=qifu", DATABASE], false)?;
        }
        Ok((self.url(), !running))
    }

    /// Stops the cluster cleanly; nothing to do when it does not run.
    ///
    /// # Errors
    /// With what PostgreSQL said.
    pub fn stop(&self) -> Result<bool> {
        if !self.is_running() {
            return Ok(false);
        }
        self.run("pg_ctl", &["stop", "--wait", "--silent", "--mode=fast", "--pgdata"], true)?;
        Ok(true)
    }

    /// Where to connect.
    pub fn url(&self) -> String {
        let socket = self.socket.to_string_lossy().replace('/', "%2F");
        format!("postgres://qifu@{socket}/{DATABASE}")
    }

    /// Whether a server runs in the folder.
    pub fn is_running(&self) -> bool {
        self.folder.join("PG_VERSION").exists()
            && self
                .command("pg_ctl")
                .arg("status")
                .arg("--pgdata")
                .arg(&self.folder)
                .output()
                .is_ok_and(|out| out.status.success())
    }

    fn has_database(&self) -> Result<bool> {
        let out = self
            .command("psql")
            .args(["--host", &self.socket.to_string_lossy(), "--username=qifu", "--no-psqlrc", "--tuples-only", "--no-align"])
            .args(["--command", "select 1 from pg_database where datname = 'qifu'", "postgres"])
            .output()?;
        if !out.status.success() {
            bail!("PostgreSQL does not answer: {}", String::from_utf8_lossy(&out.stderr).trim());
        }
        Ok(!out.stdout.is_empty())
    }

    fn prepare(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        if let Some((uid, gid)) = self.user {
            chown(folder, Some(uid), Some(gid))?;
        }
        Ok(())
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        // A terminal's Ctrl-C goes to its whole process group: the server stops the cluster itself, after its last request.
        command.stdin(Stdio::null()).env_remove("PGDATA").env("LC_ALL", "C.UTF-8").process_group(0).current_dir("/");
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn run(&self, name: &str, arguments: &[&str], with_folder: bool) -> Result<()> {
        let mut command = self.command(name);
        command.args(arguments);
        if with_folder {
            command.arg(&self.folder);
        }
        // A started server would keep a pipe open for ever: what it says goes to its log.
        let starts = arguments.first() == Some(&"start");
        let out = if starts {
            let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            if status.success() {
                return Ok(());
            }
            bail!("{name} failed: {status}");
        } else {
            command.output().with_context(|| format!("cannot run {name}"))?
        };
        if !out.status.success() {
            bail!("{name} failed: {}", String::from_utf8_lossy(&out.stderr).trim());
        }
        Ok(())
    }
}

fn reachable(folder: &Path) -> bool {
    folder.ancestors().all(|part| fs::metadata(part).is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0))
}

/// uid and gid of the system user `postgres`.
fn postgres_user() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn find_binaries() -> Result<PathBuf> {
    let mut candidates: Vec<PathBuf> = Vec::new();
    if let Ok(out) = Command::new("pg_config").arg("--bindir").output()
        && out.status.success()
    {
        candidates.push(String::from_utf8_lossy(&out.stdout).trim().into());
    }
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<(u32, PathBuf)> = versions
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        versions.sort();
        candidates.extend(versions.into_iter().rev().map(|(_, path)| path));
    }
    candidates.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    candidates
        .into_iter()
        .find(|path| path.join("initdb").exists() && path.join("postgres").exists())
        .context("PostgreSQL is not installed: install the package “postgresql” (15 or newer), or set DATABASE_URL")
}
