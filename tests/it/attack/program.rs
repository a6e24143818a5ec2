//! The program under attack: run in a folder, within limits of processor time, memory and time.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a run may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Processor time in seconds, all threads together.
    pub(crate) processor: u64,
    /// Resident memory in MB.
    pub(crate) memory: u64,
    /// Time in seconds.
    pub(crate) time: u64,
}

/// Ample for a debug build of everything that should be quick.
pub(crate) const AMPLE: Limits = Limits { processor: 20, memory: 400, time: 60 };

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// With this exit code.
    Code(i32),
    /// By a signal: an abort, or the limit of processor time.
    Signal,
    /// It used more memory than it may.
    OverMemory,
    /// It took longer than it may.
    OverTime,
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) end: End,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The largest resident memory that was seen, in MB; 0 where the system does not tell.
    pub(crate) memory: u64,
}

impl Run {
    /// All that it printed.
    pub(crate) fn printed(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The start of what it printed, for a message.
    fn start(&self) -> String {
        self.printed().chars().take(4_000).collect()
    }

    /// # Panics
    /// When it did not end with one of `codes`.
    #[track_caller]
    pub(crate) fn ends_with(&self, codes: &[i32]) -> &Self {
        let fine = matches!(&self.end, End::Code(code) if codes.contains(code));
        assert!(fine, "ended with {:?}, not one of {codes:?}\n{}", self.end, self.start());
        self
    }

    /// # Panics
    /// When it did not print `text`.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.printed().contains(text), "`{text}` is not in:\n{}", self.start());
        self
    }

    /// # Panics
    /// When it printed `text`.
    #[track_caller]
    pub(crate) fn keeps_quiet_of(&self, text: &str) -> &Self {
        assert!(!self.printed().contains(text), "`{text}` is in:\n{}", self.start());
        self
    }
}

/// The program: that of this build, or the one that `ARMGUARD_BIN` names.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("ARMGUARD_BIN").map_or_else(|| env!("CARGO_BIN_EXE_armguard").into(), PathBuf::from)
}

/// Runs the program in `folder` with `args`, within [`AMPLE`] limits.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Run {
    run_within(folder, args, AMPLE)
}

/// Runs the program in `folder` with `args`, within `limits`.
pub(crate) fn run_within(folder: &Path, args: &[&str], limits: Limits) -> Run {
    let mut command = command(folder, limits);
    command.args(args);
    finish(command, limits, b"")
}

/// A command that runs the program in `folder`; arguments, variables and streams may still be added. Its colours and
/// servers' annotations are off.
pub(crate) fn command(folder: &Path, limits: Limits) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -t {}; exec \"$0\" \"$@\"", limits.processor)]).arg(program());
    command.current_dir(folder).env("NO_COLOR", "1");
    for name in ["GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI", "CI", "ARMGUARD_CONFIG", "ARMGUARD_FORMAT"] {
        command.env_remove(name);
    }
    command
}

/// Runs `command` to its end with `input` as standard input.
pub(crate) fn finish(mut command: Command, limits: Limits, input: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A program that has read enough closes its end.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let (stdout, stderr) = (collect(child.stdout.take().unwrap()), collect(child.stderr.take().unwrap()));
    let (end, memory) = watch(&mut child, limits);
    writer.join().unwrap();
    Run { end, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap(), memory }
}

fn collect(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn watch(child: &mut Child, limits: Limits) -> (End, u64) {
    let (start, mut memory) = (Instant::now(), 0);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code().map_or(End::Signal, End::Code), memory);
        }
        memory = memory.max(resident(child.id()).unwrap_or_default());
        let over = match () {
            () if memory > limits.memory => Some(End::OverMemory),
            () if start.elapsed() > Duration::from_secs(limits.time) => Some(End::OverTime),
            () => None,
        };
        if let Some(end) = over {
            let _ = child.kill();
            let _ = child.wait();
            return (end, memory);
        }
        thread::sleep(Duration::from_millis(4));
    }
}

/// The largest resident memory so far of a process, in MB.
fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? / 1000)
}

/// Runs git in `folder`.
///
/// # Panics
/// When it fails.
pub(crate) fn git(folder: &Path, args: &[impl AsRef<OsStr>]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(args);
    for (name, value) in [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")] {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr));
}
