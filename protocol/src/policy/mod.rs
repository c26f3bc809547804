//! Policies: a jurisdiction's document as data (policy-format, sections 1 and 2).

pub mod builtin;
mod caret;
pub(crate) mod dates;
mod fault;
mod form;
mod model;
mod page;
mod parameter;
mod parse;
mod rule;
mod rule_table;
mod vocabulary;
mod words;
mod write;

pub(crate) use fault::nearest;
pub use fault::{Fault, Problem, Type};
pub use model::{Form, FormColumn, FormLayout, FormPer, FormSource, Policy, Vocabulary, Word, Words};
pub(crate) use page::is_in_range;
pub use parameter::{Parameter, ParameterValue};
pub use parse::{Alone, Beside, Source, parse, parse_flattened};
pub use rule::*;

#[cfg(test)]
mod tests;
