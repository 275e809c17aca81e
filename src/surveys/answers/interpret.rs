//! Numbers to a digit for each question, or why not.

use super::scan::Number;
use super::{Scale, Unclear};

/// What the numbers mean. Each way of reading is tried in turn; a way that fits by count
/// alone, while the marks say something else, does not fit.
pub(super) fn interpret(numbers: &[Number], scale: &Scale) -> Result<Vec<u8>, Unclear> {
    // "1=3 2=1" may be options by place or places by option: it is asked back.
    if scale.is_order && labelled(numbers, scale).is_some() {
        return Err(Unclear::Order);
    }
    let without = without_wholes(numbers, scale);
    let texts = plain(numbers, scale)
        .or_else(|| labelled(&without, scale))
        .or_else(|| plain(&without, scale))
        .or_else(|| glued(numbers, scale))
        .or_else(|| with_dashes(numbers, scale));
    let Some(texts) = texts else {
        return Err(why_not(numbers));
    };
    let digit = |text: &String| text.parse().ok().filter(|digit| scale.has(*digit));
    let digits: Option<Vec<u8>> = texts.iter().map(digit).collect();
    digits.ok_or(Unclear::Range)
}

fn why_not(numbers: &[Number]) -> Unclear {
    let is_decimal =
        |number: &&Number| number.is_tight && matches!(number.marks.as_str(), "." | ",");
    let is_span = |number: &&Number| number.is_tight && matches!(number.marks.as_str(), "-" | "–");
    match numbers {
        [] => Unclear::Nothing,
        _ if numbers.iter().filter(is_decimal).count() == 1 => Unclear::Decimal,
        _ if numbers.iter().filter(is_span).count() == 1 => Unclear::Range,
        _ => Unclear::Count(numbers.len()),
    }
}

/// One number a question, with nothing between that says otherwise.
fn plain(numbers: &[Number], scale: &Scale) -> Option<Vec<String>> {
    // A bracket around all of them says nothing.
    let opening = |number: &Number| numbers.first() == Some(number) && number.marks == "(";
    let says_more = |number: &Number| {
        number.is_named
            || number.is_whole
            || (!opening(number)
                && number
                    .marks
                    .contains([')', '(', '=', '#', '[', ']', ':', '>', '→']))
    };
    let fits = numbers.len() == scale.items
        && !numbers.iter().any(says_more)
        && is_even(numbers)
        && !is_negative(numbers, scale);
    fits.then(|| numbers.iter().map(|number| number.text.clone()).collect())
}

/// Marks without a space are the same throughout: in "4-5 3 4" something is a span, in
/// "4,5 3 4" a fraction.
fn is_even(numbers: &[Number]) -> bool {
    let inner: Vec<_> = numbers.iter().skip(1).filter(|one| !one.is_first).collect();
    let tight: Vec<_> = inner.iter().filter(|one| one.is_tight).collect();
    let Some(first) = tight.first() else {
        return true;
    };
    let is_alike = inner.iter().all(|one| one.marks == first.marks);
    let is_comma = matches!(first.marks.as_str(), "," | ";" | "|");
    is_alike && (tight.len() == inner.len() || (is_comma && tight.len() >= 3))
}

/// "-1" is no answer; "-4" on a line each is a list.
fn is_negative(numbers: &[Number], scale: &Scale) -> bool {
    let first = numbers.first();
    scale.items == 1 && first.is_some_and(|one| one.marks.ends_with('-') && one.dashes == 0)
}

/// The number of each question before its answer.
fn labelled(numbers: &[Number], scale: &Scale) -> Option<Vec<String>> {
    if numbers.len() != 2 * scale.items {
        return None;
    }
    let mut digits = vec![None; scale.items];
    let mut in_order = true;
    let mut is_said = true;
    for (at, pair) in numbers.chunks_exact(2).enumerate() {
        let [label, answer] = pair else { return None };
        let question: usize = label.text.parse().ok()?;
        in_order &= question == at + 1;
        is_said &= label.is_named
            || answer
                .marks
                .starts_with([')', '.', ':', '=', ']', '-', '–', '>', '→']);
        // A line does not end between the two.
        is_said &= !answer.is_first;
        let place = digits.get_mut(question.checked_sub(1)?)?;
        if place.replace(answer.text.clone()).is_some() {
            return None;
        }
    }
    // One question with two numbers, unmarked, may be anything.
    let is_clear = is_said || (in_order && scale.items > 2);
    digits
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .filter(|_| is_clear)
}

/// Without how much there could be: "4/5", "4 of 5".
fn without_wholes(numbers: &[Number], scale: &Scale) -> Vec<Number> {
    let highest = scale.highest.to_string();
    let is_whole = |number: &Number| {
        let slashed = number.marks == "/" && !number.is_first;
        number.text == highest && (number.is_whole || slashed)
    };
    let mut kept: Vec<Number> = Vec::new();
    let mut was_kept = false;
    for number in numbers {
        let is_dropped = was_kept && is_whole(number);
        if !is_dropped {
            kept.push(number.clone());
        }
        was_kept = !is_dropped;
    }
    // All of them say it, or none does.
    let dropped = numbers.len() - kept.len();
    match dropped == scale.items {
        true => kept,
        false => numbers.to_vec(),
    }
}

/// "4452340".
fn glued(numbers: &[Number], scale: &Scale) -> Option<Vec<String>> {
    let [one] = numbers else { return None };
    let fits = scale.items > 2 && one.text.len() == scale.items && one.marks.is_empty();
    fits.then(|| one.text.chars().map(String::from).collect())
}

/// A dash where nothing can be said: "4 4 - 2 3 4 0". Where dashes stand between all of
/// them they only part the numbers.
fn with_dashes(numbers: &[Number], scale: &Scale) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    let mut is_parted = true;
    for (at, number) in numbers.iter().enumerate() {
        is_parted &= at == 0 || number.dashes > 0;
        texts.extend(vec!["0".to_owned(); number.dashes]);
        texts.push(number.text.clone());
        texts.extend(vec!["0".to_owned(); number.dashes_behind]);
    }
    let is_plain = |number: &Number| {
        !number.is_named
            && !number.is_whole
            && !number.is_tight
            && number
                .marks
                .chars()
                .all(|mark| matches!(mark, ',' | ';' | '-' | '–' | '—' | '|'))
    };
    let fits = scale.skip && texts.len() == scale.items && !is_parted;
    (fits && numbers.iter().all(is_plain)).then_some(texts)
}
