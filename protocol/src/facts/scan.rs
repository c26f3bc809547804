//! CSV by RFC 4180, strictly: records with the line on which each begins, and quotes that do not fit.
//!
//! A scanner of our own, because the faults must stand at the line where the record begins and at their cell.

use std::borrow::Cow;

/// How quotes can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteFault {
    /// A quote inside a cell that does not begin with one.
    Inside,
    /// Text after the closing quote.
    AfterClosing,
    /// The closing quote is missing.
    Open,
}

/// One record: its cells, trimmed of white space.
#[derive(Debug, Default)]
pub(super) struct Record<'t> {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    pub(super) cells: Vec<Cow<'t, str>>,
    /// The first cell whose quotes are wrong.
    pub(super) broken: Option<(usize, QuoteFault)>,
}

impl Record<'_> {
    /// Whether every cell is empty.
    pub(super) fn is_blank(&self) -> bool {
        self.broken.is_none() && self.cells.iter().all(|cell| cell.is_empty())
    }
}

/// Walks through a file, record by record.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Fills `record` with the next record; `false` at the end of the file.
    pub(super) fn next(&mut self, record: &mut Record<'t>) -> bool {
        record.cells.clear();
        record.broken = None;
        record.line = self.line;
        if self.at >= self.text.len() {
            return false;
        }
        loop {
            let (cell, fault) = self.cell();
            if let Some(fault) = fault
                && record.broken.is_none()
            {
                record.broken = Some((record.cells.len(), fault));
            }
            record.cells.push(cell);
            match self.text.as_bytes().get(self.at) {
                Some(b',') => self.at += 1,
                Some(_) => {
                    // A cell ends before a comma, a line feed or the end of the file.
                    self.at += 1;
                    self.line += 1;
                    return true;
                }
                None => return true,
            }
        }
    }

    fn cell(&mut self) -> (Cow<'t, str>, Option<QuoteFault>) {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            return self.quoted();
        }
        let start = self.at;
        self.skip_cell();
        let cell = &self.text[start..self.at];
        (Cow::Borrowed(cell.trim()), cell.contains('"').then_some(QuoteFault::Inside))
    }

    fn quoted(&mut self) -> (Cow<'t, str>, Option<QuoteFault>) {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut escaped = false;
        self.at = start;
        loop {
            match bytes.get(self.at) {
                None => return (Cow::Borrowed(self.text[start..].trim()), Some(QuoteFault::Open)),
                Some(b'\n') => self.line += 1,
                Some(b'"') if bytes.get(self.at + 1) == Some(&b'"') => {
                    escaped = true;
                    self.at += 1;
                }
                Some(b'"') => break,
                Some(_) => {}
            }
            self.at += 1;
        }
        let inner = &self.text[start..self.at];
        let cell = if escaped {
            Cow::Owned(inner.replace("\"\"", "\"").trim().to_owned())
        } else {
            Cow::Borrowed(inner.trim())
        };
        self.at += 1;
        let after = self.at;
        self.skip_cell();
        let fault = !matches!(&self.text[after..self.at], "" | "\r") || self.is_bare_return(after);
        (cell, fault.then_some(QuoteFault::AfterClosing))
    }

    /// Whether what stands from `after` to here is a carriage return that belongs to no line end.
    fn is_bare_return(&self, after: usize) -> bool {
        after < self.at && self.text.as_bytes().get(self.at) != Some(&b'\n')
    }

    fn skip_cell(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b',' | b'\n')).unwrap_or(rest.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Scanned = (usize, Vec<String>, Option<(usize, QuoteFault)>);

    fn records(text: &str) -> Vec<Scanned> {
        let (mut scanner, mut record) = (Scanner::new(text), Record::default());
        let mut all = Vec::new();
        while scanner.next(&mut record) {
            let cells = record.cells.iter().map(|cell| cell.clone().into_owned()).collect();
            all.push((record.line, cells, record.broken));
        }
        all
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn records_keep_the_line_on_which_they_begin() {
        assert_eq!(
            records("a,b\r\n\"x\ny\", z　\n\n1,\"\"\"q\"\"\"\r\n"),
            [
                (1, cells(&["a", "b"]), None),
                (2, cells(&["x\ny", "z"]), None),
                (4, cells(&[""]), None),
                (5, cells(&["1", "\"q\""]), None),
            ]
        );
        assert_eq!(records("a,"), [(1, cells(&["a", ""]), None)]);
        assert_eq!(records(""), []);
    }

    #[test]
    fn quotes_that_do_not_fit_are_told_with_their_cell() {
        for (text, cell, fault) in [
            ("a,b\"c", 1, QuoteFault::Inside),
            ("a, \"c\"", 1, QuoteFault::Inside),
            ("\"a\"b,c", 0, QuoteFault::AfterClosing),
            ("\"a\" ,c", 0, QuoteFault::AfterClosing),
            ("\"a\"\rb", 0, QuoteFault::AfterClosing),
            ("a,\"b\nc", 1, QuoteFault::Open),
        ] {
            assert_eq!(records(text)[0].2, Some((cell, fault)), "{text:?}");
        }
        assert_eq!(records("\"a\"b,c\nd,e").len(), 2);
    }
}
