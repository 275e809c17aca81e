//! A real browser, driven as WebDriver has it (W3C, WebDriver Level 2) by Debian's
//! chromedriver. Whatever it would fetch from elsewhere goes to a trap instead.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::wait;

/// Chromium without a window. Ends with the story.
pub struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    trap: Trap,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one; `None`, said loudly, where the programs are not installed.
    pub fn start() -> Option<Browser> {
        let program = |names: &[&'static str]| {
            let works = |name: &&&str| {
                let asked = Command::new(name).arg("--version").output();
                asked.is_ok_and(|asked| asked.status.success())
            };
            names.iter().find(works).copied()
        };
        let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(chromium), Some(driver)) = (chromium, program(&["chromedriver"])) else {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "CI needs chromium and chromedriver"
            );
            eprintln!("SKIPPED: pages in a browser; chromium or chromedriver is not installed");
            return None;
        };
        Some(Browser::with(chromium, driver))
    }

    fn with(chromium: &str, driver: &str) -> Browser {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its address");
        drop(free);
        let driver = Command::new(driver)
            .arg(format!("--port={}", address.port()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut browser = Browser {
            driver,
            address,
            session: String::new(),
            trap: Trap::set(),
            _profile: tempfile::tempdir().expect("a folder"),
        };
        wait::until("chromedriver answers", Duration::from_secs(60), || {
            TcpStream::connect(address).ok()
        });
        let found = which(chromium);
        let profile = browser._profile.path().display();
        let begun = browser.ask("POST", "/session", &json!({"capabilities": {"alwaysMatch": {
            "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": {"binary": found, "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-default-apps", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--disable-features=OptimizationHints,MediaRouter,DialMediaRouteProvider,Translate,InterestFeedContentSuggestions",
                format!("--user-data-dir={profile}"),
                format!("--host-resolver-rules=MAP * 127.0.0.1:{}, EXCLUDE 127.0.0.1", browser.trap.port),
            ]}
        }}}));
        browser.session = begun["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("no session: {begun}"))
            .to_owned();
        browser
    }

    /// Opens a page and waits until it is there, with all that it loads.
    pub fn open(&self, url: &str) {
        self.order("url", &json!({ "url": url }));
    }

    /// Runs a function's body in the page; gives what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.order("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Runs a function's body that calls its last argument with the result.
    pub fn run_until_called(&self, script: &str) -> Value {
        self.order("execute/async", &json!({"script": script, "args": []}))
    }

    /// The text of a dialogue that a script has opened, if one has.
    pub fn dialogue(&self) -> Option<String> {
        let path = format!("/session/{}/alert/text", self.session);
        let answer = self.ask("GET", &path, &Value::Null);
        answer.as_str().map(str::to_owned)
    }

    /// Shows pages as on a screen of that width, in dark colours or light ones.
    pub fn look_like(&self, width: u32, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let orders = [
            (
                "Emulation.setDeviceMetricsOverride",
                json!({
                    "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500
                }),
            ),
            (
                "Emulation.setEmulatedMedia",
                json!({
                    "features": [{"name": "prefers-color-scheme", "value": scheme}]
                }),
            ),
        ];
        for (name, params) in orders {
            self.order("goog/cdp/execute", &json!({"cmd": name, "params": params}));
        }
    }

    /// What the page looks like, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        use base64::Engine;
        let shown = self.ask(
            "GET",
            &format!("/session/{}/screenshot", self.session),
            &Value::Null,
        );
        let text = shown.as_str().expect("a picture");
        let engine = base64::engine::general_purpose::STANDARD;
        engine.decode(text).expect("base64")
    }

    /// The beginnings of all that it tried to fetch from other hosts.
    pub fn trapped(&self) -> Vec<String> {
        self.trap.caught()
    }

    fn order(&self, what: &str, body: &Value) -> Value {
        let value = self.ask("POST", &format!("/session/{}/{what}", self.session), body);
        assert!(value["error"].is_null(), "{what}: {value}");
        value
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let text = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let answer = exchange(self.address, method, path, &text);
        let read: Value =
            serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{method} {path}: {answer:?}"));
        read["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            exchange(self.address, "DELETE", &path, "");
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// One request to the driver, which keeps its connections open; gives the answer's body.
fn exchange(address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let read = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut lines = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(octets) = line.strip_prefix("content-length:") {
                length = octets.trim().parse().unwrap_or_default();
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body)?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    };
    read().unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

/// Where a program is; chromedriver wants to know it whole.
fn which(program: &str) -> String {
    let found = Command::new("which").arg(program).output().expect("which");
    String::from_utf8_lossy(&found.stdout).trim().to_owned()
}

/// What listens in the place of every other host.
struct Trap {
    port: u16,
    caught: Arc<Mutex<Vec<String>>>,
}

impl Trap {
    fn set() -> Trap {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let caught = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&caught);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || keep(stream, &kept));
            }
        });
        Trap { port, caught }
    }

    /// A browser asks its maker for this and that; that is no page's doing.
    fn caught(&self) -> Vec<String> {
        let caught = self.caught.lock().expect("the list");
        let all = caught.iter().filter(|text| {
            !["google", "gstatic", "gvt1", "start.duckduckgo"]
                .iter()
                .any(|own| text.contains(own))
        });
        all.cloned().collect()
    }
}

fn keep(mut stream: TcpStream, kept: &Mutex<Vec<String>>) {
    let mut said = Vec::new();
    let mut buffer = [0; 4_096];
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    while !is_whole(&said) {
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => said.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    if !said.is_empty() {
        kept.lock().expect("the list").push(names(&said));
    }
    let _ = stream
        .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

/// Whether all of a request's head or of the greeting of TLS has come (RFC 8446, section
/// 5.1: a kind, a version, and the length in two octets).
fn is_whole(said: &[u8]) -> bool {
    match said {
        [22, _, _, high, low, ..] => {
            said.len() >= 5 + usize::from(u16::from_be_bytes([*high, *low]))
        }
        _ => said.len() > 16_384 || said.windows(4).any(|four| four == b"\r\n\r\n"),
    }
}

/// The words with a dot in them: in both, the host is one.
fn names(said: &[u8]) -> String {
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || b".-/:".contains(octet);
    let words = said.split(|octet| !is_name(octet));
    let words = words.filter(|word| word.len() > 6 && word.contains(&b'.'));
    let words = words.map(|word| String::from_utf8_lossy(word).into_owned());
    words.collect::<Vec<_>>().join(" ")
}
