//! The system's refusals that people meet, in their language.

use crate::texts::{Language, text};
use std::io::{Error, ErrorKind};

/// Why the system refused; in its own words only where nobody can do anything about it.
#[must_use]
pub fn system_reason(error: &Error, language: Language) -> String {
    let key = match error.kind() {
        ErrorKind::NotFound => "io-not-there",
        ErrorKind::PermissionDenied => "io-not-allowed",
        ErrorKind::IsADirectory => "io-is-a-folder",
        ErrorKind::AddrInUse => "io-address-in-use",
        ErrorKind::AddrNotAvailable => "io-address-not-here",
        _ => return error.to_string(),
    };
    text(language, key)
}
