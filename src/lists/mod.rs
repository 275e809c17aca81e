//! Posts: the rules that judge, the transforms that change, the audience.
//! Judging and transforming are apart; both are listed in one file, in order.

pub mod commands;
pub mod digest;
pub mod membership;
pub mod moderation;
pub mod owner;
pub mod post;
pub mod replies;
pub mod resume;
pub mod rules;
pub mod speaker;
pub mod secrets;
pub mod standing;
pub mod subscription;
pub mod transforms;
