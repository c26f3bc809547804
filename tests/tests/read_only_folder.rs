//! A folder or a file that its owner may only read: reading goes on where it can, writing is refused with the file's name,
//! and nothing is changed.

use anyhow::{Result, ensure};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;
use zhuji_tests::federation::{NODE, Programs};
use zhuji_tests::mounts::unprivileged;
use zhuji_tests::story::TOWNSHIP;

#[test]
fn a_node_in_a_read_only_folder_says_which_file_it_may_not_write_and_changes_nothing() -> Result<()> {
    let folder = TempDir::new()?;
    let home = folder.path().join("office");
    fs::create_dir(&home)?;
    let store = home.join("node.db");
    let mut programs = Programs::built()?;
    programs.environment.push(("ZHUJI_LANG".to_owned(), "en".to_owned()));
    let init = ["init", "--unit", TOWNSHIP, "--name", "梅家乡", "--level", "township"];
    programs.run(NODE, &store, &init)?;
    programs.run(NODE, &store, &["leader", "add", "--name", "王伟"])?;
    let before = fs::read(&store)?;

    fs::set_permissions(&home, Permissions::from_mode(0o555))?;
    let refused = tell(&programs, &store);
    fs::set_permissions(&home, Permissions::from_mode(0o755))?;
    refused?;
    fs::set_permissions(&store, Permissions::from_mode(0o400))?;
    let refused = tell(&programs, &store);
    fs::set_permissions(&store, Permissions::from_mode(0o600))?;
    refused?;
    ensure!(fs::read(&store)? == before, "the store was written");
    programs.run(NODE, &store, &["leader", "add", "--name", "李娜"])?;
    programs.run(NODE, &store, &["verify"])?;
    Ok(())
}

fn tell(programs: &Programs, store: &Path) -> Result<()> {
    for words in [&["leader", "add", "--name", "李娜"][..], &["run"]] {
        let output = run(programs, store, words)?;
        let told = String::from_utf8(output.stderr)?;
        ensure!(output.status.code() == Some(2), "{words:?} ended with {}: {told}", output.status);
        let name = store.display().to_string();
        ensure!(told.contains(&name) && told.contains("written"), "{words:?} told: {told}");
    }
    let elsewhere = store.with_file_name("other.db");
    let init = ["init", "--unit", TOWNSHIP, "--name", "梅家乡", "--level", "township"];
    let output = run(programs, &elsewhere, &init)?;
    if !output.status.success() {
        let told = String::from_utf8(output.stderr)?;
        ensure!(told.contains("other.db") && told.contains("written"), "init told: {told}");
    }
    // Who may read, reads; if the database cannot, it says so.
    let output = run(programs, store, &["leader", "list"])?;
    let told = String::from_utf8(output.stderr)?;
    ensure!(output.status.success() || told.contains(&store.display().to_string()), "list told: {told}");
    let _none_was_made = fs::remove_file(elsewhere);
    Ok(())
}

fn run(programs: &Programs, store: &Path, words: &[&str]) -> Result<Output> {
    let mut command = programs.command(NODE, store);
    command.args(words);
    Ok(unprivileged(&command).output()?)
}
