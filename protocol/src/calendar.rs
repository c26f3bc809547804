//! The calendar of working days and festivals (policy-format, section 3), 2004–2026 shipped as data.
