//! What the office keeps for its link to the hub above (`protocol::link::kept`): who it is there, the rows that go up
//! with their marks, how far they got, and where it stands with what comes down.
//!
//! These tables are not the operator's, so a change here makes no audit entry; what comes down and changes how the
//! office is judged makes one, in the modules of directory, policy and assignment.

mod anchor;
mod aside;
mod cut;
mod incarnation;
mod received;
mod refused;
mod row;
mod setting;

pub use anchor::{acknowledged_anchor, put_anchor};
pub use aside::{confirm_month, missed_months, not_handed_down_again};
pub use cut::{cut_next, is_recorded};
pub use incarnation::{begin_anew, current, is_past, open_next};
pub use received::{Received, apply, apply_end, position, positions, settle_position};
pub use refused::{Refused, acknowledged, refused, stands_at, take};
pub use row::{backlog, head, keys_of_kind, put, remark};
pub use setting::{
    Membership, Standing, contact_noted, enrolled, enrolments, membership, newcomer_key, next_key, renewed,
    speaks, standing, turned_away, vouched_keys, write_standing,
};
