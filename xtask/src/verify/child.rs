//! A process that can always be ended, with all that it has started.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on, Ctrl-C (and a polite request to end) is told by [`interrupted`].
pub fn catch_interrupts() -> anyhow::Result<()> {
    Ok(ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst))?)
}

/// Whether the user wants to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// It took too long and was ended.
    TimedOut,
    /// The user wanted to stop.
    Interrupted,
}

/// How long to wait between two looks at a process: short at first, as most models are quick.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const LATER_LOOK: Duration = Duration::from_millis(50);

/// Makes what `command` writes go to the file `log`.
pub fn log_to(command: &mut Command, log: &Path) -> io::Result<()> {
    let file = File::create(log)?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    Ok(())
}

/// Runs `command` to its end, or to the time-out, or until the user stops it; calls `look` now and then.
pub fn run(command: &mut Command, timeout: Option<Duration>, mut look: impl FnMut()) -> io::Result<Ending> {
    own_group(command);
    let started = Instant::now();
    let mut child = command.spawn()?;
    let mut pause = FIRST_LOOK;
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                end_group(&child);
            }
            return Ok(Ending::Exited(status));
        }
        let late = timeout.is_some_and(|most| started.elapsed() > most);
        if late || interrupted() {
            end_group(&child);
            // It may have ended by itself in the meantime; then there is nothing left to end.
            let _ = child.kill();
            child.wait()?;
            return Ok(if late { Ending::TimedOut } else { Ending::Interrupted });
        }
        look();
        std::thread::sleep(pause);
        pause = (pause * 2).min(LATER_LOOK);
    }
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Ends the processes that the child has started and left behind (loom's models run in children of their own).
#[cfg(unix)]
fn end_group(child: &Child) {
    use nix::sys::signal::{Signal, killpg};
    if let Ok(id) = i32::try_from(child.id()) {
        // An error means that the group is empty.
        let _ = killpg(nix::unistd::Pid::from_raw(id), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(not(unix))]
fn end_group(_: &Child) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    #[test]
    fn tells_how_a_process_ended() {
        let status = |ending| match ending {
            Ending::Exited(status) => status.code(),
            other => panic!("{other:?}"),
        };
        assert_eq!(status(run(&mut shell("exit 0"), None, || ()).unwrap()), Some(0));
        assert_eq!(status(run(&mut shell("exit 3"), None, || ()).unwrap()), Some(3));
    }

    #[test]
    fn a_timeout_ends_the_children_too() {
        let folder = tempfile::tempdir().unwrap();
        let id = folder.path().join("id");
        let script = format!("sleep 60 & echo $! > {0}.new; mv {0}.new {0}; wait", id.display());
        let ending = run(&mut shell(&script), Some(Duration::from_millis(500)), || ()).unwrap();
        assert_eq!(ending, Ending::TimedOut);
        let sleeper = std::fs::read_to_string(&id).unwrap().trim().to_string();
        let state = || std::fs::read_to_string(format!("/proc/{sleeper}/stat")).unwrap_or_default();
        // Gone, or ended and waiting for init to notice.
        let ended = || state().is_empty() || state().contains(") Z ");
        let deadline = Instant::now() + Duration::from_secs(10);
        while !ended() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(ended(), "{}", state());
    }

    #[test]
    fn what_is_written_goes_to_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2"]);
        log_to(&mut command, &log).unwrap();
        run(&mut command, None, || ()).unwrap();
        assert_eq!(std::fs::read_to_string(log).unwrap(), "out\nerr\n");
    }
}
