//! The pages: what a visitor may see, and what pressing a link does.

use crate::support::community::THREE;
use crate::support::http::{Answer, get, request};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_public_archive_is_read,
    a_private_archive_leaks_nothing,
    hostile_mail_is_harmless_on_a_page,
    one_click_leaves_at_once,
    probes_and_metrics_answer,
);

const PUBLIC: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "public",
    more: "",
};

fn a_public_archive_is_read(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("alternative"));
    let node = Node::with_list(database, &sink, &PUBLIC, &THREE);
    node.post(&post);
    let answer = reply_to(&post);
    node.post(&answer);
    node.settle();

    let front = page(&node, "/");
    assert!(
        front.body.contains("/c/pumps/") && front.body.contains("Friends of pumps"),
        "{}",
        front.body
    );
    let archive = page(&node, "/c/pumps/");
    assert!(
        archive.body.contains("Dichtungen für heißes Wasser"),
        "{}",
        archive.body
    );
    let archived_at = sink.copies(&post.id)[0].mail().header("Archived-At");
    let path = archived_at
        .trim_matches(['<', '>'])
        .strip_prefix("https://lists.example.org")
        .expect("our base URL")
        .to_owned();
    let message = page(&node, &path);
    assert!(
        message.body.contains("Grüße aus dem Werk"),
        "{}",
        message.body
    );
    let thread = page(&node, &link(&archive.body, "/c/pumps/t/"));
    assert!(
        thread.body.contains("Grüße aus dem Werk") && thread.body.contains("Indeed, both."),
        "{}",
        thread.body
    );
    for page in [&front, &archive, &message, &thread] {
        assert!(
            !page.body.contains("@plant.example"),
            "no address for harvesters: {}",
            page.body
        );
    }
    for nothing in [
        "/c/pumps/m/999999",
        "/c/pumps/m/x",
        "/c/pumps/t/-1",
        "/c/nowhere/",
        "/nothing",
        "/c/pumps/m/%00",
        "/c/../x",
    ] {
        assert_eq!(get(node.http, nothing).status, 404, "{nothing}");
    }
}

fn reply_to(post: &Post) -> Post {
    let mut answer = Post::with_body(
        "cleo@mill.example",
        "answer@mill.example",
        "Re: Dichtungen",
        "Indeed, both.\r\n",
    );
    let header = format!("In-Reply-To: <{}>\r\n", post.id);
    answer.raw.splice(0..0, header.into_bytes());
    answer
}

fn a_private_archive_leaks_nothing(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.settle();
    let archived_at = sink.copies(&post.id)[0].mail().header("Archived-At");
    let path = archived_at
        .trim_matches(['<', '>'])
        .strip_prefix("https://lists.example.org")
        .expect("our base URL")
        .to_owned();
    for path in [
        path.as_str(),
        "/c/pumps/",
        "/c/pumps/search?q=Cavitation",
        "/c/pumps/feed.atom",
        "/c/pumps/t/1",
        "/c/pumps/members",
    ] {
        let answer = get(node.http, path);
        assert!(
            matches!(answer.status, 403 | 404),
            "{path}: {}",
            answer.status
        );
        for secret in ["Cavitation", "rattles", "plant.example", "mill.example"] {
            assert!(!answer.body.contains(secret), "{path} tells {secret}");
        }
    }
}

fn hostile_mail_is_harmless_on_a_page(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &PUBLIC, &THREE);
    let body =
        "<script>alert(1)</script> <img src=https://evil.example/x.png onerror=alert(1)>\r\n";
    node.post(&Post::with_body(
        "bob@plant.example",
        "xss@plant.example",
        "<script>alert(2)</script>",
        body,
    ));
    let html = "MIME-Version: 1.0\r\nContent-Type: text/html\r\n";
    let mut other = Post::with_body(
        "bob@plant.example",
        "html@plant.example",
        "\"><svg onload=alert(3)>",
        body,
    );
    other.raw.splice(0..0, html.bytes());
    node.post(&other);
    node.settle();
    let mut paths: Vec<_> = vec!["/c/pumps/".to_owned()];
    for id in ["xss@plant.example", "html@plant.example"] {
        let archived_at = sink.copies(id)[0].mail().header("Archived-At");
        paths.extend(
            archived_at
                .trim_matches(['<', '>'])
                .strip_prefix("https://lists.example.org")
                .map(str::to_owned),
        );
    }
    for path in paths {
        let page = page(&node, &path).body.to_lowercase();
        for evil in ["<script", "<svg", "<img", "src=\"http"] {
            assert!(!page.contains(evil), "{evil} on {path}: {page}");
        }
    }
}

fn one_click_leaves_at_once(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::new(
        "bob@plant.example",
        "first@plant.example",
        "First",
    ));
    node.settle();
    let header = sink.for_recipient("ann@plant.example")[0]
        .mail()
        .header("List-Unsubscribe");
    let url = header
        .split(['<', '>'])
        .find(|part| part.starts_with("https://"))
        .expect("a URL")
        .to_owned();
    let path = url
        .strip_prefix("https://lists.example.org")
        .expect("our base URL");

    for method in ["GET", "HEAD"] {
        let answer = request(node.http, method, path, "");
        assert_eq!(answer.status, 200, "{method}: {answer:?}");
        assert_safe(&answer, path);
    }
    assert!(
        get(node.http, path).body.contains("<form"),
        "GET shows a form"
    );
    let forged = path
        .trim_end_matches(|c: char| c.is_ascii_alphanumeric())
        .to_owned()
        + "aaaaaaaaaaaaaaaaaaaaaaaa";
    assert!(matches!(
        request(node.http, "POST", &forged, "List-Unsubscribe=One-Click").status,
        400..=499
    ));
    node.post(&Post::new(
        "bob@plant.example",
        "second@plant.example",
        "Second",
    ));
    node.settle();
    assert_eq!(
        sink.copies("second@plant.example").len(),
        3,
        "looking changes nothing"
    );

    for _ in 0..5 {
        let answer = request(node.http, "POST", path, "List-Unsubscribe=One-Click");
        assert_eq!(
            answer.status, 200,
            "no redirect, and as often as one likes: {answer:?}"
        );
        assert_eq!(answer.header("Set-Cookie"), "");
    }
    node.post(&Post::new(
        "bob@plant.example",
        "third@plant.example",
        "Third",
    ));
    node.settle();
    let to: Vec<_> = sink
        .copies("third@plant.example")
        .into_iter()
        .map(|copy| copy.to)
        .collect();
    assert!(
        to.len() == 2 && !to.contains(&"ann@plant.example".to_owned()),
        "{to:?}"
    );
}

fn probes_and_metrics_answer(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::sample("plain"));
    node.settle();
    assert_eq!(get(node.http, "/healthz").status, 200);
    assert_eq!(get(node.http, "/readyz").status, 200);
    let metrics = get(node.http, "/metrics");
    assert_eq!(metrics.status, 200);
    assert!(metrics.body.contains("# TYPE "), "{}", metrics.body);
    assert!(
        !metrics.body.contains("plant.example"),
        "no addresses in metrics"
    );
}

#[track_caller]
fn page(node: &Node, path: &str) -> Answer {
    let answer = get(node.http, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert_safe(&answer, path);
    answer
}

#[track_caller]
fn assert_safe(answer: &Answer, path: &str) {
    let policy = answer.header("Content-Security-Policy");
    assert!(
        policy.contains("default-src 'none'") || policy.contains("default-src 'self'"),
        "{path}: {policy}"
    );
    assert!(!policy.contains("unsafe-"), "{path}: {policy}");
    assert_eq!(answer.header("X-Content-Type-Options"), "nosniff", "{path}");
    assert!(!answer.body.contains("<script"), "{path} needs no script");
}

// The first link that starts so.
fn link(body: &str, start: &str) -> String {
    let at = body
        .find(start)
        .unwrap_or_else(|| panic!("no link {start} in {body}"));
    body[at..]
        .split(['"', '\'', '>', ' ', '#'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
