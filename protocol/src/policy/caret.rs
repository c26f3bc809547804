//! A fault shown with the line it stands on and an arrow under the word.

use super::Fault;
use crate::texts::Language;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

impl Fault {
    /// `FILE:LINE:COLUMN: text`, the line of `text`, and `^^^` under what is meant.
    ///
    /// `text` is the file that the fault names, with or without BOM. A line that is not there is not shown.
    #[must_use]
    pub fn shown(&self, text: &str, language: Language) -> Vec<String> {
        let mut shown = vec![self.located(language)];
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line = text.split('\n').nth(self.line.saturating_sub(1)).unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.is_empty() {
            shown.push(line.to_owned());
            shown.push(arrow(line, self.column, self.width));
        }
        shown
    }
}

/// Spaces and carets under `width` characters from `column` (from 1), as wide as a terminal shows them.
fn arrow(line: &str, column: usize, width: usize) -> String {
    let mut characters = line.chars();
    let mut arrow = String::new();
    for character in characters.by_ref().take(column.saturating_sub(1)) {
        // A tab is as wide as the terminal makes it, so it stands for itself.
        if character == '\t' {
            arrow.push('\t');
        } else {
            arrow.extend(std::iter::repeat_n(' ', character.width().unwrap_or(0)));
        }
    }
    let meant: String = characters.take(width).collect();
    arrow.extend(std::iter::repeat_n('^', meant.width().max(1)));
    arrow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrow_stands_under_the_word() {
        for (line, column, width, expected) in [
            ("kind = \"x\"", 8, 3, "       ^^^"),
            ("\"春节\" = \"holiday:春天\"", 8, 12, "         ^^^^^^^^^^^^^^"),
            ("\tmin = 0", 8, 1, "\t      ^"),
            ("min", 4, 1, "   ^"),
        ] {
            assert_eq!(arrow(line, column, width), expected, "{line}");
        }
    }
}
