//! Handlebars templates: embedded, and replaceable file by file.
//!
//! Templates carry no logic beyond conditions and loops, and see nothing but the
//! fields of the context they are given; a field that is not there is an error,
//! never an empty place. Mails have them in several languages, and a community
//! may have its own.

mod builtin;
mod dates;
pub mod mails;
mod overrides;
mod phrase;
mod tree;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

pub use phrase::Phrase;
use phrase::Phrases;
use tree::COMPLETE;
use view::View;

/// All templates, compiled.
pub struct Templates {
    /// By community (empty: everybody's) and language.
    views: BTreeMap<(String, String), View>,
    web: View,
    /// The names of all files that were read.
    names: BTreeSet<String>,
}

/// Why a template could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// No template has this name.
    #[error("there is no template {0}; a template of that name is needed")]
    Unknown(String),
    /// The template asks for what its context does not have.
    #[error("{origin}:{line}:{column}: {reason}")]
    Render {
        /// The file.
        origin: String,
        /// Its line, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
}

/// One template's text and where it is from.
struct Source {
    text: String,
    origin: String,
}

impl Templates {
    /// Compiles the built-in templates and those of `folder`, which replace them or
    /// add a language; each mail's template is tried on its samples.
    ///
    /// # Errors
    /// One line for each file of `folder` that has no known name, cannot be read or
    /// compiled, or asks for a field its mail does not have: `FILE:LINE:COL: …`.
    pub fn load(folder: Option<&Path>) -> Result<Templates, Vec<String>> {
        let mut sources = builtin::sources();
        let mut errors = Vec::new();
        if let Some(folder) = folder {
            errors.extend(overrides::replace(folder, &mut sources));
        }
        let mut templates = Templates {
            views: BTreeMap::new(),
            web: View::new(),
            names: sources.keys().cloned().collect(),
        };
        errors.extend(templates.add_web(&sources));
        errors.extend(templates.add_mails(&sources));
        // Beside a file that cannot be compiled, whatever leans on it fails, too: then only
        // what asks for a wrong field is named.
        let is_sound = errors.is_empty();
        let mut failed = templates.try_mails(&mails::samples());
        failed.retain(|error| is_sound || error.contains(view::MISSING_FIELD));
        errors.extend(failed);
        let mut said = BTreeSet::new();
        errors.retain(|error| said.insert(error.clone()));
        if errors.is_empty() {
            Ok(templates)
        } else {
            Err(errors)
        }
    }

    /// Renders a part of a mail (see [`mails::PARTS`]) in a language, as the
    /// community says it. What a language does not have is said in a more general
    /// one ("de" for "de-AT"), and then in English.
    ///
    /// # Errors
    /// [`TemplateError`] where there is no such mail, or its template asks for a
    /// field that the context does not have.
    pub fn render_mail(
        &self,
        language: &str,
        slug: &str,
        mail: &str,
        part: &str,
        context: &impl Serialize,
    ) -> Result<String, TemplateError> {
        let name = format!("{mail}.{part}");
        let views = || self.views_of(language, slug);
        let view = views().find(|view| view.has(&name));
        view.map_or_else(
            || Err(TemplateError::Unknown(name.clone())),
            |view| view.render(&name, context),
        )
    }

    /// Renders a template by the name of its file: `web/thread.html`,
    /// `en/confirm.txt`. What ends in `.subject` comes back as one line.
    ///
    /// # Errors
    /// [`TemplateError`] where there is no such template, or it asks for a field
    /// that the context does not have.
    pub fn render(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        let unknown = || TemplateError::Unknown(name.to_owned());
        if name.starts_with("web/") {
            return self.web.render(name, context);
        }
        let place = tree::place(name).filter(|_| self.names.contains(name));
        let place = place.ok_or_else(unknown)?;
        let language = Some(place.language).filter(|language| !language.is_empty());
        let key = (
            place.slug.to_owned(),
            language.unwrap_or(COMPLETE).to_owned(),
        );
        let view = self.views.get(&key).ok_or_else(unknown)?;
        view.render(place.file, context)
    }

    /// Says a phrase in a language, as the community says it. It never fails: what
    /// no language has is said by its key.
    pub fn say(&self, language: &str, slug: &str, phrase: &Phrase) -> String {
        let text = self
            .views_of(language, slug)
            .find_map(|view| view.phrases.get(phrase.key));
        text.map_or_else(|| phrase.key.to_owned(), |text| text.say(phrase))
    }

    /// The tag of the language in which mails for `tag` are said: itself, a more
    /// general one, or English.
    pub fn language<'t>(&self, tag: &'t str) -> &'t str {
        let known = |tag: &&str| self.views.contains_key(&(String::new(), (*tag).to_owned()));
        tree::chain(tag).find(known).unwrap_or(COMPLETE)
    }

    /// The communities that have templates of their own.
    pub fn communities(&self) -> BTreeSet<&str> {
        let slugs = self.views.keys().map(|(slug, _)| slug.as_str());
        slugs.filter(|slug| !slug.is_empty()).collect()
    }

    /// The names of all files, in order: `en/confirm.txt`, `web/thread.html`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Renders each named template with its sample and returns what failed, one
    /// line each: how `check` finds a wrong field before a reader does.
    pub fn try_samples(&self, samples: &[(String, Value)]) -> Vec<String> {
        let failed = samples.iter().filter_map(|(name, sample)| {
            let error = self.render(name, sample).err()?;
            Some(explained(name, sample, &error))
        });
        failed.collect()
    }

    /// Renders each mail's templates in every language and community.
    fn try_mails(&self, samples: &[(String, Value)]) -> Vec<String> {
        let mut failed = Vec::new();
        for (name, sample) in samples {
            let file = tree::place(name).map_or(name.as_str(), |place| place.file);
            let tried = self.views.values().filter(|view| view.has(file));
            let errors = tried.filter_map(|view| view.render(file, sample).err());
            failed.extend(errors.map(|error| explained(file, sample, &error)));
        }
        failed
    }

    fn add_web(&mut self, sources: &BTreeMap<String, Source>) -> Vec<String> {
        let of_web = sources.iter().filter(|(name, _)| name.starts_with("web/"));
        let added = of_web.map(|(name, source)| self.web.add(name, source));
        added.filter_map(Result::err).collect()
    }

    fn add_mails(&mut self, sources: &BTreeMap<String, Source>) -> Vec<String> {
        let (phrases, mut errors) = read_phrases(sources);
        let (languages, mut slugs) = tree::known(sources);
        slugs.insert(String::new());
        for (slug, language) in slugs
            .iter()
            .flat_map(|slug| languages.iter().map(move |language| (slug, language)))
        {
            let (view, wrong) = view(sources, &phrases, slug, language);
            errors.extend(wrong);
            self.views.insert((slug.clone(), language.clone()), view);
        }
        errors
    }

    /// The views that say something to this community in this language: its own,
    /// then everybody's.
    fn views_of<'a>(&'a self, language: &'a str, slug: &'a str) -> impl Iterator<Item = &'a View> {
        let found = move |slug: &str| {
            let key = |tag: &str| (slug.to_owned(), tag.to_owned());
            let mut tags = tree::chain(language).chain([COMPLETE]);
            tags.find_map(|tag| self.views.get(&key(tag)))
        };
        let own = Some(slug).filter(|slug| !slug.is_empty());
        own.and_then(found).into_iter().chain(found(""))
    }
}

/// The file of phrases in each folder.
const PHRASES: &str = "phrases.toml";

fn explained(name: &str, sample: &Value, error: &TemplateError) -> String {
    let fields = sample.as_object().into_iter().flatten();
    let fields: Vec<&str> = fields.map(|(name, _)| name.as_str()).collect();
    format!("{error}; the fields of {name} are {}", fields.join(", "))
}

/// The phrases of each file, by its name.
fn read_phrases(sources: &BTreeMap<String, Source>) -> (BTreeMap<String, Phrases>, Vec<String>) {
    let built_in = builtin::sources();
    let english = built_in.get(&format!("{COMPLETE}/{PHRASES}"));
    let english = english.and_then(|source| phrase::read(source, None).ok());
    let files = sources
        .iter()
        .filter(|(name, _)| name.ends_with(&format!("/{PHRASES}")));
    let (mut phrases, mut errors) = (BTreeMap::new(), Vec::new());
    for (name, source) in files {
        match phrase::read(source, english.as_ref()) {
            Ok(read) => drop(phrases.insert(name.clone(), read)),
            Err(wrong) => errors.extend(wrong),
        }
    }
    phrases.insert(String::new(), english.unwrap_or_default());
    (phrases, errors)
}

/// What a community says in a language. Of everybody's templates a community's view
/// has only those that its own layout changes.
fn view(
    sources: &BTreeMap<String, Source>,
    phrases: &BTreeMap<String, Phrases>,
    slug: &str,
    language: &str,
) -> (View, Vec<String>) {
    let (mut view, mut errors) = (View::new(), Vec::new());
    let files = tree::resolve(sources, slug, language);
    let is_own = |name: &str| slug.is_empty() || name.starts_with("communities/");
    let layout_is_own = files.get("layout.html").is_some_and(|name| is_own(name));
    for (file, name) in &files {
        let is_needed = file == "layout.html" || (layout_is_own && file.ends_with(".html"));
        let source = sources.get(name).filter(|_| file != PHRASES);
        if let Some(source) = source.filter(|_| is_needed || is_own(name)) {
            errors.extend(view.add(file, source).err());
        }
    }
    let names: Vec<String> = tree::candidates(slug, language, PHRASES).collect();
    for name in [String::new()].iter().chain(names.iter().rev()) {
        let read = phrases.get(name).into_iter().flatten();
        view.phrases
            .extend(read.map(|(key, text)| (key.clone(), text.clone())));
    }
    (view, errors)
}

#[cfg(test)]
mod tests;
