//! zhuji
