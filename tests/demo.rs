//! The demonstration, played for two weeks and read through its pages.

use folkmoot::demo::{Demo, Summary};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn get(demo: &Demo, path: &str) -> String {
    let url = demo.url();
    let host = url.trim_start_matches("http://").trim_end_matches("/demo/");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[track_caller]
fn has(page: &str, expected: &[&str]) {
    for text in expected {
        assert!(page.contains(text), "no {text:?} in\n{page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_weeks_reach_everybody_once_and_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let demo = Demo::start(dir.path(), 0).await.unwrap();
    let mut reports = Vec::new();
    let summary = demo
        .play(2, |at| reports.push((at.week, at.posts)))
        .await
        .unwrap();
    assert_eq!(summary.wrong, Vec::<String>::new());
    // Thirteen on the list, and Noor after the first six posts; a guest gets the
    // answer in her thread, and Ann a mail about the post that waits. The charter is
    // reviewed, and digests fall due on Mondays and Thursdays. Nobody answers Grace's first
    // question for a day: two peers and Ann are asked. All of them are invited to the
    // clinic; what else it brings is no matter here.
    let expected = Summary {
        weeks: 2,
        posts: 18,
        copies: 18 * 14 - 6 + 1,
        others: summary.others,
        held: 1,
        joined: 1,
        answers: 7,
        left: 0,
        acts: summary.acts,
        sessions: vec![
            "13 Jan  hosted by Ann Berger; 3 agenda items; 5 said yes, 6 came".to_owned(),
            "        1 recap in the archive".to_owned(),
        ],
        surveys: Vec::new(),
        told: vec![
            "Jonas Weber via Pumps community: 2 posts under this name, from the list".to_owned(),
            "every mail is signed by lists.example".to_owned(),
        ],
        took: summary.took,
        wrong: Vec::new(),
    };
    assert_eq!(summary, expected);
    assert!(summary.others >= 4 + 3 + 14, "{summary}");
    assert!(summary.acts > 1 + 4 + 1, "{summary}");
    assert!(summary.to_string().contains("each exactly once"));
    assert_eq!(reports.first(), Some(&(0, 1)));
    assert_eq!(reports.last(), Some(&(2, 18)));
    pages(&demo).await;
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_weeks_show_what_people_do_by_mail() {
    let dir = tempfile::tempdir().unwrap();
    let demo = Demo::start(dir.path(), 0).await.unwrap();
    let summary = demo.play(8, |_| ()).await.unwrap();
    assert_eq!(summary.wrong, Vec::<String>::new());
    assert_eq!((summary.joined, summary.left, summary.held), (2, 2, 1));
    for (who, mails) in [
        ("ann", ["moderation", "receipt"]),
        ("eva", ["digest", "receipt"]),
        ("petr", ["list-invitation", "welcome"]),
        ("ines", ["confirm", "receipt"]),
        ("grace", ["confirm", "receipt"]),
        ("kim", ["delivery-warning", "receipt"]),
    ] {
        // The latest fifty, and the first.
        let pages = [
            get(&demo, &format!("/demo/{who}")).await,
            get(&demo, &format!("/demo/{who}?before=40")).await,
        ];
        has(&pages.concat(), &mails);
    }
    // What Eva answered from her digest is in its thread, and Grace muted hers.
    let carla = get(&demo, "/demo/carla").await;
    has(&carla, &["Re: Shift handover", "What we tell the board"]);
    let front = get(&demo, "/c/pumps/?month=2026-02").await;
    assert!(!front.contains("the board"), "{front}");
    has(&front, &["Which blue for the guards?"]);
    troubles(&demo, &summary).await;
    calendars(&demo, &summary).await;
    sessions(&demo, &summary).await;
    surveys(&demo, &summary).await;
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quarter_ends_with_a_poll_and_nothing_has_gone_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let demo = Demo::start(dir.path(), 0).await.unwrap();
    let summary = demo.play(13, |_| ()).await.unwrap();
    assert_eq!(summary.wrong, Vec::<String>::new());
    let told = summary.to_string();
    has(
        &told,
        &[
            "10 Mar  hosted by Noor de Vries; 1 agenda item",
            "24 Mar  hosted by Bo Ek; 1 agenda item",
            "5 recaps in the archive",
            "16 Mar  Which hour suits you for the clinic? 7 of 12 answered",
            "most chose it n=7, first time",
        ],
    );
    // What is told fits a terminal, in both directions.
    let wide = told.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    assert!(told.lines().count() <= 45, "{told}");
    demo.stop().await;
}

/// Members host, ask for items and tell who came, and its minutes are in the archive.
async fn sessions(demo: &Demo, summary: &Summary) {
    let expected = [
        "13 Jan  hosted by Ann Berger; 3 agenda items; 5 said yes, 6 came",
        "27 Jan  hosted by Carla Mendes; 1 agenda item; 4 said yes, 9 came",
        "12 Feb  hosted by Eva Lindqvist; 1 agenda item; 5 said yes, 6 came",
        "24 Feb  called off: Nobody of us is here in carnival week",
        "        3 recaps in the archive",
    ];
    let told: Vec<&str> = summary.sessions.iter().map(|line| line.trim()).collect();
    assert_eq!(told, expected.map(str::trim));
    for (who, mails) in [
        ("bo", ["host-ask", "agenda-call"]),
        ("carla", ["host-brief", "attendance-ask"]),
        ("eva", ["host-ask", "attendance-ask"]),
    ] {
        let pages = [
            get(demo, &format!("/demo/{who}")).await,
            get(demo, &format!("/demo/{who}?before=40")).await,
        ];
        has(&pages.concat(), &mails);
    }
    let front = get(demo, "/c/pumps/?month=2026-01").await;
    has(&front, &["Recap: Pump clinic"]);
    // The votes have put the second item first.
    let carla = get(demo, "/demo/carla?before=60").await;
    assert!(carla.contains("Recap: Pump clinic"), "{carla}");
}

/// Ten of twelve have answered, each in a shape of their own, one skipped, and one who was
/// asked is a facilitator and not counted.
async fn surveys(demo: &Demo, summary: &Summary) {
    let first = summary.surveys.first().map(String::as_str);
    let expected = "10 Feb  Two-minute health check: 10 of 12 answered";
    assert_eq!(first, Some(expected));
    assert_eq!(summary.surveys.len(), 1 + 6, "{:?}", summary.surveys);
    has(
        &summary.surveys.join("\n"),
        &["80 to 100 % n=10, first time", "60 to 80 % n=10", "n=9"],
    );
    for (who, mails) in [
        ("jonas", ["health-check-reminder", "health-check-results"]),
        ("hiro", ["health-check", "health-check-results"]),
        ("bo", ["session-rating", "health-check-results"]),
    ] {
        has(&get(demo, &format!("/demo/{who}")).await, &mails);
    }
    // Whoever has skipped is not reminded.
    let hiro = get(demo, "/demo/hiro").await;
    assert!(!hiro.contains("health-check-reminder"), "{hiro}");
    let number = number_of_mail(&hiro, "hiro", "What came of it: Two-minute health check");
    let mail = get(demo, &format!("/demo/hiro/{number}")).await;
    has(
        &mail,
        &["10 of 12 members answered", "████████████████▒▒▒▒"],
    );
    assert!(!mail.contains("on the screen, not in the hand"), "{mail}");
    let ann = get(demo, "/demo/ann").await;
    let number = number_of_mail(&ann, "ann", "What came of it: Two-minute health check");
    let mail = get(demo, &format!("/demo/ann/{number}")).await;
    has(&mail, &["on the screen, not in the hand"]);
    assert!(!mail.contains("Carla"), "{mail}");
}

/// The clinic of 10 February is on the 12th, that of the 24th is off, and whoever has
/// left sees nothing of it. That every calendar is as the sessions are, the demonstration
/// has compared itself (`wrong`).
async fn calendars(demo: &Demo, summary: &Summary) {
    assert_eq!(summary.answers, 12);
    let grace = get(demo, "/demo/grace/calendar").await;
    has(
        &grace,
        &[
            "As Outlook keeps it",
            "10 March 2026, 15:00 UTC",
            "12 February 2026, 15:00 UTC</time> · moved",
            "accepted",
        ],
    );
    assert!(!grace.contains("24 February 2026, 15"), "{grace}");
    let hiro = get(demo, "/demo/hiro/calendar").await;
    has(&hiro, &["As Apple Calendar keeps it", "declined"]);
    let vera = get(demo, "/demo/vera/calendar").await;
    has(&vera, &["Nothing is to come"]);
    has(&get(demo, "/demo/ann").await, &["person-message"]);
    has(
        &get(demo, "/demo/nobody/calendar").await,
        &["404 Not Found"],
    );
}

/// Mail that fails, machines that answer, and names that are not their writers'.
async fn troubles(demo: &Demo, summary: &Summary) {
    let told = [
        "Kim Lee: mail to them fails from Mon 2 Feb 2026 on",
        "Grace Okafor: asked about “leave”, which somebody else wrote",
        "Kim Lee: Ann Berger was told on Wed 11 Feb 2026",
        "Kim Lee: posts reach them again since Thu 26 Feb 2026",
        "Dieter Groß: 7 automatic answers, which nobody got",
        "Jonas Weber: 1 automatic answer, which nobody got",
        "Jonas Weber via Pumps community: 3 posts under this name, from the list",
        "every mail is signed by lists.example",
    ];
    assert_eq!(summary.told, told);
    has(&get(demo, "/demo/ann").await, &["delivery-trouble"]);
    // What was written while mail to Kim failed is not in Kim's mailbox; then posts come.
    let kim = get(demo, "/demo/kim").await;
    for lost in [
        "How often do you swap",
        "How much grease",
        "selection guide",
    ] {
        assert!(!kim.contains(lost), "{lost}: {kim}");
    }
    has(
        &kim,
        &[
            "One price for coupling inserts",
            "Which blue for the guards?",
        ],
    );
    for anybody in ["ann", "carla", "dieter"] {
        let mailbox = get(demo, &format!("/demo/{anybody}")).await;
        has(&mailbox, &["Jonas Weber via Pumps community"]);
        assert!(!mailbox.contains("Automatische Antwort"), "{mailbox}");
    }
    // The author of a post under the list's name stands beside it.
    let carla = get(demo, "/demo/carla").await;
    let number = number_of(&carla, "carla", "How much grease is too much?");
    let mail = get(demo, &format!("/demo/carla/{number}")).await;
    let from = "Jonas Weber via Pumps community &lt;pumps@lists.example&gt;";
    has(&mail, &[from, "Jonas Weber &lt;jonas@freemail.example&gt;"]);
    let index = get(demo, "/demo/").await;
    has(&index, &["Kim replies RESUME", "in Grace’s name"]);
}

async fn pages(demo: &Demo) {
    let index = get(demo, "/demo/").await;
    has(
        &index,
        &[
            "200 OK",
            "default-src 'none'",
            "/demo/ann",
            "Dieter Groß",
            "Noor joins by mail",
        ],
    );
    assert!(
        !index.contains("Tom leaves"),
        "a week that was not played is told"
    );
    let mailbox = get(demo, "/demo/noor").await;
    has(
        &mailbox,
        &[
            "/demo/noor/1\"",
            "confirm",
            "welcome",
            "[pumps] Gleitringdichtungen",
        ],
    );
    let newest = mailbox.find("Failure statistics").unwrap();
    assert!(
        newest < mailbox.find("Gleitringdichtungen").unwrap(),
        "not newest first"
    );
    let number = number_of(&mailbox, "noor", "Alignment: hot or cold?");
    let mail = get(demo, &format!("/demo/noor/{number}")).await;
    has(
        &mail,
        &[
            "frame-src 'self'",
            "sandbox",
            "List-Unsubscribe",
            "Inès Moreau &lt;ines@usine.example&gt;",
        ],
    );
    let framed = get(demo, &format!("/demo/noor/{number}/html")).await;
    has(
        &framed,
        &[
            "sandbox allow-popups",
            "default-src 'none'",
            "<blockquote>",
            "text/html",
        ],
    );
    for nothing in [
        "/demo/nobody",
        "/demo/noor/0",
        "/demo/noor/9999",
        "/demo/noor/x",
        "/demo/noor/1/htm",
    ] {
        has(&get(demo, nothing).await, &["404 Not Found"]);
    }
}

/// The number of the post whose subject this is.
fn number_of(mailbox: &str, who: &str, subject: &str) -> usize {
    number_of_mail(mailbox, who, &format!("[pumps] {subject}<"))
}

/// The number of the first mail whose subject begins so.
fn number_of_mail(mailbox: &str, who: &str, subject: &str) -> usize {
    let path = format!("/demo/{who}/");
    let links = mailbox.split(&path);
    let found = links.filter(|link| link.contains(subject));
    found
        .last()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .parse()
        .unwrap()
}
