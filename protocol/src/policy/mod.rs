//! Policies: a jurisdiction's document as data (policy-format, sections 1 and 2).

mod model;
mod rule;

pub use model::{Form, FormColumn, FormLayout, FormPer, FormSource, Policy, Vocabulary, Word, Words};
pub use rule::*;
