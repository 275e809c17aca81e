//! Policies, lists, signatures and authors, each with each: no mail leaves From a domain
//! that asks receivers to refuse it and that nothing aligns.

use folkmoot::config::Charter;
use folkmoot::context::Context;
use folkmoot::identity::{Checked, Policy};
use folkmoot::lists::post::Arrival;
use folkmoot::lists::{dmarc, transforms};
use folkmoot::message::address::domain_of;
use folkmoot::message::parse;
use folkmoot::store::communities::Community;
use folkmoot::store::intake::Message;
use serde::Deserialize;

use crate::support::Database;
use crate::support::author_keys::{Found, How, Keys};
use crate::support::store::{NOW, founded_with, runtime};

const OURS: (&str, &str) = ("lists.example.org", "ours");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    modes: Vec<String>,
    policies: Vec<Policy>,
    lists: Vec<String>,
    signature: Vec<Signed>,
    author: Vec<Author>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    domain: String,
    fields: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Author {
    from: String,
}

fn table() -> Table {
    toml::from_str(include_str!("../../data/dmarc.toml")).expect("a table")
}

/// Whether a domain that signs aligns with the author's (RFC 9989, relaxed).
fn aligns(signer: &str, author: &str) -> bool {
    author == signer || author.ends_with(&format!(".{signer}"))
}

fn is_refused(domain: &str) -> bool {
    aligns("free.example", domain)
}

fn written(author: &Author, signed: &Signed, keys: &Keys) -> Vec<u8> {
    let from = match author.from.as_str() {
        "" => String::new(),
        from => format!("From: {from}\r\n"),
    };
    let post = format!(
        "{from}To: pumps@lists.example.org\r\nSubject: Seals\r\n\
         Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <1@plant.example>\r\n\r\nWhich seal?\r\n"
    );
    let how = How {
        fields: &signed.fields,
        simple: false,
        length: false,
    };
    match signed.fields.as_str() {
        "" => post.into_bytes(),
        _ => keys.sign(post.as_bytes(), (&signed.domain, "theirs"), how),
    }
}

/// What our checks on the way in would find.
fn checked(raw: &[u8], policy: Policy, found: &[Found]) -> Checked {
    let mail = parse(raw);
    let author = mail
        .from
        .first()
        .map_or("", |from| domain_of(&from.address));
    let own = found.iter().enumerate();
    let own = own
        .filter(|(_, (_, signer, holds))| mail.has_one_author && *holds && aligns(signer, author));
    let is_asked = policy != Policy::Unchecked;
    Checked {
        author_signatures: own.map(|(place, _)| place).filter(|_| is_asked).collect(),
        policy: match mail.has_one_author || !is_asked {
            true => policy,
            false => Policy::None,
        },
        ..Checked::default()
    }
}

/// The mail as it goes over the wire: with the fields of one recipient, and signed.
fn leaves(ctx: &Context, arrival: &Arrival<'_>, keys: &Keys) -> Vec<u8> {
    let copy = transforms::list_copy(ctx, arrival);
    let content = dmarc::content(ctx, arrival, copy).bytes;
    let personal = b"List-Unsubscribe: <https://lists.example.org/u/x>\r\n\
        List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    let how = How {
        fields: "From:Subject:Date:Message-ID:Reply-To:List-Unsubscribe",
        simple: false,
        length: false,
    };
    keys.sign(&[&personal[..], &content].concat(), OURS, how)
}

/// What it is, its bytes, and the signatures that hold.
type Written = (String, Vec<u8>, Vec<Found>);

struct Case<'a> {
    ctx: &'a Context,
    community: &'a Community,
    keys: &'a Keys,
    charter: &'a Charter,
    name: String,
    mode: &'a str,
}

/// How many of the cases left From the author, and from somebody strict or refused.
#[derive(Default, Debug)]
struct Tally {
    kept: usize,
    renamed: usize,
    strict: usize,
}

impl Case<'_> {
    fn run(&self, raw: Vec<u8>, checked: &Checked, tally: &mut Tally) {
        let mail = parse(&raw);
        let message = Message {
            id: 1,
            message_id: "1@plant.example".into(),
            envelope_from: "ann@plant.example".into(),
            via: "lmtp".into(),
            peer: String::new(),
            helo: String::new(),
            checked: checked.to_text(),
            received_at: NOW,
            raw,
        };
        let arrival = Arrival {
            intake: 1,
            community: self.community,
            charter: self.charter,
            message: &message,
            mail: &mail,
        };
        let sent = leaves(self.ctx, &arrival, self.keys);
        let found = self.keys.verify(&sent);
        let left = parse(&sent);
        let domains: Vec<&str> = left
            .from
            .iter()
            .map(|from| domain_of(&from.address))
            .collect();
        self.judge(&mail, checked, &domains, &found, tally);
        assert!(folkmoot::message::wire::is_fit(&sent), "{}", self.name);
    }

    fn judge(
        &self,
        mail: &folkmoot::message::Mail,
        checked: &Checked,
        domains: &[&str],
        found: &[Found],
        tally: &mut Tally,
    ) {
        let name = &self.name;
        assert!(!domains.is_empty(), "{name}: there is a From");
        let broken: Vec<_> = found.iter().filter(|(_, _, holds)| !holds).collect();
        assert!(broken.is_empty(), "{name}: {broken:?} should have gone");
        let is_aligned = |domain: &&&str| {
            let mut good = found.iter().filter(|(_, _, holds)| *holds);
            good.any(|(_, signer, _)| aligns(signer, domain))
        };
        let asks = matches!(checked.policy, Policy::Quarantine | Policy::Reject);
        let is_strict = |domain: &&&str| asks || is_refused(domain);
        let wrong = domains
            .iter()
            .filter(is_strict)
            .find(|domain| !is_aligned(domain));
        let authors: Vec<&str> = mail
            .from
            .iter()
            .map(|from| domain_of(&from.address))
            .collect();
        tally.strict += usize::from(authors.iter().any(|domain| is_strict(&domain)));
        match authors == domains {
            true => tally.kept += 1,
            false => tally.renamed += 1,
        }
        if self.mode != "none" {
            assert_eq!(wrong, None, "{name}");
        }
        let stays = match self.mode {
            "none" => true,
            "auto" => {
                authors
                    .iter()
                    .all(|domain| is_aligned(&domain) && mail.has_one_author)
                    || matches!(checked.policy, Policy::None | Policy::Unchecked)
                        && mail.has_one_author
                        && !authors.iter().any(|domain| is_refused(domain))
            }
            _ => false,
        };
        if stays && !mail.from.is_empty() && checked.policy != Policy::Unchecked {
            assert_eq!(domains, authors, "{name}: From stays where it may");
        }
        if matches!(self.mode, "rewrite" | "wrap") {
            assert_eq!(domains, ["lists.example.org"], "{name}");
        }
    }
}

#[test]
fn nothing_leaves_that_its_authors_domain_asks_to_refuse() {
    let table = table();
    let mut keys = Keys::default();
    keys.add(OURS.0, OURS.1);
    keys.add("plant.example", "theirs");
    keys.add("sender.example", "theirs");
    let folder = tempfile::tempdir().expect("a folder");
    let more = "[authentication]\ndns = []\nrefused_domains = [\"free.example\"]\n";
    let (ctx, community) =
        runtime().block_on(founded_with(&Database::sqlite(), folder.path(), more));
    let mut tally = Tally::default();
    let posts: Vec<Written> = each(&table.author, &table.signature)
        .map(|(author, signed)| {
            let raw = written(author, signed, &keys);
            let found = keys.verify(&raw);
            let name = format!("{:?} {}", author.from, signed.fields);
            (name, raw, found)
        })
        .collect();
    for (mode, list) in each(&table.modes, &table.lists) {
        let text = format!(
            "slug = 'pumps'\nname = 'Pumps'\n[charter]\ndomain = 'd'\ncommunity = 'c'\n\
             practice = 'p'\n[list]\ndmarc = '{mode}'\n{list}\n"
        );
        let charter = Charter::parse(&text, "charter.toml").expect("a charter");
        for ((name, raw, found), policy) in each(&posts, &table.policies) {
            let case = Case {
                ctx: &ctx,
                community: &community,
                keys: &keys,
                charter: &charter,
                name: format!("{name} {mode} {list:?} {policy:?}"),
                mode,
            };
            let checked = checked(raw, *policy, found);
            case.run(raw.clone(), &checked, &mut tally);
        }
    }
    // The table has all kinds of cases, or it would show nothing.
    assert!(tally.kept > 500 && tally.renamed > 500, "{tally:?}");
    assert!(tally.strict > 500, "{tally:?}");
    println!("D3: {tally:?}");
}

fn each<'a, A, B>(one: &'a [A], other: &'a [B]) -> impl Iterator<Item = (&'a A, &'a B)> {
    one.iter()
        .flat_map(move |a| other.iter().map(move |b| (a, b)))
}
