//! The small tables that synthetic people and offices are made from (`node/data/`).

use std::sync::LazyLock;

/// A surname, with how common it is.
pub(super) struct Surname {
    pub(super) text: &'static str,
    pub(super) weight: u64,
}

/// A given name.
pub(super) struct GivenName {
    pub(super) text: &'static str,
    pub(super) sex: &'static str,
    pub(super) kind: &'static str,
}

/// A professional title.
pub(super) struct Title {
    pub(super) series: &'static str,
    pub(super) grade: &'static str,
    pub(super) title: &'static str,
}

/// A post of a leading body.
pub(super) struct Post {
    pub(super) level: &'static str,
    pub(super) body: &'static str,
    pub(super) post: &'static str,
}

/// A department or employer that a unit of a level may have.
pub(super) struct Member {
    pub(super) kind: &'static str,
    pub(super) levels: &'static str,
    pub(super) field: &'static str,
    pub(super) name: &'static str,
    pub(super) series: &'static str,
    pub(super) posts: &'static str,
}

pub(super) static SURNAMES: LazyLock<Vec<Surname>> = LazyLock::new(|| {
    rows(include_str!("../../data/surnames.csv"))
        .map(|row| Surname { text: row[0], weight: row[1].parse().unwrap_or(1) })
        .collect()
});

pub(super) static GIVEN_NAMES: LazyLock<Vec<GivenName>> = LazyLock::new(|| {
    rows(include_str!("../../data/given-names.csv"))
        .map(|row| GivenName { text: row[0], sex: row[1], kind: row[2] })
        .collect()
});

pub(super) static TITLES: LazyLock<Vec<Title>> = LazyLock::new(|| {
    rows(include_str!("../../data/titles.csv"))
        .map(|row| Title { series: row[1], grade: row[2], title: row[3] })
        .collect()
});

pub(super) static POSTS: LazyLock<Vec<Post>> = LazyLock::new(|| {
    rows(include_str!("../../data/posts.csv"))
        .map(|row| Post { level: row[0], body: row[1], post: row[2] })
        .collect()
});

pub(super) static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(|| {
    rows(include_str!("../../data/members.csv"))
        .map(|row| Member {
            kind: row[0],
            levels: row[1],
            field: row[2],
            name: row[3],
            series: row[4],
            posts: row[5],
        })
        .collect()
});

/// The cells of each line but the first; these files have no quotes, and a missing cell is empty.
fn rows(text: &'static str) -> impl Iterator<Item = [&'static str; 6]> {
    text.lines().skip(1).filter(|line| !line.is_empty()).map(|line| {
        let mut cells = [""; 6];
        for (cell, part) in cells.iter_mut().zip(line.split(',')) {
            *cell = part;
        }
        cells
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_has_a_quote_or_an_empty_first_column() {
        assert!(SURNAMES.iter().all(|row| !row.text.is_empty() && row.weight > 0));
        assert!(GIVEN_NAMES.iter().all(|row| !row.text.is_empty() && !row.kind.is_empty()));
        assert!(TITLES.iter().all(|row| !row.series.is_empty() && !row.title.is_empty()));
        assert!(POSTS.iter().all(|row| !row.post.is_empty() && !row.post.contains('"')));
        assert!(
            MEMBERS.iter().all(|row| !row.name.is_empty() && ["department", "employer"].contains(&row.kind))
        );
    }
}
