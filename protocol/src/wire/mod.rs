//! The bytes of a link: what travels, how long it may be, how it is signed. It knows no socket and no store.
//!
//! From outside in: a stream carries [`frame`]s; a frame carries a [`message`] of a kind registered in [`kinds`];
//! state goes in a [`batch`] of [`item`]s under one hash [`tree`] and one signature; downward items carry their
//! writer's proof ([`published`]). Structures go through [`codec`], whose lists are [`bounded`]; every limit stands
//! in [`limits`].

pub mod ack;
pub mod batch;
pub mod bounded;
pub mod close;
pub mod codec;
pub mod digest;
pub mod enrol;
pub mod fixed;
pub mod frame;
pub mod hello;
pub mod item;
pub mod kinds;
pub mod life;
pub mod limits;
pub mod message;
pub mod payload;
pub mod position;
pub mod published;
pub mod signature;
pub mod subkey;
#[cfg(test)]
mod tests;
pub mod tree;

/// `Display` and `Error` of a told fault: its English text.
macro_rules! told_error {
    ($($fault:ty),+ $(,)?) => {$(
        impl std::fmt::Display for $fault {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::texts::Told::tell(self, $crate::texts::Language::English))
            }
        }

        impl std::error::Error for $fault {}
    )+};
}
pub(crate) use told_error;
