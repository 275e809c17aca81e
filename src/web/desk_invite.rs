//! `/desk/TOKEN`, POST: invitations. Sending the form twice invites nobody twice.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{Found, field, show as page, unkept};
use super::pages::notice::Notice;
use super::{desk_show, personal};
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::joining::{self, Inviter};
use crate::lists::personal_link::{self, Kind, Opened};
use crate::lists::roles::{self, Act};
use crate::message::address;
use crate::outbox::compose;
use crate::store::members::Member;
use crate::store::{self, Tx};

/// So many are invited at a time.
const MOST: usize = 100;

/// Who was named: their addresses, or the first word that is none.
type Named = Result<Vec<String>, String>;

/// Invites.
pub(super) async fn invite(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    unkept(&ctx, act(&ctx, &token, &fields).await)
}

async fn act(ctx: &Context, token: &str, fields: &[(String, String)]) -> Found<Response> {
    let mut tx = ctx.write_durably().await?;
    let Some(opened) = personal::open(&mut tx, ctx, Kind::Desk, token).await? else {
        return Ok(personal::ended(ctx));
    };
    let member = desk_show::owner(&mut tx, &opened).await?;
    personal_link::note_use(&mut tx, ctx, token).await?;
    let message = field(fields, "message");
    let told = match named(field(fields, "addresses")) {
        Err(wrong) => Err(wrong),
        Ok(_) if !roles::may(&member, Act::Invite) => Err("You may not invite.".to_owned()),
        Ok(all) => match send(&mut tx, ctx, &opened, &member, &all, message).await {
            Ok(told) => Ok(told),
            Err(compose::Error::Store(error)) => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "an invitation cannot be sent");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return Ok(page(ctx, status, &Notice::trouble()));
            }
        },
    };
    let mut shown = desk_show::view(&mut tx, ctx, (token, &opened), &member).await?;
    let status = match told {
        Ok(told) => {
            shown.told = told;
            StatusCode::OK
        }
        Err(problem) => {
            shown.problem = problem;
            StatusCode::BAD_REQUEST
        }
    };
    store::notify(&mut tx).await?;
    tx.commit().await?;
    ctx.bells.all();
    Ok(page(ctx, status, &shown))
}

async fn send(
    tx: &mut Tx,
    ctx: &Context,
    opened: &Opened,
    member: &Member,
    addresses: &[String],
    message: &str,
) -> Result<Vec<String>, compose::Error> {
    let charter = ctx.charter(&opened.community).ok_or_else(|| {
        compose::Error::Aside("the charter cannot be read; run `folkmoot check`".into())
    })?;
    let home = Home {
        ctx,
        community: &opened.community,
        charter: &charter,
    };
    let by = Inviter::Member(member);
    let told = joining::invite(tx, &home, by, addresses, message).await?;
    let slug = &opened.community.slug;
    let say = |(address, what): &(String, joining::Invited)| {
        ctx.templates.say("en", slug, &what.phrase(address))
    };
    Ok(told.iter().map(say).collect())
}

/// The addresses in a text, parted by anything that is in none.
fn named(text: &str) -> Named {
    let words = text.split([' ', '\t', '\r', '\n', ',', ';']);
    let mut all = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let bare = word.trim_matches(['<', '>', '"', '(', ')']);
        let address = address::normalise(bare).ok_or_else(|| {
            let word: String = word.chars().take(80).collect();
            format!("“{word}” is no mail address; nobody was invited.")
        })?;
        if !all.contains(&address) {
            all.push(address);
        }
    }
    match all.len() {
        0 => Err("No address was named; nobody was invited.".to_owned()),
        1..=MOST => Ok(all),
        _ => Err(format!(
            "More than {MOST} addresses were named; nobody was invited."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn addresses_one_on_each_line_or_as_they_are_copied() {
        let two = Ok(vec![
            "bo@plant.example".to_owned(),
            "cy@mill.example".to_owned(),
        ]);
        for text in [
            "Bo@Plant.example\r\ncy@mill.example\r\n",
            "<bo@plant.example>, <cy@mill.example>; bo@plant.example",
        ] {
            assert_eq!(named(text), two, "{text}");
        }
        let many = (0..101).map(|n| format!("m{n}@plant.example\n"));
        for (text, says) in [
            (String::new(), "No address"),
            ("bo@plant.example and cy".into(), "“and” is no"),
            (many.collect(), "More than 100"),
        ] {
            let problem = named(&text).unwrap_err();
            assert!(problem.starts_with(says), "{problem}");
        }
    }
}
