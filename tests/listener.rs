//! Listeners and the sink, over real sockets.

use folkmoot::demo::sink::{Answer, HangUp, Keep, Moment, Script, Sink};
use folkmoot::intake::{Gate, Incoming, Listener, Protocol, Reply, Settings, converse, serve};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf,
};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

const SOON: Duration = Duration::from_secs(10);
const GREETING: &str = "220 mx.example LMTP folkmoot\r\n";

struct Yes;

impl Gate for Yes {
    async fn recipient(&self, _address: &str, _protocol: Protocol) -> Result<(), Reply> {
        Ok(())
    }

    async fn accept(&self, message: Incoming) -> Vec<Reply> {
        let kept = Reply::ok(format!("kept from {}", message.peer));
        vec![kept; message.recipients.len()]
    }
}

fn settings(max_connections: usize) -> Settings {
    Settings {
        protocol: Protocol::Lmtp,
        hostname: "mx.example".to_owned(),
        max_size: 1_000,
        max_recipients: 3,
        max_connections,
        idle: Duration::from_secs(60),
        floor: 500,
        tls: None,
    }
}

struct Server {
    address: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

fn start(bind: &str, max_connections: usize) -> Server {
    let listener = Listener::bind(bind).unwrap();
    let address = listener.local_addr();
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(serve(
        listener,
        settings(max_connections),
        Arc::new(Yes),
        stopped,
    ));
    Server {
        address,
        stop,
        serving,
    }
}

async fn first_line(stream: impl AsyncRead + Unpin) -> String {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await.unwrap();
    line
}

/// Says all of `text` at once and returns all that comes back.
async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn both_kinds_of_socket_take_a_message() {
    let message =
        "LHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<a@l.example>\r\nDATA\r\n.\r\nQUIT\r\n";
    let tcp = start("127.0.0.1:0", 10);
    let said = say(TcpStream::connect(&tcp.address).await.unwrap(), message).await;
    assert!(
        said.contains("250 2.0.0 kept from 127.0.0.1\r\n221 "),
        "{said}"
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp.sock");
    let unix = start(&format!("unix:{}", path.display()), 10);
    assert_eq!(unix.address, format!("unix:{}", path.display()));
    let said = say(UnixStream::connect(&path).await.unwrap(), message).await;
    assert!(said.contains("250 2.0.0 kept from unix\r\n221 "), "{said}");
}

#[tokio::test]
async fn a_stale_socket_file_is_replaced_and_a_live_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp.sock");
    let address = format!("unix:{}", path.display());
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let server = start(&address, 10);
    let taken = Listener::bind(&address).unwrap_err();
    assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
    assert!(
        taken
            .to_string()
            .ends_with("another process listens there; stop it first"),
        "{taken}"
    );
    server.stop.send_replace(true);
    server.serving.await.unwrap();
    assert!(!path.exists());

    std::fs::write(&path, "a file").unwrap();
    assert_eq!(
        Listener::bind(&address).unwrap_err().kind(),
        io::ErrorKind::AlreadyExists
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a file");
}

#[tokio::test]
async fn a_taken_port_is_named_in_the_error() {
    let first = Listener::bind("127.0.0.1:0").unwrap();
    let error = Listener::bind(&first.local_addr()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot listen on {}: ", first.local_addr())),
        "{error}"
    );
    assert!(Listener::bind("nothing").is_err());
}

#[tokio::test]
async fn clients_over_the_limit_are_turned_away_and_come_in_later() {
    let server = start("127.0.0.1:0", 1);
    let mut inside = TcpStream::connect(&server.address).await.unwrap();
    assert_eq!(first_line(&mut inside).await, GREETING);
    let outside = TcpStream::connect(&server.address).await.unwrap();
    assert!(
        say(outside, "")
            .await
            .starts_with("421 4.3.2 too many connections")
    );
    assert!(say(inside, "QUIT\r\n").await.starts_with("221"));
    let entry = async {
        while first_line(TcpStream::connect(&server.address).await.unwrap()).await != GREETING {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, entry).await.unwrap();
}

#[tokio::test]
async fn a_stopped_listener_says_goodbye_and_closes() {
    let server = start("127.0.0.1:0", 10);
    let mut idle = TcpStream::connect(&server.address).await.unwrap();
    assert_eq!(first_line(&mut idle).await, GREETING);
    server.stop.send_replace(true);
    assert!(say(idle, "").await.starts_with("421 4.3.2"));
    tokio::time::timeout(SOON, server.serving)
        .await
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(&server.address).await.is_err());
}

/// Counts what is written, as a socket would see it.
struct Counted<S>(S, Arc<AtomicUsize>);

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Pin::new(&mut self.0).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn a_pipelined_group_is_answered_in_one_write() {
    let (near, far) = tokio::io::duplex(65_536);
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Counted(far, Arc::clone(&writes));
    let (_running, stop) = watch::channel(false);
    let session = tokio::spawn(async move {
        converse(counted, "peer".into(), &settings(1), &Arc::new(Yes), stop).await
    });
    let mut client = BufReader::new(near);
    let groups = [
        ("", 1),
        ("LHLO c\r\n", 7),
        (
            "MAIL FROM:<>\r\nRCPT TO:<a@l.example>\r\nRCPT TO:<b@l.example>\r\nDATA\r\n",
            4,
        ),
        (".\r\nRSET\r\nNOOP\r\n", 4),
    ];
    for (count, (group, replies)) in groups.into_iter().enumerate() {
        client.get_mut().write_all(group.as_bytes()).await.unwrap();
        for _ in 0..replies {
            client.read_line(&mut String::new()).await.unwrap();
        }
        assert_eq!(writes.load(Ordering::SeqCst), count + 1, "{group:?}");
    }
    drop(client);
    session.await.unwrap();
}

// The sink.

async fn deliver(sink: &Sink, recipients: &[&str]) -> io::Result<String> {
    let mut stream = TcpStream::connect(sink.addr()).await?;
    let rcpts: String = recipients
        .iter()
        .map(|to| format!("RCPT TO:<{to}>\r\n"))
        .collect();
    let text = format!("EHLO c.example\r\nMAIL FROM:<a@a.example>\r\n{rcpts}DATA\r\n");
    stream.write_all(text.as_bytes()).await?;
    let mut said = String::new();
    let mut reader = BufReader::new(&mut stream);
    let expected = 1 + 7 + 1 + recipients.len() + 1;
    for _ in 0..expected {
        reader.read_line(&mut said).await?;
    }
    if said.contains("\r\n354 ") {
        stream
            .write_all(b"Subject: one\r\n\r\n.\r\nQUIT\r\n")
            .await?;
        stream.read_to_string(&mut said).await?;
    }
    Ok(said)
}

fn answer(to: &str, at: Moment, reply: Reply) -> Answer {
    Answer {
        to: to.to_owned(),
        at,
        reply,
    }
}

#[tokio::test]
async fn the_sink_remembers_what_it_took() {
    let sink = Sink::start("127.0.0.1:0").unwrap();
    assert!(!sink.wait_for(1, Duration::ZERO).await);
    deliver(&sink, &["x@one.example", "y@two.example"])
        .await
        .unwrap();
    deliver(&sink, &["z@one.example"]).await.unwrap();
    assert!(sink.wait_for(2, SOON).await);
    let received = sink.received();
    assert_eq!(received[0].recipients, ["x@one.example", "y@two.example"]);
    assert_eq!(
        (received[1].seq, received[1].envelope_from.as_str()),
        (2, "a@a.example")
    );
    assert_eq!(received[1].raw, b"Subject: one\r\n\r\n");
    assert_eq!(sink.take().len(), 2);
    assert_eq!((sink.count(), sink.received().len()), (0, 0));
    sink.follow(Script {
        keep: Keep::Count,
        ..Script::default()
    });
    deliver(&sink, &["z@one.example"]).await.unwrap();
    assert_eq!((sink.count(), sink.received().len()), (1, 0));
    sink.follow(Script {
        keep: Keep::Envelopes,
        ..Script::default()
    });
    deliver(&sink, &["z@one.example"]).await.unwrap();
    assert_eq!(
        (
            sink.count(),
            sink.received()[0].raw.len(),
            sink.received()[0].seq
        ),
        (2, 0, 4)
    );
}

#[tokio::test]
async fn the_sink_answers_as_its_script_says() {
    let sink = Sink::start("127.0.0.1:0").unwrap();
    let answers = vec![
        answer(
            "gone@one.example",
            Moment::Rcpt,
            Reply::no_such_user("gone@one.example"),
        ),
        answer(
            "@slow.example",
            Moment::Rcpt,
            Reply::new(450, (4, 2, 0), "greylisted"),
        ),
        answer(
            "@full.example",
            Moment::Message,
            Reply::new(452, (4, 2, 2), "full"),
        ),
        answer(
            ".shut.example",
            Moment::Rcpt,
            Reply::new(421, (4, 3, 2), "closing"),
        ),
    ];
    sink.follow(Script {
        answers,
        ..Script::default()
    });
    let cases = [
        ("Gone@One.example", "550 5.1.1"),
        ("a@slow.example", "450 4.2.0"),
        ("a@full.example", "452 4.2.2"),
        ("a@b.shut.example", "421 4.3.2"),
        ("a@not-slow.example", "250 2.0.0 taken"),
    ];
    for (to, expected) in cases {
        let said = deliver(&sink, &[to]).await.unwrap();
        assert!(said.contains(&format!("\r\n{expected}")), "{to}: {said}");
    }
    assert_eq!(sink.count(), 1);
}

#[tokio::test]
async fn the_sink_loses_connections_after_the_dot() {
    let sink = Sink::start("127.0.0.1:0").unwrap();
    for (keeping, count) in [(false, 2), (true, 4)] {
        sink.follow(Script {
            hang_up: Some(HangUp { every: 2, keeping }),
            ..Script::default()
        });
        let mut lost = 0;
        for _ in 0..4 {
            let said = deliver(&sink, &["a@one.example"]).await;
            lost += usize::from(!said.is_ok_and(|said| said.contains("250 2.0.0 taken")));
        }
        assert_eq!((lost, sink.count()), (2, count));
        sink.take();
    }
}

#[tokio::test]
async fn the_sink_can_vanish_and_come_back_on_its_port() {
    let sink = Sink::start("127.0.0.1:0").unwrap();
    let reachable = async |wanted: bool| {
        while TcpStream::connect(sink.addr()).await.is_ok() != wanted {
            tokio::task::yield_now().await;
        }
    };
    for refuse in [true, false, true, false] {
        sink.follow(Script {
            refuse,
            ..Script::default()
        });
        tokio::time::timeout(SOON, reachable(!refuse))
            .await
            .unwrap();
    }
    assert!(
        deliver(&sink, &["a@one.example"])
            .await
            .unwrap()
            .contains("250 2.0.0 taken")
    );
}

#[tokio::test]
async fn a_dropped_sink_no_longer_listens() {
    let sink = Sink::start("127.0.0.1:0").unwrap();
    let address = sink.addr().to_owned();
    drop(sink);
    let gone = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, gone).await.unwrap();
}
