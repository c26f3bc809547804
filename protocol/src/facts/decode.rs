//! Which encoding a file has, and its text (policy-format, section 6).

use encoding_rs::GB18030;
use std::borrow::Cow;

/// The lines (from 1) whose bytes are no text in the file's encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoText {
    pub(super) lines: Vec<usize>,
    pub(super) encoding: &'static str,
}

/// The text of a file without its BOM.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NoText> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return utf8(rest);
    }
    let heading = bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let heading = heading.unwrap_or_default();
    if !heading.is_ascii() && std::str::from_utf8(heading).is_ok() {
        return utf8(bytes);
    }
    std::str::from_utf8(bytes).map(Cow::Borrowed).or_else(|_| gb18030(bytes))
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, NoText> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| NoText {
        lines: bad_lines(bytes, |line| std::str::from_utf8(line).is_ok()),
        encoding: "UTF-8",
    })
}

fn gb18030(bytes: &[u8]) -> Result<Cow<'_, str>, NoText> {
    let whole = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    whole.ok_or_else(|| {
        let is_text =
            |line: &[u8]| GB18030.decode_without_bom_handling_and_without_replacement(line).is_some();
        NoText { lines: bad_lines(bytes, is_text), encoding: "GB18030" }
    })
}

/// Neither encoding has a line feed inside a character, so that lines can be looked at one by one.
fn bad_lines(bytes: &[u8], is_text: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, line)| !is_text(line)).map(|(index, _)| index + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_decided_by_bom_heading_or_the_whole_file() {
        assert_eq!(decode(b"\xEF\xBB\xBFid\n").unwrap(), "id\n");
        assert_eq!(decode("编号\n张".as_bytes()).unwrap(), "编号\n张");
        let gb = GB18030.encode("编号,姓名\n1,𠮷喆").0;
        assert_eq!(decode(&gb).unwrap(), "编号,姓名\n1,𠮷喆");
        let gb = GB18030.encode("id,name\n1,张").0;
        assert_eq!(decode(&gb).unwrap(), "id,name\n1,张");
    }

    #[test]
    fn bytes_that_are_no_text_are_told_by_line() {
        let mut bytes = "编号\nx\n".as_bytes().to_vec();
        bytes.extend(b"\xC4\xE3\n");
        assert_eq!(decode(&bytes), Err(NoText { lines: vec![3], encoding: "UTF-8" }));
        assert_eq!(decode(b"id\n\xFF\xFF\n"), Err(NoText { lines: vec![2], encoding: "GB18030" }));
    }
}
