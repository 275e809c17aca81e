//! Posts: the rules that judge, the transforms that change, the audience.
//! Judging and transforming are apart; both are listed in one file, in order.

pub mod audience;
pub mod bundle;
pub mod choices;
pub mod guests;
pub mod includes;
pub mod addresses;
pub mod agreement;
pub mod bounces;
pub mod commands;
pub mod erasure;
pub mod digest;
pub mod dmarc;
pub mod confirmation;
pub mod home;
pub mod joining;
pub mod leaving;
pub mod membership;
pub mod moderation;
pub mod muting;
pub mod owner;
pub mod person_data;
pub mod personal_link;
pub mod post;
pub mod release;
pub mod replies;
pub mod resume;
pub mod roles;
pub mod rules;
pub mod speaker;
pub mod secrets;
pub mod standing;
pub mod thread_reply;
pub mod topics;
pub mod transforms;
pub mod welcome;
