#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| zhuji_protocol_fuzz::targets::enrolment(bytes));
