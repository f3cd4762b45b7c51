//! From the workspace to a list of tests: which targets hold models, their binaries, the tests in them.

use super::builds::Build;
use super::child::{self, Ending};
use anyhow::{Context, Result, bail};
use cargo_metadata::{Message, Metadata, MetadataCommand};
use serde::Serialize;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a test is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TestId {
    /// The build.
    pub build: Build,
    /// The test target.
    pub target: String,
    /// The path of the test in it.
    pub name: String,
}

impl fmt::Display for TestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}::{}", self.build, self.target, self.name)
    }
}

/// A test to run.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which.
    pub id: TestId,
    /// The binary that holds it.
    pub binary: PathBuf,
    /// Whether it is `#[ignore]`d: it takes minutes, and is for a long run.
    pub long: bool,
}

/// What there is to build.
pub struct Workspace {
    /// The folder of the package.
    pub root: PathBuf,
    /// Where verify keeps what it builds and knows.
    pub folder: PathBuf,
    /// The test targets under `models/`.
    pub targets: Vec<String>,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
        Self::read(&metadata)
    }

    fn read(metadata: &Metadata) -> Result<Self> {
        let root = metadata.workspace_root.as_std_path().to_path_buf();
        let package = metadata.packages.iter().find(|package| package.name == "selvedge");
        let package = package.context("the workspace has no package `selvedge`")?;
        let models = metadata.workspace_root.join("models");
        let targets = package.targets.iter().filter(|t| t.is_test() && t.src_path.starts_with(&models));
        let targets: Vec<String> = targets.map(|target| target.name.clone()).collect();
        if targets.is_empty() {
            bail!("no test target has its source under models/");
        }
        let folder = metadata.target_directory.join("verify").into_std_path_buf();
        Ok(Self { root, folder, targets })
    }

    /// Where the pictures are.
    pub fn report(&self) -> PathBuf {
        self.folder.join("report")
    }

    /// Builds the targets; returns the binary of each. `None` if the user stopped it.
    pub fn compile(&self, build: Build) -> Result<Option<Vec<(String, PathBuf)>>> {
        std::fs::create_dir_all(&self.folder)?;
        let messages = tempfile::NamedTempFile::new_in(&self.folder)?;
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.root).args(["test", "--package=selvedge", "--release", "--no-run"]);
        cargo.args(["--message-format=json-render-diagnostics"]);
        cargo.arg("--target-dir").arg(self.folder.join(build.to_string()));
        cargo.args(self.targets.iter().map(|target| format!("--test={target}")));
        let users = std::env::var("RUSTFLAGS").unwrap_or_default();
        cargo.env("RUSTFLAGS", build.rustflags(&users)).env_remove("CARGO_ENCODED_RUSTFLAGS");
        cargo.stdin(Stdio::null()).stdout(messages.reopen()?);
        match child::run(&mut cargo, None, || ()).context("cargo does not start")? {
            Ending::Exited(status) if status.success() => {}
            Ending::Exited(status) => bail!("cargo test --no-run ended with {status}"),
            Ending::TimedOut | Ending::Interrupted => return Ok(None),
        }
        let binaries = binaries(BufReader::new(File::open(messages.path())?))?;
        for target in &self.targets {
            if !binaries.iter().any(|(name, _)| name == target) {
                bail!("cargo named no binary for the test target `{target}`");
            }
        }
        Ok(Some(binaries))
    }

    /// The tests of a binary.
    pub fn list(&self, build: Build, target: &str, binary: &Path) -> Result<Vec<Job>> {
        let long = self.listed(target, binary, &["--ignored"])?;
        let names = self.listed(target, binary, &[])?.into_iter();
        let job = |name: String| Job {
            long: long.contains(&name),
            id: TestId { build, target: target.into(), name },
            binary: binary.into(),
        };
        Ok(names.map(job).collect())
    }

    fn listed(&self, target: &str, binary: &Path, which: &[&str]) -> Result<Vec<String>> {
        let output = Command::new(binary)
            .current_dir(&self.root)
            .args(["--list", "--format", "terse"])
            .args(which)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("{} does not start", binary.display()))?;
        if !output.status.success() {
            bail!("{target} --list ended with {}", output.status);
        }
        Ok(names(&String::from_utf8_lossy(&output.stdout)))
    }
}

fn binaries(messages: impl std::io::BufRead) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for message in Message::parse_stream(messages) {
        let Message::CompilerArtifact(artifact) = message.context("what cargo said is not understood")?
        else {
            continue;
        };
        if let (true, Some(path)) = (artifact.target.is_test(), artifact.executable) {
            found.push((artifact.target.name, path.into_std_path_buf()));
        }
    }
    Ok(found)
}

fn names(list: &str) -> Vec<String> {
    list.lines().filter_map(|line| line.strip_suffix(": test")).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_names_are_read_from_a_list() {
        let list = "push_push: test\ntreiber_stack::random_scenarios: test\nfast: benchmark\n";
        assert_eq!(names(list), ["push_push", "treiber_stack::random_scenarios"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_test_that_is_ignored_is_for_a_long_run() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("binary");
        let script =
            "#!/bin/sh\ncase $* in *--ignored*) ;; *) echo 'short: test' ;; esac\necho 'long: test'\n";
        std::fs::write(&binary, script).unwrap();
        std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
        let jobs = Workspace::find().unwrap().list(Build::Std, "stack", &binary).unwrap();
        let found: Vec<_> = jobs.iter().map(|job| (job.id.name.as_str(), job.long)).collect();
        assert_eq!(found, [("short", false), ("long", true)]);
    }

    #[test]
    fn the_binary_of_each_test_target_is_read_from_cargos_messages() {
        let artifact = |kind: &str, name: &str, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"selvedge 0.1.0","manifest_path":"/p/Cargo.toml",
                "target":{{"kind":["{kind}"],"crate_types":["bin"],"name":"{name}","src_path":"/p/a.rs",
                "edition":"2024","doc":false,"doctest":false,"test":true}},"profile":{{"opt_level":"3",
                "debuginfo":0,"debug_assertions":false,"overflow_checks":false,"test":true}},"features":[],
                "filenames":[],"executable":{executable},"fresh":true}}"#
            )
            .replace('\n', " ")
        };
        let lines = [
            artifact("lib", "selvedge", "null"),
            artifact("test", "stack", r#""/t/stack-1""#),
            r#"{"reason":"build-finished","success":true}"#.into(),
        ];
        let found = binaries(lines.join("\n").as_bytes()).unwrap();
        assert_eq!(found, [("stack".to_string(), PathBuf::from("/t/stack-1"))]);
    }

    #[test]
    fn the_targets_under_models_are_found() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.targets.iter().any(|target| target == "stack"), "{:?}", workspace.targets);
        assert!(workspace.folder.ends_with("verify"));
    }
}
