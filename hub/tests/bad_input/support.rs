//! A hub at its administrator's desk: the shipped program, run against a store in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The day on which the stories happen.
pub(crate) const TODAY: &str = "2026-11-20";

/// What a snapshot begins with.
pub(crate) const HEADING: &str = "code,name,level,parent_code\n";

/// Yuanjiang under Yiyang, with two townships and a village; Nan county beside it belongs to another hub.
const UNITS: &str = "430900000000,益阳市,2,
430922000000,某县,3,430900000000
430981000000,沅江市,3,430900000000
430981100000,琼湖街道,4,430981000000
430981100001,一村,5,430981100000
430981101000,草尾镇,4,430981000000
";

/// What was typed, and a word of each language's answer.
pub(crate) type Case<'a> = (&'a [&'a str], &'a str, &'a str);

/// A hub with a store.
pub(crate) struct Hub {
    folder: TempDir,
}

impl Hub {
    /// A folder without a store.
    pub(crate) fn nowhere() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// Yuanjiang's hub, with an empty directory.
    pub(crate) fn new() -> Self {
        let hub = Self::nowhere();
        hub.does(&[
            "init",
            "--unit",
            "430981000000",
            "--name",
            "沅江市",
            "--level",
            "county",
            "--address",
            "127.0.0.1:4433",
        ]);
        hub
    }

    /// The same, with units below it and beside it.
    pub(crate) fn with_units() -> Self {
        let hub = Self::new();
        let units = hub.file("units.csv", format!("{HEADING}{UNITS}"));
        hub.does(&["directory", "import", &units]);
        hub
    }

    /// Its store.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("hub.db")
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into its folder; gives its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("written");
        path.display().to_string()
    }

    /// The program with its store, ready to be run or started.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        command(&self.store(), words)
    }

    /// Runs the program, which must succeed; gives its standard output.
    pub(crate) fn does(&self, words: &[&str]) -> String {
        let output = self.command(words).output().expect("the program runs");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Every case is refused in both languages, and leaves everything in the folder as it was.
    pub(crate) fn refuses(&self, cases: &[Case<'_>]) {
        let before = self.files();
        for (words, chinese, english) in cases {
            for (language, said) in [(&[][..], chinese), (&["--lang", "en"], english)] {
                let words = [language, words].concat();
                let told = refused(&self.command(&words).output().expect("the program runs"), &words);
                assert!(told.contains(said), "{words:?} lacks “{said}”: {told}");
                assert_eq!(self.files(), before, "{words:?} changed files");
            }
        }
    }

    /// The folder's files with what they hold; not what only says who uses the store at the moment.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let passing = [".lock", ".socket", "-wal", "-shm"];
        fs::read_dir(self.folder.path())
            .expect("a folder")
            .map(|file| file.expect("a file"))
            .filter(|file| file.path().is_file())
            .map(|file| (file.file_name().to_string_lossy().into_owned(), file.path()))
            .filter(|(name, _)| !passing.iter().any(|passing| name.ends_with(passing)))
            .map(|(name, path)| (name, fs::read(path).expect("read")))
            .collect()
    }
}

/// The program with a store and nobody's settings.
pub(crate) fn command(store: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhuji-hub"));
    for name in ["ZHUJI_LANG", "ZHUJI_LOG"] {
        command.env_remove(name);
    }
    command.env("ZHUJI_STORE", store).env("ZHUJI_TODAY", TODAY).args(words);
    command
}

/// A refusal: exit status 2, nothing on standard output, something on standard error, which is given.
pub(crate) fn refused(output: &Output, words: &[&str]) -> String {
    let told = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(output.status.code(), Some(2), "{words:?}: {told}");
    assert!(output.stdout.is_empty(), "{words:?} printed before it refused");
    assert!(!told.trim().is_empty(), "{words:?} was refused without a word");
    told
}
