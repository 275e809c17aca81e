//! A DNS server on a free port of this machine, UDP and TCP, that knows what a story
//! tells it and says of everything else that there is no such name. It stands alone
//! (nothing of `support` is named here), so that other tests can use the file too.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::proto::op::{Message, Query, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::{A, AAAA, MX, PTR, SOA, TXT};
use mail_auth::hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

/// What a UDP answer holds at most where the question says nothing of it (RFC 1035,
/// section 4.2.1); what is longer is asked for again over TCP.
const MOST_OVER_UDP: usize = 512;

/// How long answers may be kept, in seconds.
const TTL: u32 = 300;

/// How the server behaves; it can change while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It answers.
    #[default]
    Answers,
    /// It says SERVFAIL to everything.
    Fails,
    /// It takes every question and says nothing.
    Silent,
}

#[derive(Default)]
struct State {
    zone: BTreeMap<(String, RecordType), Vec<RData>>,
    mode: Mode,
    hushed: Vec<String>,
    asked: Vec<String>,
    ended: bool,
}

type Shared = Arc<Mutex<State>>;

/// The running server; it ends with this value.
pub struct Dns {
    address: SocketAddr,
    state: Shared,
}

impl Dns {
    /// Starts a server that knows no name yet.
    pub fn start() -> Dns {
        let (tcp, udp) = sockets();
        let address = tcp.local_addr().expect("an address");
        let state = Shared::default();
        let (one, other) = (state.clone(), state.clone());
        std::thread::spawn(move || serve_udp(&udp, &one));
        std::thread::spawn(move || serve_tcp(&tcp, &other));
        Dns { address, state }
    }

    /// Where it listens, over UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The line of `[authentication]` that names it.
    pub fn setting(&self) -> String {
        format!("dns = [\"{}\"]", self.address)
    }

    /// A resolver that asks it alone, and waits for it no longer than a moment.
    pub fn authenticator(&self) -> MessageAuthenticator {
        let mut server = NameServerConfig::udp_and_tcp(self.address.ip());
        for connection in &mut server.connections {
            connection.port = self.address.port();
        }
        let mut options = ResolverOpts::default();
        options.timeout = Duration::from_millis(300);
        options.attempts = 1;
        let config = ResolverConfig::from_name_servers(vec![server]);
        MessageAuthenticator::new(config, options).expect("a resolver")
    }

    /// Adds a record: `kind` is TXT, A, AAAA, MX (`10 mail.x.example`) or PTR.
    pub fn publish(&self, name: &str, kind: &str, value: &str) {
        let (kind, data) = record(kind, value);
        let key = (plain(name), kind);
        lock(&self.state).zone.entry(key).or_default().push(data);
    }

    /// Adds the public half of a DKIM key: `algorithm` is `rsa` or `ed25519`, `key`
    /// what `p=` says, in base 64.
    pub fn publish_key(&self, domain: &str, selector: &str, algorithm: &str, key: &str) {
        let name = format!("{selector}._domainkey.{domain}");
        self.publish(&name, "TXT", &format!("v=DKIM1; k={algorithm}; p={key}"));
    }

    /// Takes all records of a name away.
    pub fn withdraw(&self, name: &str) {
        let name = plain(name);
        lock(&self.state)
            .zone
            .retain(|(known, _), _| *known != name);
    }

    /// Says nothing about that name and those below it: its own servers do not answer.
    pub fn hush(&self, name: &str) {
        lock(&self.state).hushed.push(plain(name));
    }

    /// How it behaves from now on.
    pub fn behave(&self, mode: Mode) {
        lock(&self.state).mode = mode;
    }

    /// The names that were asked for, in lower case without the last dot, in order.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.state).asked.clone()
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        lock(&self.state).ended = true;
        // Each of the two threads sees the end after one more call.
        let _ = TcpStream::connect(self.address);
        let _ = UdpSocket::bind("127.0.0.1:0").and_then(|udp| udp.send_to(b"", self.address));
    }
}

fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

// The same port for both, as a setting names one alone.
fn sockets() -> (TcpListener, UdpSocket) {
    for _ in 0..50 {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a free TCP port");
        let address = tcp.local_addr().expect("its address");
        if let Ok(udp) = UdpSocket::bind(address) {
            return (tcp, udp);
        }
    }
    panic!("no port is free over both TCP and UDP");
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    name.set_fqdn(true);
    name
}

fn record(kind: &str, value: &str) -> (RecordType, RData) {
    match kind {
        "TXT" => {
            let pieces = value.as_bytes().chunks(255).collect();
            (RecordType::TXT, RData::TXT(TXT::from_bytes(pieces)))
        }
        "A" => (RecordType::A, RData::A(A(value.parse().expect("IPv4")))),
        "AAAA" => {
            let address = value.parse().expect("IPv6");
            (RecordType::AAAA, RData::AAAA(AAAA(address)))
        }
        "MX" => {
            let (preference, host) = value.split_once(' ').expect("10 mail.x.example");
            let mx = MX::new(preference.parse().expect("a number"), name(host));
            (RecordType::MX, RData::MX(mx))
        }
        "PTR" => (RecordType::PTR, RData::PTR(PTR(name(value)))),
        other => panic!("{other} is no kind of record that this server knows"),
    }
}

fn serve_udp(socket: &UdpSocket, state: &Shared) {
    let mut buffer = [0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
        if lock(state).ended {
            return;
        }
        let question = Message::from_vec(&buffer[..length]);
        let Some(answer) = question.ok().and_then(|question| answer(&question, state)) else {
            continue;
        };
        let whole = answer.to_vec().expect("an answer");
        let most = usize::from(answer.max_payload()).max(MOST_OVER_UDP);
        let sent = match whole.len() > most {
            true => answer.truncate().to_vec().expect("a short answer"),
            false => whole,
        };
        let _ = socket.send_to(&sent, peer);
    }
}

fn serve_tcp(listener: &TcpListener, state: &Shared) {
    for stream in listener.incoming().map_while(Result::ok) {
        if lock(state).ended {
            return;
        }
        let state = state.clone();
        std::thread::spawn(move || while one_over_tcp(&stream, &state).is_some() {});
    }
}

/// One question and its answer, each after its length in two octets (RFC 1035, section
/// 4.2.2); `None` at the end.
fn one_over_tcp(mut stream: &TcpStream, state: &Shared) -> Option<()> {
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .ok()?;
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut question).ok()?;
    let question = Message::from_vec(&question).ok()?;
    let Some(answer) = answer(&question, state) else {
        return Some(());
    };
    let answer = answer.to_vec().ok()?;
    let length = u16::try_from(answer.len()).ok()?.to_be_bytes();
    stream.write_all(&[&length[..], &answer].concat()).ok()
}

/// What is said to a question; `None` where nothing is.
fn answer(question: &Message, state: &Shared) -> Option<Message> {
    let mut state = lock(state);
    let query = question.queries.first()?;
    let asked = plain(&query.name().to_ascii());
    state.asked.push(asked.clone());
    let is_hushed = |name: &String| asked == *name || asked.ends_with(&format!(".{name}"));
    if state.hushed.iter().any(is_hushed) {
        return None;
    }
    let head = &question.metadata;
    let mut answer = match state.mode {
        Mode::Silent => return None,
        Mode::Fails => Message::error_msg(head.id, head.op_code, ResponseCode::ServFail),
        Mode::Answers => found(&state, &asked, query, question),
    };
    answer.metadata.recursion_desired = head.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    answer.edns = question.edns.clone();
    Some(answer)
}

/// The records of that name and type; where there are none, that the name has none of
/// them, or that neither it nor any below it exists, with the SOA that says how long.
fn found(state: &State, asked: &str, query: &Query, question: &Message) -> Message {
    let head = &question.metadata;
    let mut answer = Message::response(head.id, head.op_code);
    let key = (asked.to_owned(), query.query_type());
    match state.zone.get(&key) {
        Some(records) => {
            let named = |data: &RData| Record::from_rdata(query.name().clone(), TTL, data.clone());
            answer.add_answers(records.iter().map(named));
        }
        None => {
            let below = format!(".{asked}");
            let exists =
                |(known, _): &(String, RecordType)| known == asked || known.ends_with(&below);
            if !state.zone.keys().any(exists) {
                answer.metadata.response_code = ResponseCode::NXDomain;
            }
            let soa = SOA::new(name("ns.test."), name("root.test."), 1, 600, 60, 86400, TTL);
            let zone = query.name().trim_to(1);
            answer.add_authority(Record::from_rdata(zone, TTL, RData::SOA(soa)));
        }
    }
    answer
}
