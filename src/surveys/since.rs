//! What has changed since the last wave of a survey: who is asked again, and sees nothing
//! come of it, does not answer.

use super::Asked;
use crate::config::Charter;
use crate::lists::home::Home;
use crate::store::{self, Tx, survey_actions, surveys};
use crate::templates::Phrase;

/// Lines of a mail that are about what has changed.
const MOST_LINES: usize = 3;

/// What to say, a sentence each; nothing where a survey is asked for the first time, or
/// asks people one by one.
///
/// # Errors
/// Where the database refuses.
pub async fn lines(tx: &mut Tx, home: &Home<'_>, asked: &Asked) -> store::Result<Vec<String>> {
    let wave = &asked.wave;
    if wave.rolling {
        return Ok(Vec::new());
    }
    let community = wave.community_id;
    let Some((opened_at, charter)) =
        surveys::before(tx, community, (&wave.survey, wave.id)).await?
    else {
        return Ok(Vec::new());
    };
    let mut said = Vec::new();
    for action in survey_actions::since(tx, community, opened_at).await? {
        let key = match action.state.as_str() {
            "done" => "survey_since_done",
            _ => "survey_since_open",
        };
        said.push(home.say(&Phrase::new(key).with("text", action.text)));
    }
    let changed = changed(&charter, home.charter);
    if !changed.is_empty() {
        let what: Vec<_> = changed
            .iter()
            .map(|key| home.say(&Phrase::new(key)))
            .collect();
        said.insert(
            0,
            home.say(&Phrase::new("survey_since_charter").with("what", what.join(", "))),
        );
    }
    said.truncate(MOST_LINES);
    Ok(said)
}

/// The phrases for those parts of a charter that were different when it was `text`.
fn changed(text: &str, now: &Charter) -> Vec<&'static str> {
    let Ok(before) = Charter::parse(text, "") else {
        return Vec::new();
    };
    let (old, new) = (&before.charter, &now.charter);
    let all = [
        ("survey_part_domain", old.domain != new.domain),
        ("survey_part_community", old.community != new.community),
        ("survey_part_practice", old.practice != new.practice),
        ("survey_part_norms", old.norms != new.norms),
    ];
    all.into_iter()
        .filter_map(|(key, differs)| differs.then_some(key))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_charter_that_differ_are_named() {
        let text = |practice: &str| {
            format!(
                "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\ncommunity = \"People.\"\npractice = \"{practice}\"\n"
            )
        };
        let now = Charter::parse(&text("Notes."), "").unwrap();
        assert_eq!(changed(&text("Notes."), &now), [""; 0]);
        assert_eq!(changed(&text("Guides."), &now), ["survey_part_practice"]);
        assert_eq!(changed("", &now), [""; 0]);
    }
}
