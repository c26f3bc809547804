//! The policies that the program ships with.

/// Id and text of each; one that extends another stands after it.
pub(super) const ALL: [(&str, &str); 8] = [
    ("yuanjiang-2015", include_str!("../../policies/yuanjiang-2015.toml")),
    ("meijia-2023", include_str!("../../policies/meijia-2023.toml")),
    ("nanhai-2018", include_str!("../../policies/nanhai-2018.toml")),
    ("laibin", include_str!("../../policies/laibin.toml")),
    ("chongqing-2002", include_str!("../../policies/chongqing-2002.toml")),
    ("meijia-dayantang", include_str!("../../policies/meijia-dayantang.toml")),
    ("laibin-xiangzhou", include_str!("../../policies/laibin-xiangzhou.toml")),
    ("chongqing-wanzhou", include_str!("../../policies/chongqing-wanzhou.toml")),
];

/// The ids of the built-in policies.
pub fn ids() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(id, _)| *id)
}

/// The text of a built-in policy.
#[must_use]
pub fn text(id: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::super::{Alone, Source, parse};
    use crate::calendar::Calendar;

    #[test]
    fn every_built_in_policy_is_without_fault() {
        for (id, text) in super::ALL {
            let source = Source { file: id.to_owned(), bytes: text.into() };
            let policy = parse(&source, &Alone, Calendar::shipped()).expect("without fault");
            assert_eq!(policy.id, id);
        }
    }
}
