//! A word as it is written best: what a request keeps until it is confirmed, and
//! what a mail shows of it.

use crate::message::words::{Delivery, Every, Word};

/// The word as a command line that is understood as this word.
pub fn text(word: &Word) -> String {
    let plain = |text: &str| text.to_owned();
    match word {
        Word::Join => plain("join"),
        Word::Leave => plain("leave"),
        Word::Confirm => plain("confirm"),
        Word::Help => plain("help"),
        Word::Which => plain("which"),
        Word::Who => plain("who"),
        Word::Lists => plain("lists"),
        Word::Archive => plain("archive"),
        Word::Page => plain("page"),
        Word::Desk => plain("desk"),
        Word::Export => plain("export"),
        Word::Erase => plain("erase"),
        Word::SetDelivery(Delivery::Each) => plain("set each"),
        Word::SetDelivery(Delivery::Digest) => plain("set digest"),
        Word::SetDelivery(Delivery::Headlines) => plain("set headlines"),
        Word::SetDelivery(Delivery::None) => plain("set none"),
        Word::SetMimeDigest => plain("set digest mime"),
        Word::SetOwn(on) => format!("set own {}", on_off(*on)),
        Word::SetCopies(on) => format!("set copies {}", on_off(*on)),
        Word::SetTopics(topics) if topics.is_empty() => plain("set topics all"),
        Word::SetTopics(topics) => format!("set topics {}", topics.join(", ")),
        Word::PauseUntil(day) => format!("pause until {day}"),
        Word::PauseDays(days) => format!("pause {days}d"),
        Word::Pause => plain("pause"),
        Word::Resume => plain("resume"),
        Word::Mute => plain("mute"),
        Word::MuteMail(name, day) => format!("mute {name} until {day}"),
        Word::UnmuteMail(name) => format!("unmute {name}"),
        Word::Unmute => plain("unmute"),
        Word::Follow => plain("follow"),
        Word::Unfollow => plain("unfollow"),
        Word::Link(address) => format!("link {address}"),
        Word::ChangeAddress(address) => format!("address {address}"),
        Word::Agree => plain("agree"),
        Word::Less => plain("less"),
        Word::Stop(None) => plain("stop"),
        Word::Stop(Some(name)) => format!("stop {name}"),
        Word::Accept => plain("accept"),
        Word::Reject(reason) => format!("reject {reason}").trim_end().to_owned(),
        Word::Discard => plain("discard"),
        Word::Trust => plain("trust"),
        Word::Ban => plain("ban"),
        Word::Invite(addresses) => format!("invite {}", addresses.join(", ")),
        Word::Approve => plain("approve"),
        Word::Decline(reason) => format!("decline {reason}").trim_end().to_owned(),
        Word::AddSession(at, minutes, title) => {
            format!(
                "session {} {minutes}m: {title}",
                at.format("%Y-%m-%d %H:%M")
            )
        }
        Word::AddSeries(every, at, minutes, title) => {
            let often = match every {
                Every::Weeks(count) => format!("every {count} weeks"),
                Every::Month => plain("monthly"),
            };
            let at = at.format("%Y-%m-%d %H:%M");
            format!("session {often} {at} {minutes}m: {title}")
        }
        Word::MoveSession(series, on, to) => {
            format!("move {series} {on} to {}", to.format("%Y-%m-%d %H:%M"))
        }
        Word::Poll(question, options) => {
            let lines: Vec<_> = options.iter().map(|one| format!("\n- {one}")).collect();
            format!("poll {question}{}", lines.concat())
        }
        Word::AskSponsor(text, cost, by) => {
            let cost = match cost.as_str() {
                "" => String::new(),
                cost => format!("\ncost: {cost}"),
            };
            let by = by.map_or_else(String::new, |day| format!("\nby: {day}"));
            format!("ask sponsor: {text}{cost}{by}")
        }
        Word::CancelSession(series, on, why) if why.is_empty() => format!("cancel {series} {on}"),
        Word::CancelSession(series, on, why) => format!("cancel {series} {on}: {why}"),
        Word::Done(series, numbers) => {
            let numbers = numbers.iter().map(|number| format!(" {number}"));
            format!("done {series}{}", numbers.collect::<String>())
        }
        Word::SplitThread(post) => format!("split {post}"),
        Word::Redact(post) => format!("redact {post}"),
        Word::MovePost(post, parent) => format!("move {post} to {parent}"),
        Word::End => plain("end"),
        Word::Unknown(line) => line.clone(),
    }
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
