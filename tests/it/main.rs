//! What folkmoot promises, told as stories of the people who use it: through
//! the binary, its sockets and its command line, on both databases. One binary,
//! so that it is linked once.

mod support;

mod self_test;
