//! A repository of the system's git in a folder of its own, with a site in it, for tests of what git tells.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

pub struct Repository {
    folder: TempDir,
    /// The site's folder, from the top.
    below: PathBuf,
}

impl Repository {
    /// None without git, which is said.
    pub fn new(below: &str) -> Option<Repository> {
        let has_git = Command::new("git").arg("--version").output();
        if !has_git.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: there is no git");
            return None;
        }
        let site = Repository {
            below: below.into(),
            ..Repository::without()
        };
        fs::create_dir_all(site.path("")).unwrap();
        let top = site.folder.path().to_str().unwrap();
        site.git(&["init", "--quiet", top]);
        Some(site)
    }

    /// A folder that is no repository.
    pub fn without() -> Repository {
        Repository {
            folder: tempfile::tempdir().unwrap(),
            below: PathBuf::new(),
        }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(&self.below).join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
            .args(arguments)
            .current_dir(self.path(""))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    pub fn handbook(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
        command
            .args(arguments)
            .current_dir(self.path(""))
            // A hook of git runs programs with these set.
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE");
        command
    }
}
