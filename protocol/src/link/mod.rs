//! One link, without a socket: what an end does next, given what arrived and what time it is.
