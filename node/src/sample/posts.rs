//! Which posts the leaders of a unit hold.

use super::table::POSTS;
use super::{Level, Office};

/// A leader's post and the body it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) body: String,
    pub(super) post: String,
}

/// The seats of the leading bodies, one of each body in turn; none for a department or employer.
pub(super) fn seats(office: &Office<'_>) -> Vec<Seat> {
    let level = match office.level {
        Level::Province => "1",
        Level::City => "2",
        Level::County => "3",
        Level::Township => "4",
        Level::Village => "5",
        Level::Department | Level::Employer => return head_seats(),
    };
    let mut bodies: Vec<(&str, Vec<Seat>)> = Vec::new();
    for row in POSTS.iter().filter(|row| row.level == level) {
        let Some(post) = of_place(row.post, office) else { continue };
        let seat = Seat { body: row.body.to_owned(), post };
        match bodies.iter_mut().find(|(body, _)| *body == row.body) {
            Some((_, seats)) => seats.push(seat),
            None => bodies.push((row.body, vec![seat])),
        }
    }
    let longest = bodies.iter().map(|(_, seats)| seats.len()).max().unwrap_or(0);
    (0..longest)
        .flat_map(|turn| bodies.iter().filter_map(move |(_, seats)| seats.get(turn)))
        .cloned()
        .collect()
}

/// The seats of a department's own leaders.
pub(super) fn head_seats() -> Vec<Seat> {
    ["主要负责人", "分管人才工作的负责人", "副职领导"]
        .map(|post| Seat { body: "部门".to_owned(), post: post.to_owned() })
        .to_vec()
}

/// Whether several people may hold a post at once.
pub(super) fn may_repeat(seat: &Seat) -> bool {
    seat.post.contains('副') || seat.post.contains('委')
}

/// What a unit of this name and level calls itself in its offices' names.
pub(super) fn own_word(office: &Office<'_>) -> &'static str {
    let ends = |words: &[&'static str]| words.iter().find(|word| office.name.ends_with(**word)).copied();
    match office.level {
        Level::Province => ends(&["自治区", "市"]).unwrap_or("省"),
        Level::City => ends(&["州", "盟"]).unwrap_or("市"),
        Level::County => ends(&["市", "区", "旗"]).unwrap_or("县"),
        Level::Township => ends(&["街道", "乡"]).unwrap_or("镇"),
        Level::Village if office.name.contains("社区") || office.name.contains("居民") => "社区",
        Level::Village => "村",
        Level::Department | Level::Employer => "",
    }
}

/// The post as this place says it; `None` if such a place has no such post.
fn of_place(post: &str, office: &Office<'_>) -> Option<String> {
    let word = own_word(office);
    let other_kind =
        |kinds: &[&str]| kinds.iter().find(|kind| post.contains(**kind)).is_some_and(|kind| *kind != word);
    match office.level {
        Level::Province if word == "自治区" => {
            Some(post.replace("省委", "自治区党委").replace("省长", "自治区主席").replace("省", "自治区"))
        }
        Level::Province => Some(post.replace('省', word)),
        Level::City => Some(post.replace('市', word)),
        Level::County => Some(post.replace("县（市、区）", word)),
        Level::Township if other_kind(&["街道", "乡", "镇"]) => None,
        Level::Village if other_kind(&["社区", "村"]) => None,
        _ => Some(post.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::unit::UnitId;

    fn posts_of(unit: &str, name: &str, level: Level) -> Vec<String> {
        let unit: UnitId = unit.parse().unwrap();
        seats(&Office { unit: &unit, name, level }).into_iter().map(|seat| seat.post).collect()
    }

    #[test]
    fn posts_fit_the_kind_of_place() {
        assert!(posts_of("511723205000", "梅家乡", Level::Township).contains(&"乡长".to_owned()));
        assert!(!posts_of("511723205000", "梅家乡", Level::Township).iter().any(|post| post.contains('镇')));
        assert!(posts_of("451302000000", "兴宾区", Level::County).contains(&"副区长".to_owned()));
        assert!(posts_of("500240000000", "石柱土家族自治县", Level::County).contains(&"县委书记".to_owned()));
        assert!(posts_of("500000000000", "重庆市", Level::Province).contains(&"副市长".to_owned()));
        assert!(
            posts_of("511723205001", "梅家社区居民委员会", Level::Village)
                .contains(&"社区党总支书记".to_owned())
        );
    }

    #[test]
    fn the_first_leaders_come_from_different_bodies() {
        let unit: UnitId = "451300000000".parse().unwrap();
        let seats = seats(&Office { unit: &unit, name: "来宾市", level: Level::City });
        let bodies: Vec<&str> = seats.iter().take(4).map(|seat| seat.body.as_str()).collect();
        assert_eq!(bodies, ["党委", "政府", "人大", "政协"]);
    }
}
