//! The communities of the stories, and who is in them.

/// The address of the usual list.
pub const LIST: &str = "pumps@lists.example.org";

/// The members that most stories need.
pub const THREE: [&str; 3] = [
    "ann@plant.example",
    "bob@plant.example",
    "cleo@mill.example",
];

/// What a story's charter says.
pub struct Community {
    /// The slug, the local part of its address.
    pub slug: &'static str,
    /// Who may post.
    pub posting: &'static str,
    /// Who may read the archive.
    pub archive: &'static str,
    /// Further TOML: tables after `[list]`.
    pub more: &'static str,
}

impl Community {
    /// A list for its members, archive for members, and nothing that time brings.
    pub fn pumps() -> Self {
        Self {
            slug: "pumps",
            posting: "members",
            archive: "members",
            more: "",
        }
    }

    /// The same, but whoever writes is heard.
    pub fn open_to_all() -> Self {
        Self {
            posting: "anyone",
            ..Self::pumps()
        }
    }

    /// The charter file.
    pub fn charter(&self) -> String {
        let Self {
            slug,
            posting,
            archive,
            more,
        } = self;
        format!(
            r#"slug     = "{slug}"
name     = "Friends of {slug}"
language = "en"
timezone = "Europe/Berlin"

[charter]
domain    = "How we choose, run and repair pumps."
community = "Engineers, operators and buyers."
practice  = "Field notes and failure reports."
norms     = ["Ask before you are sure."]

[list]
posting     = "{posting}"
archive     = "{archive}"
subject_tag = "[{slug}]"
dmarc       = "none"

{more}"#
        )
    }
}

/// `count` made-up addresses.
pub fn members(count: usize) -> Vec<String> {
    (1..=count)
        .map(|n| format!("m{n:03}@plant.example"))
        .collect()
}
