//! What the commands of node and hub share on a terminal: the language, arguments, listings in three formats,
//! failures.

mod arguments;
mod date;
mod failure;
mod listing;
mod logging;
mod policy_file;
mod store_advice;
mod system_fault;
mod user;

pub use arguments::{Malformed, Stop, language, language_asked, localised, missing_texts, parse};
pub use date::{MalformedDate, civil_date, date, month, parse_date};
pub use failure::{Failure, ToldFault, finish};
pub use listing::{Cell, Format, Listing};
pub use logging::log_to_standard_error;
pub use policy_file::PolicyFile;
pub use store_advice::{Advice, StoreAdvice};
pub use system_fault::system_reason;
pub use user::system_user;
