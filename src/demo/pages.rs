//! `/demo/`: the mailboxes of simulated people, each mail as it was received.

mod calendar;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::mailboxes::{Delivered, Mailboxes};
use super::story::{Person, Role, Story};
use crate::clock::moment;
use crate::context::Context;
use crate::message::headers::section;
use crate::message::{self, Mail, Mailbox};
use crate::web::headers::{ALWAYS, CSP, CSP_FRAMED_MAIL, CSP_FRAMING};
use crate::web::pages::demo::{self, DemoIndex, DemoMail, DemoMailbox, Header};
use crate::web::pages::framed::framed;
use crate::web::pages::notice::Notice;
use crate::web::pages::parts::{Link, Pager};
use crate::web::pages::post::{Attachment, Body};
use crate::web::pages::{Page, render};

/// Mails on a page of a mailbox.
const PAGE: usize = 50;

/// What the pages show.
struct Stage {
    ctx: Context,
    mailboxes: Arc<Mailboxes>,
    story: Story,
    communities: Vec<Link>,
}

type Shared = State<Arc<Stage>>;

/// The pages of these people's mailboxes, with links to these communities' archives.
pub fn router(
    ctx: Context,
    mailboxes: Arc<Mailboxes>,
    story: Story,
    communities: Vec<Link>,
) -> Router {
    let stage = Stage {
        ctx,
        mailboxes,
        story,
        communities,
    };
    Router::new()
        .route("/demo", get(async || Redirect::permanent("/demo/")))
        .route("/demo/", get(index))
        .route("/demo/{person}", get(mailbox))
        .route("/demo/{person}/calendar", get(calendar::calendar))
        .route("/demo/{person}/{number}", get(mail))
        .route("/demo/{person}/{number}/html", get(mail_html))
        .with_state(Arc::new(stage))
}

async fn index(State(stage): Shared) -> Response {
    let person = |person: &Person| demo::Person {
        link: Link::new(format!("/demo/{}", person.slug), &person.name),
        address: person.address.clone(),
        role: format!("{}, {}", role(person.role), person.org),
        mails: stage.mailboxes.count(&person.address) as u64,
        calendar: calendar::link(&stage, person),
    };
    let page = DemoIndex {
        weeks: weeks(&stage),
        people: stage.story.people.iter().map(person).collect(),
        communities: stage.communities.clone(),
        now: stage.ctx.today().into(),
    };
    show(&stage, &page, CSP)
}

/// What there was to see until now, week by week.
fn weeks(stage: &Stage) -> Vec<demo::Week> {
    let mut weeks: Vec<demo::Week> = Vec::new();
    for thread in stage.story.shown_until(stage.ctx.now()) {
        let first = thread.steps.first();
        let Some(person) = first.and_then(|step| stage.story.person(&step.by)) else {
            continue;
        };
        let shown = demo::Shown {
            text: thread.shows.clone(),
            mailbox: Link::new(format!("/demo/{}", person.slug), &person.name),
        };
        match weeks.last_mut() {
            Some(week) if week.number == thread.week => week.shows.push(shown),
            _ => weeks.push(demo::Week {
                number: thread.week,
                shows: vec![shown],
            }),
        }
    }
    weeks
}

/// Where a page of a mailbox begins: only mails before that number are on it.
#[derive(Deserialize)]
struct Before {
    before: Option<String>,
}

async fn mailbox(
    State(stage): Shared,
    Path(slug): Path<String>,
    Query(Before { before }): Query<Before>,
) -> Response {
    let Some(person) = stage.story.person(&slug) else {
        return nothing(&stage);
    };
    let mails = stage.mailboxes.of(&person.address);
    let before = before.and_then(|before| before.parse::<usize>().ok());
    let end = before.map_or(mails.len(), |before| {
        before.saturating_sub(1).min(mails.len())
    });
    let first = end.saturating_sub(PAGE);
    let shown = mails.iter().enumerate().take(end).skip(first).rev();
    let from = |before: usize| format!("/demo/{slug}?before={before}");
    let page = DemoMailbox {
        name: person.name.clone(),
        address: person.address.clone(),
        count: mails.len() as u64,
        mails: shown.map(|(n, mail)| line(&slug, n + 1, mail)).collect(),
        calendar: calendar::link(&stage, person),
        pager: Pager {
            newer: (end < mails.len()).then(|| from((end + PAGE).min(mails.len()) + 1)),
            older: (first > 0).then(|| from(first + 1)),
        },
    };
    show(&stage, &page, CSP)
}

fn line(slug: &str, number: usize, mail: &Delivered) -> demo::Received {
    let read = message::parse(&mail.raw);
    demo::Received {
        link: Link::new(format!("/demo/{slug}/{number}"), subject(&read)),
        from: read.from.first().map(author).unwrap_or_default(),
        at: moment(mail.at).into(),
        kind: mail.kind.clone(),
    }
}

async fn mail(State(stage): Shared, Path((slug, number)): Path<(String, String)>) -> Response {
    let Some(Found {
        person,
        mail,
        number,
        count,
    }) = find(&stage, &slug, &number)
    else {
        return nothing(&stage);
    };
    let read = message::parse(&mail.raw);
    let to = |n: usize| {
        (1..=count)
            .contains(&n)
            .then(|| format!("/demo/{slug}/{n}"))
    };
    let listed = |boxes: &[Mailbox]| boxes.iter().map(plainly).collect::<Vec<_>>().join(", ");
    let files = read.attachments.iter();
    let page = DemoMail {
        mailbox: Link::new(format!("/demo/{slug}"), &person.name),
        subject: subject(&read),
        from: listed(&read.from),
        to: listed(&read.to),
        cc: listed(&read.cc),
        at: moment(mail.at).into(),
        headers: headers(&mail.raw),
        body: Body::new(&read.text),
        html_href: read
            .html
            .is_some()
            .then(|| format!("/demo/{slug}/{number}/html")),
        attachments: files
            .map(|file| Attachment::new(&file.name, &file.media_type, file.size as u64))
            .collect(),
        pager: Pager {
            newer: to(number + 1),
            older: to(number.saturating_sub(1)),
        },
    };
    show(&stage, &page, CSP_FRAMING)
}

/// A mail's HTML part alone, for the frame on the mail's page: as it was sent, because
/// these are our own mails, and the demonstration shows how they look.
async fn mail_html(State(stage): Shared, Path((slug, number)): Path<(String, String)>) -> Response {
    let found = find(&stage, &slug, &number);
    let html = found.and_then(|found| message::html_as_sent(&found.mail.raw));
    let Some(html) = html else {
        return nothing(&stage);
    };
    guarded(Html(framed(&html)).into_response(), CSP_FRAMED_MAIL)
}

/// A mail, its number in its mailbox from 1, and how many are in there.
struct Found<'a> {
    person: &'a Person,
    mail: Arc<Delivered>,
    number: usize,
    count: usize,
}

fn find<'a>(stage: &'a Stage, slug: &str, number: &str) -> Option<Found<'a>> {
    let person = stage.story.person(slug)?;
    let mails = stage.mailboxes.of(&person.address);
    let number: usize = number.parse().ok()?;
    let mail = mails.get(number.checked_sub(1)?)?.clone();
    Some(Found {
        person,
        mail,
        number,
        count: mails.len(),
    })
}

fn headers(raw: &[u8]) -> Vec<Header> {
    let head = section(raw, 0, raw.len());
    let field = |field: &message::headers::Field| Header {
        name: String::from_utf8_lossy(field.name_in(raw)).into_owned(),
        value: field.text_in(raw),
    };
    head.fields.iter().map(field).collect()
}

fn subject(read: &Mail) -> String {
    match read.subject.as_str() {
        "" => "(no subject)".to_owned(),
        subject => subject.to_owned(),
    }
}

fn author(from: &Mailbox) -> String {
    from.name.clone().unwrap_or_else(|| from.address.clone())
}

/// A mailbox for people's eyes, without the encodings of a header.
fn plainly(one: &Mailbox) -> String {
    match &one.name {
        Some(name) => format!("{name} <{}>", one.address),
        None => one.address.clone(),
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Facilitator => "facilitator",
        Role::Member => "member",
        Role::Newcomer => "newcomer",
        Role::Listener => "listener",
        Role::Joiner => "joins by mail",
        Role::Stranger => "not a member",
        Role::Sponsor => "sponsor",
    }
}

fn nothing(stage: &Stage) -> Response {
    let mut response = show(stage, &Notice::not_found(), CSP);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn show<P: Page>(stage: &Stage, page: &P, policy: &'static str) -> Response {
    match render(&stage.ctx.templates, page) {
        Ok(html) => guarded(Html(html).into_response(), policy),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn guarded(mut response: Response, policy: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
