//! What folkmoot promises, told as stories of the people who use it: through
//! the binary, its sockets and its command line, on both databases. One binary,
//! so that it is linked once.

mod support;
#[path = "../support/mutate.rs"]
mod mutate;

// the tools of the stories, and the order of the house
mod self_test;
mod rooms;
mod statements;

// the way of a message
mod posts;
mod in_and_out;
mod intake;
mod erasure;
mod hostile;
mod injected;
mod tls;
mod floods;
mod soak;
mod scanners;
mod limits;
mod forged;
mod senders;
mod sender_stories;
mod moderation;
mod joining;
mod leaving;
mod addresses;
mod roles;
mod holds;
mod rules;
mod secrets;
mod audience;
mod abuse;
mod bounces;
mod delivery;
mod dmarc;
mod relay;
mod signing;
mod tokens;
mod trail;
mod real_mail;
mod threading;
mod searching;
mod learnings;
mod month;
mod real_replies;
mod template_words;

// the way of time
mod budget;
mod clock;
mod cadence;
mod watches;
mod digests;
mod figures;
mod worksheet;
mod desk;
mod survey_care;
mod survey_dump;
mod survey_nodes;
mod survey_results;
mod survey_rounds;
mod surveys;
mod rsvps;
mod sessions;
mod attendance;
mod preparing;

// the people who run it
mod commands;
mod commands_by_mail;
mod outside;
mod inspect;
mod doctor;
mod rehearsal;
mod communities;
mod members;
mod pages;
mod own_pages;
mod reading;
mod redaction;
mod browser;

// what goes wrong
mod outage;
mod reply_graph;
mod shares;
mod shutdown;
mod crash;
mod two_nodes;
