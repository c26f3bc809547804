//! A unit of the directory, with its history.

use super::{PayloadFault, date_of, day_number, maybe_date_of};
use crate::directory::{Attributes, Entry, Span};
use crate::unit::{Level, UnitId};
use crate::wire::codec;
use serde::{Deserialize, Serialize};

/// Body of item kind `directory entry`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntryV1 {
    /// The unit.
    pub id: UnitId,
    /// In order of time.
    pub spans: Vec<SpanV1>,
    /// Who took over.
    pub successors: Vec<UnitId>,
}

/// A span of days and what is true in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in `directory::Span`; days of the common era")]
pub struct SpanV1 {
    pub from: Option<i32>,
    pub to: Option<i32>,
    pub attributes: AttributesV1,
}

/// What is true of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in `directory::Attributes`")]
pub struct AttributesV1 {
    pub code: String,
    pub name: String,
    /// Village 0, township 1, county 2, city 3, province 4, department 5, employer 6.
    pub level: u8,
    pub parent: Option<UnitId>,
}

impl DirectoryEntryV1 {
    /// The body of an entry.
    ///
    /// # Errors
    /// It is longer than anything that is sent.
    pub fn encode(entry: &Entry) -> Result<Vec<u8>, PayloadFault> {
        let span = |span: &Span| SpanV1 {
            from: span.from.map(day_number),
            to: span.to.map(day_number),
            attributes: AttributesV1 {
                code: span.attributes.code.clone(),
                name: span.attributes.name.clone(),
                level: span.attributes.level as u8,
                parent: span.attributes.parent.clone(),
            },
        };
        let body = Self {
            id: entry.id.clone(),
            spans: entry.spans.iter().map(span).collect(),
            successors: entry.successors.clone(),
        };
        Ok(codec::encode(&body)?)
    }

    /// The entry in a body.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Entry, PayloadFault> {
        let body: Self = codec::decode(bytes)?;
        let spans = body.spans.into_iter().map(|span| {
            let level = Level::WORDS.get(usize::from(span.attributes.level)).ok_or(PayloadFault::Word)?.0;
            Ok(Span {
                from: maybe_date_of(span.from)?,
                to: span.to.map(date_of).transpose()?,
                attributes: Attributes {
                    code: span.attributes.code,
                    name: span.attributes.name,
                    level,
                    parent: span.attributes.parent,
                },
            })
        });
        let spans = spans.collect::<Result<_, PayloadFault>>()?;
        Ok(Entry { id: body.id, spans, successors: body.successors })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_survives_its_bytes() {
        let id: UnitId = "511723205000".parse().expect("a unit id");
        let parent = "511723000000".parse().expect("a unit id");
        let mut entry = Entry::always(id, "梅家乡", Level::Township, Some(parent));
        let mut attributes = entry.latest().expect("a span").clone();
        attributes.name = "梅家镇".into();
        entry.change("2026-03-15".parse().expect("a date"), attributes);
        let bytes = DirectoryEntryV1::encode(&entry).expect("it encodes");
        assert_eq!(DirectoryEntryV1::decode(&bytes), Ok(entry));
        crate::wire::tests::keeps("directory-entry-v1.bin", &bytes);
    }
}
