//! Who runs a command.

/// The user of the operating system, as the audit trail names it where nobody gave a name.
#[cfg(unix)]
#[must_use]
pub fn system_user() -> String {
    use std::os::unix::fs::MetadataExt;
    // The owner of our own process entry is the user we run as; no C library call is needed for it.
    match std::fs::metadata("/proc/self") {
        Ok(entry) => format!("uid:{}", entry.uid()),
        Err(_) => named_user(),
    }
}

/// The user of the operating system, as the audit trail names it where nobody gave a name.
#[cfg(not(unix))]
#[must_use]
pub fn system_user() -> String {
    named_user()
}

fn named_user() -> String {
    let name = ["USER", "USERNAME"].into_iter().find_map(|key| std::env::var(key).ok());
    format!("user:{}", name.unwrap_or_default())
}
