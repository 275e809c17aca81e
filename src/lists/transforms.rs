//! What changes in a post on its way to the members, in one place. Nothing here
//! judges; what is not named here stays as the author sent it.

use super::post::Arrival;
use crate::config::{ArchivePolicy, ReplyTo};
use crate::context::Context;
use crate::links;
use crate::message;
use crate::message::footer::Footer;
use crate::message::{ListCopy, Mailbox};
use crate::store::intake::BY_ACT;
use crate::templates::mails::PostFooter;

/// A list's identifier without angle brackets (RFC 2919).
pub fn list_id(slug: &str, domain: &str) -> String {
    format!("{slug}.{domain}")
}

/// How this post is to leave. List-Unsubscribe is personal and added by the outbox.
pub fn list_copy(ctx: &Context, arrival: &Arrival<'_>) -> ListCopy {
    let charter = arrival.charter;
    ListCopy {
        remove: vec!["List-Unsubscribe".into(), "List-Unsubscribe-Post".into()],
        set: list_fields(ctx, arrival),
        // Another list removes our List-Id; this stays, and stops a post that comes back.
        later: vec!["List-Unsubscribe".into(), "List-Unsubscribe-Post".into()],
        add: [(
            "X-BeenThere".into(),
            format!("{}@{}", arrival.community.slug, ctx.settings.domain),
        )]
        .into_iter()
        .chain(own_names(arrival))
        .collect(),
        subject_tag: Some(charter.list.subject_tag.clone()).filter(|tag| !tag.is_empty()),
        footer: charter.list.footer.then(|| footer(ctx, arrival)).flatten(),
        authserv_id: Some(ctx.settings.domain.clone()),
        message_id: format!("<{}>", arrival.message.message_id),
        date: ctx.today().to_rfc2822(),
        ..ListCopy::default()
    }
}

/// Fields that say which mail of ours it is are taken out of people's posts, and stay in
/// a post that the community itself wrote.
fn own_names(arrival: &Arrival<'_>) -> Vec<(String, String)> {
    if arrival.message.via != BY_ACT {
        return Vec::new();
    }
    let is_ours = |name: &str| {
        name.eq_ignore_ascii_case("Folkmoot-Mail") || name.eq_ignore_ascii_case("Folkmoot-About")
    };
    let fields = message::fields(&arrival.message.raw).into_iter();
    let ours = fields.filter(|field| is_ours(&field.0));
    ours.map(|field| (field.0.to_string(), field.1.trim().to_string()))
        .collect()
}

/// The fields a list must write: RFC 2369 (List-*), 2919 (List-Id), 5064
/// (Archived-At), and Sender, because we are who sends (RFC 5322, section 3.6.2).
fn list_fields(ctx: &Context, arrival: &Arrival<'_>) -> Vec<(String, String)> {
    let (slug, domain) = (&arrival.community.slug, &ctx.settings.domain);
    let base = &ctx.settings.base_url;
    let mailto = |suffix: &str| format!("<mailto:{slug}{suffix}@{domain}>");
    let named = |address: String| {
        Mailbox {
            name: Some(arrival.community.name.clone()),
            address,
        }
        .to_header()
    };
    let mut fields = vec![
        ("List-Id", named(list_id(slug, domain))),
        ("List-Post", mailto("")),
        ("List-Help", mailto("-request")),
        ("List-Subscribe", mailto("-join")),
        ("List-Owner", mailto("-owner")),
        ("Precedence", "list".to_owned()),
        ("Sender", format!("<{slug}-owner@{domain}>")),
    ];
    if arrival.mail.from.is_empty() {
        // RFC 5322, section 3.6, demands a From; relays refuse mail without one.
        fields.push(("From", named(format!("{slug}@{domain}"))));
    }
    if arrival.charter.list.archive != ArchivePolicy::None {
        fields.push(("List-Archive", format!("<{}>", links::front(base, slug))));
        fields.push((
            "Archived-At",
            format!(
                "<{}>",
                links::message(base, slug, &arrival.message.message_id)
            ),
        ));
    }
    if arrival.charter.list.reply_to == ReplyTo::List {
        fields.push(("Reply-To", named(format!("{slug}@{domain}"))));
    }
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The footer: the same for everybody and without tokens, because replies quote
/// it. A broken template costs the footer, never the post.
fn footer(ctx: &Context, arrival: &Arrival<'_>) -> Option<Footer> {
    let (slug, domain) = (&arrival.community.slug, &ctx.settings.domain);
    let archive = match arrival.charter.list.archive {
        ArchivePolicy::None => String::new(),
        _ => links::front(&ctx.settings.base_url, slug),
    };
    let says = PostFooter {
        community: arrival.community.name.clone(),
        post_address: format!("{slug}@{domain}"),
        leave_address: format!("{slug}-leave@{domain}"),
        archive_url: archive,
    };
    let language = &arrival.charter.language;
    let render = |part| {
        ctx.templates
            .render_mail(language, slug, "footer", part, &says)
            .ok()
    };
    Some(Footer {
        text: render("txt")?,
        html: render("html")?,
    })
}
