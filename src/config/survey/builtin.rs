//! The surveys that are part of the program.

/// Each file of config/surveys by its name.
pub const BUILT_IN: &[(&str, &str)] = &[
    (
        "domain-survey",
        include_str!("../../../config/surveys/domain-survey.toml"),
    ),
    (
        "health-check",
        include_str!("../../../config/surveys/health-check.toml"),
    ),
    (
        "session-rating",
        include_str!("../../../config/surveys/session-rating.toml"),
    ),
    (
        "solution-check",
        include_str!("../../../config/surveys/solution-check.toml"),
    ),
    (
        "stage-check",
        include_str!("../../../config/surveys/stage-check.toml"),
    ),
    (
        "yearly-reflection",
        include_str!("../../../config/surveys/yearly-reflection.toml"),
    ),
];
