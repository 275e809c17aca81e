//! A person has many addresses: linking them, and changing where mail goes.

use folkmoot::context::Context;
use folkmoot::identity::Strength;
use folkmoot::lists::membership::{self, NewMember};
use folkmoot::lists::post::{self, Arrival, Outcome};
use folkmoot::lists::speaker::{self, Speaker};
use folkmoot::lists::{addresses, confirmation, joining, leaving};
use folkmoot::message;
use folkmoot::store::communities::{self, Community};
use folkmoot::store::intake::{self, NewMessage};
use folkmoot::store::{held, mails, members, outbox};

use crate::support::community::THREE;
use crate::support::letters::{self, Letter, names};
use crate::support::store::{NOW, founded, runtime, write};
use crate::support::{Community as Charter, Database, Mail, Node, Post, Sink, both};

both!(
    the_operator_moves_a_persons_mail_in_all_communities,
    who_posts_from_a_second_address_links_it_and_the_post_goes_out,
    a_reply_to_the_hold_notice_links,
    asking_to_link_tells_nobody_who_is_a_member,
    a_bare_request_to_link_is_asked_at_both_ends,
    an_address_changes_when_both_ends_have_said_yes,
    two_memberships_of_one_person_become_one,
    a_proven_author_joins_and_leaves_at_once,
    the_hold_notice_links_two_addresses_by_mail_alone,
);

const ANN: &str = "ann@plant.example";
const HOME: &str = "ann@home.example";

fn the_operator_moves_a_persons_mail_in_all_communities(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Charter::pumps(), &THREE);
    let valves = Charter {
        slug: "valves",
        ..Charter::pumps()
    };
    node.found(&valves, &[ANN]);
    node.run(&["member", "set", "pumps", ANN, "address=Ann@Home.example"])
        .ok();
    assert_eq!(node.member(HOME)["state"], "active");
    let valves = node.json(&["member", "list", "valves"]);
    assert_eq!(valves[0]["address"], HOME, "{valves}");
    node.post(&Post::new("bob@plant.example", "p@plant.example", "Seals"));
    node.post(&Post::new(ANN, "q@plant.example", "From the old one"));
    node.settle();
    let to = |id: &str| sink.recipients(id);
    assert!(to("p@plant.example").contains(&HOME.to_owned()));
    assert!(!to("p@plant.example").contains(&ANN.to_owned()));
    assert_eq!(
        to("q@plant.example").len(),
        3,
        "the old address may still post"
    );
    assert!(
        names(&sink, HOME).iter().all(String::is_empty),
        "posts only"
    );
    node.run(&["member", "set", "pumps", "bob@plant.example", "address=x"])
        .refused();
}

/// A community, told in transactions, and what was mailed to whom.
struct Scene {
    ctx: Context,
    community: Community,
}

fn scene<F: Future<Output = ()>>(database: &Database, tell: impl FnOnce(Scene) -> F) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        let db = ctx.db.clone();
        let scene = Scene::for_members(ctx, community).await;
        scene.add(ANN).await;
        tell(scene).await;
        db.close().await;
    });
}

/// What somebody asks for.
enum Ask<'a> {
    Link(&'a str),
    Change(&'a str),
    Confirm(&'a str),
    Join,
    Leave,
}

impl Scene {
    /// Only members post, and there is somebody to decide about others.
    async fn for_members(ctx: Context, mut community: Community) -> Scene {
        let text = community.charter.replace("\"anyone\"", "\"members\"");
        let mut tx = write(&ctx).await;
        communities::update(&mut tx, community.id, "Pumps", &text, &text)
            .await
            .expect("a charter");
        tx.commit().await.expect("a commit");
        community.charter = text;
        Scene { ctx, community }
    }

    async fn add(&self, address: &str) {
        let new = NewMember {
            address: address.into(),
            ..NewMember::default()
        };
        let mut tx = write(&self.ctx).await;
        let added = membership::add(&mut tx, self.community.id, &new, "test", NOW).await;
        added.expect("added");
        tx.commit().await.expect("a commit");
    }

    /// Somebody writes, known by `strength`; gives what became of it.
    async fn says(&self, from: &str, text: &str, strength: Strength, ask: Ask<'_>) -> Outcome {
        let charter = self.ctx.charter(&self.community);
        let charter = charter.unwrap_or_else(|| panic!("{}", self.community.charter));
        let mut tx = write(&self.ctx).await;
        let message = self.message(&mut tx, from, text).await;
        let mail = message::parse(&message.raw);
        let arrival = Arrival {
            intake: 0,
            community: &self.community,
            charter: &charter,
            message: &message,
            mail: &mail,
        };
        let author = speaker::author(&mut tx, &self.ctx, &arrival).await;
        let author: Speaker = author.expect("an answer").expect("a person");
        let author = Speaker { strength, ..author };
        let (ctx, tx_) = (&self.ctx, &mut tx);
        let outcome = match ask {
            Ask::Link(to) => addresses::link(tx_, ctx, &arrival, &author, to).await,
            Ask::Change(to) => addresses::change(tx_, ctx, &arrival, &author, to).await,
            Ask::Confirm(token) => confirmation::confirm(tx_, ctx, &arrival, token).await,
            Ask::Join => joining::asked(tx_, ctx, &arrival, &author).await,
            Ask::Leave => leaving::asked(tx_, ctx, &arrival, &author).await,
        };
        tx.commit().await.expect("a commit");
        outcome.expect("an outcome")
    }

    async fn message(
        &self,
        tx: &mut folkmoot::store::Tx,
        from: &str,
        text: &str,
    ) -> intake::Message {
        let id = folkmoot::random::message_id("x.example");
        let raw = format!("From: {from}\r\nSubject: x\r\nMessage-ID: <{id}>\r\n\r\n{text}\r\n");
        let new = NewMessage {
            message_id: &id,
            envelope_from: from,
            via: "lmtp",
            peer: "",
            helo: "",
            received_at: self.ctx.now(),
            raw: raw.as_bytes(),
        };
        let to = "pumps-request@lists.example.org".to_owned();
        let id = intake::insert(tx, &new, &[to], i64::MAX)
            .await
            .expect("kept");
        intake::message(tx, id).await.expect("the message")
    }

    /// Somebody posts, as the node's dispatch has it.
    async fn posts(&self, from: &str) -> Outcome {
        let charter = self.ctx.charter(&self.community).expect("a charter");
        let mut tx = write(&self.ctx).await;
        let message = self.message(&mut tx, from, "Which seal?").await;
        let rows = intake::claim(&mut tx, i64::MAX, "test", (0, i64::MAX), 100).await;
        let rows = rows.expect("rows").into_iter();
        let row = rows.max_by_key(|row| row.id).expect("its row");
        let mail = message::parse(&message.raw);
        let arrival = Arrival {
            intake: row.id,
            community: &self.community,
            charter: &charter,
            message: &message,
            mail: &mail,
        };
        let outcome = post::process(&mut tx, &self.ctx, &arrival).await;
        let outcome = outcome.expect("an outcome");
        let end = (outcome.0, outcome.1.as_str());
        let id = Some(self.community.id);
        let done = intake::finish(&mut tx, row.id, "test", end, id, NOW).await;
        assert!(done.expect("recorded"));
        tx.commit().await.expect("a commit");
        outcome
    }

    /// (name, token to confirm with) of each mail to somebody, in order.
    async fn mailed(&self, recipient: &str) -> Vec<(String, String)> {
        let mut tx = write(&self.ctx).await;
        let rows = outbox::of_recipient(&mut tx, recipient, 100).await;
        let mut rows = rows.expect("rows");
        rows.sort_by_key(|row| row.id);
        let mut found = Vec::new();
        for row in rows {
            let content = mails::content(&mut tx, row.mail_id).await.expect("content");
            let mail = Mail::new(&content);
            let reply_to = mail.all("Reply-To").concat();
            let token = reply_to.split(['+', '@']).nth(1).unwrap_or_default();
            found.push((mail.header("Folkmoot-Mail"), token.to_owned()));
        }
        found
    }

    async fn names(&self, recipient: &str) -> Vec<String> {
        let mailed = self.mailed(recipient).await;
        mailed.into_iter().map(|(name, _)| name).collect()
    }

    /// Somebody replies to the last confirmation that they got.
    async fn confirms(&self, address: &str, text: &str) -> Outcome {
        let mailed = self.mailed(address).await;
        let asked = mailed.iter().rev().find(|(name, _)| name == "confirm");
        let (_, token) = asked.unwrap_or_else(|| panic!("{address} got {mailed:?}"));
        let ask = Ask::Confirm(token);
        self.says(address, text, Strength::Bare, ask).await
    }

    async fn person(&self, address: &str) -> Option<i64> {
        let mut tx = write(&self.ctx).await;
        members::person_with(&mut tx, address)
            .await
            .expect("an answer")
    }

    async fn member(&self, address: &str) -> Option<members::Member> {
        let mut tx = write(&self.ctx).await;
        let found = members::by_address(&mut tx, self.community.id, address).await;
        found.expect("an answer")
    }
}

fn who_posts_from_a_second_address_links_it_and_the_post_goes_out(database: &Database) {
    scene(database, |scene| async move {
        // Two posts are held; one is hers.
        for from in [HOME, "eve@far.example"] {
            assert_eq!(scene.posts(from).await.0, "held");
        }
        scene
            .says(HOME, "link", Strength::Token, Ask::Link(ANN))
            .await;
        assert_eq!(scene.names(HOME).await, ["receipt"]);
        assert_eq!(scene.names(ANN).await, ["confirm"]);
        assert_eq!(scene.person(HOME).await, None, "nothing before she agrees");
        scene.confirms(ANN, "Yes, that is me.").await;
        assert_eq!(scene.person(HOME).await, scene.person(ANN).await);
        let mut tx = write(&scene.ctx).await;
        let held = held::list(&mut tx, scene.community.id).await.expect("held");
        assert_eq!(held.len(), 1, "a stranger's post waits on");
        drop(tx);
        assert_eq!(scene.names(HOME).await, ["receipt", "receipt"]);
    });
}

fn a_reply_to_the_hold_notice_links(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let trusted = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";
    node.configure("dns = []", trusted);
    node.found(&Charter::pumps(), &THREE);
    node.start();
    let proof = "Authentication-Results: mx.example.org; dmarc=pass header.from=home.example\r\n";
    let post = Post::new(HOME, "home@home.example", "From home");
    let raw = [proof.as_bytes(), &post.raw].concat();
    node.post(&Post { raw, ..post });
    node.settle();
    let notice = letters::last(&sink, HOME, "hold-notice");
    letters::answer(&node, HOME, &notice, &format!("link {ANN}"));
    letters::answer(&node, ANN, &letters::last(&sink, ANN, "confirm"), "Yes");
    assert_eq!(sink.recipients("home@home.example"), THREE);
}

fn asking_to_link_tells_nobody_who_is_a_member(database: &Database) {
    scene(database, |scene| async move {
        let eve = "eve@far.example";
        scene
            .says(
                eve,
                "link",
                Strength::Token,
                Ask::Link("nobody@plant.example"),
            )
            .await;
        scene
            .says(eve, "link", Strength::Token, Ask::Link(ANN))
            .await;
        assert_eq!(
            scene.names(eve).await,
            ["receipt", "receipt"],
            "the same both times"
        );
        assert!(scene.names("nobody@plant.example").await.is_empty());
        // A bare From line from outside gets nothing at all.
        let far = "far@far.example";
        scene
            .says(far, "link", Strength::Bare, Ask::Link(ANN))
            .await;
        assert!(scene.names(far).await.is_empty());
        assert_eq!(scene.names(ANN).await, ["confirm"]);
        scene.confirms(ANN, "No, I do not know them").await;
        assert_eq!(scene.person(eve).await, None);
    });
}

fn a_bare_request_to_link_is_asked_at_both_ends(database: &Database) {
    scene(database, |scene| async move {
        scene
            .says(ANN, "link", Strength::Bare, Ask::Link(HOME))
            .await;
        assert_eq!(scene.names(HOME).await, ["confirm"]);
        scene.confirms(HOME, "Yes").await;
        assert_eq!(scene.person(HOME).await, None, "a From line proves nothing");
        scene.confirms(ANN, "Yes").await;
        assert_eq!(scene.person(HOME).await, scene.person(ANN).await);

        scene
            .says(ANN, "link", Strength::Token, Ask::Link("ann@third.example"))
            .await;
        scene.confirms("ann@third.example", "ok").await;
        let third = scene.person("ann@third.example").await;
        assert_eq!(third, scene.person(ANN).await, "her own end had agreed");
    });
}

fn an_address_changes_when_both_ends_have_said_yes(database: &Database) {
    scene(database, |scene| async move {
        scene
            .says(ANN, "address", Strength::Token, Ask::Change(HOME))
            .await;
        scene.confirms(HOME, "yes").await;
        scene.confirms(ANN, "Is that you?").await;
        scene.confirms(ANN, "Fine with me").await;
        let before = scene.member(ANN).await.expect("a member");
        assert_eq!(before.address, ANN, "it takes a plain yes");
        scene.confirms(ANN, "Yes").await;
        let after = scene.member(HOME).await.expect("a member");
        assert_eq!((after.address.as_str(), after.id), (HOME, before.id));
        assert_eq!(scene.names(HOME).await, ["confirm", "receipt"]);
        assert_eq!(scene.names(ANN).await, ["confirm", "receipt"]);
        let again = scene.confirms(ANN, "Yes").await;
        assert_eq!(again.0, "discarded", "{again:?}");
        let still = scene.member(ANN).await.expect("the old address stays hers");
        assert_eq!(still.id, before.id);
    });
}

fn two_memberships_of_one_person_become_one(database: &Database) {
    scene(database, |scene| async move {
        scene.add(HOME).await;
        let mut tx = write(&scene.ctx).await;
        let found = membership::for_change(&mut tx, scene.community.id, HOME).await;
        let mut other = found.expect("an answer").expect("the member");
        membership::add_role(&mut other, "moderator");
        membership::save(&mut tx, &other).await.expect("saved");
        tx.commit().await.expect("a commit");

        let near = scene.member(ANN).await.expect("a member");
        scene
            .says(ANN, "link", Strength::Token, Ask::Link(HOME))
            .await;
        scene.confirms(HOME, "Yes").await;
        let one = scene.member(HOME).await.expect("a member");
        assert_eq!((one.id, one.address.as_str()), (near.id, ANN), "hers stays");
        assert!(
            one.has_role("moderator"),
            "with the roles of both: {}",
            one.roles
        );
        let mut tx = write(&scene.ctx).await;
        let all = members::of_community(&mut tx, scene.community.id)
            .await
            .expect("members");
        let left: Vec<_> = all.iter().filter(|member| member.state == "left").collect();
        assert_eq!(left.len(), 1);
        let open = folkmoot::store::roster::open(&mut tx, left[0].id)
            .await
            .expect("an answer");
        assert_eq!(open, None, "posts come once");
    });
}

fn a_proven_author_joins_and_leaves_at_once(database: &Database) {
    scene(database, |mut scene| async move {
        let zoe = "zoe@far.example";
        let text = scene
            .community
            .charter
            .replace("subscription = \"confirm\"", "subscription = \"open\"");
        scene.community.charter = text;
        scene
            .says(zoe, "Let me in", Strength::Aligned, Ask::Join)
            .await;
        assert!(
            scene
                .member(zoe)
                .await
                .is_some_and(|member| member.on_list())
        );
        assert_eq!(scene.names(zoe).await, ["welcome"]);
        scene.says(zoe, "Bye", Strength::Aligned, Ask::Leave).await;
        assert!(
            scene
                .member(zoe)
                .await
                .is_some_and(|member| member.state == "left")
        );
        assert_eq!(scene.names(zoe).await, ["welcome", "goodbye"]);
        // With `confirm` the policy asks, however sure the author is.
        let text = scene.community.charter.replace("\"open\"", "\"confirm\"");
        scene.community.charter = text;
        let yan = "yan@far.example";
        scene
            .says(yan, "Let me in", Strength::Aligned, Ask::Join)
            .await;
        assert_eq!(scene.names(yan).await, ["confirm"]);
    });
}

/// A server in front that is believed.
const TRUSTED: &str = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";

fn the_hold_notice_links_two_addresses_by_mail_alone(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.configure("dns = []", TRUSTED);
    let charter = Charter {
        more: "[[facilitator]]\naddress = \"fay@plant.example\"\n",
        ..Charter::pumps()
    };
    node.found(&charter, &THREE);
    node.start();
    let post = Letter {
        from: "Ann <ann@home.example>",
        to: "pumps@lists.example.org",
        subject: "From home",
        text: "Which seal?",
        more: "Authentication-Results: mx.example.org; dmarc=pass header.from=home.example\r\n",
    };
    let id = letters::send(&node, &post);
    let notice = letters::last(&sink, HOME, "hold-notice");
    letters::answer(&node, HOME, &notice, "Link ann@plant.example, please");
    let asked = letters::last(&sink, ANN, "confirm");
    assert!(sink.copies(&id).is_empty(), "Ann has not said yes yet");
    letters::answer(&node, ANN, &asked, "yes");
    assert_eq!(sink.recipients(&id).len(), 4, "it goes out at once");
    assert!(
        letters::last(&sink, HOME, "receipt")
            .text()
            .contains("are linked")
    );
    // What else she asks from there, she asks as the member.
    let linked = letters::last(&sink, HOME, "receipt");
    letters::answer(&node, HOME, &linked, "set digest");
    assert_eq!(node.member(ANN)["delivery"], "digest");
}
