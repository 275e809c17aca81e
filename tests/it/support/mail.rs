//! A mail as bytes: its header fields as they stand, and its body.

/// A message cut at its first empty line.
pub struct Mail {
    raw: Vec<u8>,
    body_at: usize,
}

impl Mail {
    /// Reads `raw`, whose lines end in CRLF.
    pub fn new(raw: &[u8]) -> Self {
        let end = find(raw, b"\r\n\r\n").map(|at| at + 4);
        let body_at = if raw.starts_with(b"\r\n") {
            2
        } else {
            end.unwrap_or(raw.len())
        };
        Self {
            raw: raw.to_vec(),
            body_at,
        }
    }

    /// All of it.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Everything after the header.
    pub fn body(&self) -> &[u8] {
        self.raw.get(self.body_at..).unwrap_or_default()
    }

    /// The header fields in order, each with its continuation lines, without
    /// the last line end.
    pub fn fields(&self) -> Vec<String> {
        let header =
            String::from_utf8_lossy(self.raw.get(..self.body_at).unwrap_or_default()).into_owned();
        let mut fields: Vec<String> = Vec::new();
        for line in header.split("\r\n").filter(|line| !line.is_empty()) {
            match fields.last_mut() {
                Some(field) if line.starts_with([' ', '\t']) => {
                    *field = format!("{field}\r\n{line}")
                }
                _ => fields.push(line.to_owned()),
            }
        }
        fields
    }

    /// The values of every field called `name`, unfolded.
    pub fn all(&self, name: &str) -> Vec<String> {
        let fields = self.fields();
        let named = fields
            .iter()
            .filter_map(|field| field.split_once(':'))
            .filter(|(n, _)| n.trim().eq_ignore_ascii_case(name));
        named
            .map(|(_, value)| value.replace("\r\n", "").trim().to_owned())
            .collect()
    }

    /// The value of the one field called `name`; empty where there is none.
    ///
    /// # Panics
    /// Where there is more than one.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let mut values = self.all(name);
        assert!(
            values.len() < 2,
            "{} fields {name}: {values:?}",
            values.len()
        );
        values.pop().unwrap_or_default()
    }

    /// The Message-ID without angle brackets; empty where there is none.
    pub fn message_id(&self) -> String {
        let ids = self.all("Message-ID");
        ids.first()
            .map(|id| id.trim_matches(['<', '>', ' ']).to_owned())
            .unwrap_or_default()
    }

    /// The moment in Date, in UTC as RFC 3339; empty where there is none.
    pub fn sent_at(&self) -> String {
        let date = chrono::DateTime::parse_from_rfc2822(&self.header("Date"));
        date.map(|date| {
            date.to_utc()
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        })
        .unwrap_or_default()
    }

    /// The decoded text of the first text part; empty where there is none.
    pub fn text(&self) -> String {
        self.decoded(|mail| mail.body_text(0).map(|text| text.into_owned()))
    }

    /// The decoded HTML of the first HTML part; empty where there is none.
    pub fn html(&self) -> String {
        let html =
            |mail: &mail_parser::Message| mail.html_part(0)?.text_contents().map(str::to_owned);
        self.decoded(html)
    }

    /// The decoded subject.
    pub fn subject(&self) -> String {
        self.decoded(|mail| mail.subject().map(str::to_owned))
    }

    fn decoded(&self, read: impl Fn(&mail_parser::Message) -> Option<String>) -> String {
        let parsed = mail_parser::MessageParser::default().parse(&self.raw);
        parsed.as_ref().and_then(read).unwrap_or_default()
    }
}

/// Where `needle` first stands in `hay`.
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|window| window == needle)
}

/// Every line end as CRLF, a lone CR included.
pub fn crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' => {
                rest.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    out
}
