//! zhuji
fn main() {}
