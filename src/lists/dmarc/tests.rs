use super::*;

fn case(domains: &[&'static str], survives: bool, policy: Policy) -> Verdict {
    let case = Case {
        is_one: domains.len() == 1,
        domains: domains.to_vec(),
        survives,
        is_proven: survives,
        policy,
    };
    case.verdict("lists.example", &["free.example".to_owned()])
}

fn is_rewritten(domains: &[&'static str], survives: bool, policy: Policy) -> bool {
    matches!(case(domains, survives, policy), Verdict::Rewritten(_))
}

#[test]
fn from_is_rewritten_where_receivers_would_refuse_it_and_nowhere_else() {
    let all = [
        Policy::Unchecked,
        Policy::None,
        Policy::Quarantine,
        Policy::Reject,
        Policy::Unknown,
    ];
    for policy in all {
        let is_strict = matches!(policy, Policy::Quarantine | Policy::Reject);
        assert_eq!(is_rewritten(&["plant.example"], false, policy), is_strict);
        assert!(!is_rewritten(&["plant.example"], true, policy));
        assert!(is_rewritten(&["free.example"], false, policy));
        assert!(is_rewritten(&["mail.free.example"], false, policy));
        assert!(!is_rewritten(&["free.example"], true, policy));
        assert!(!is_rewritten(&["lists.example"], true, policy));
        assert!(is_rewritten(&["lists.example"], false, policy));
        assert!(!is_rewritten(&[], false, policy));
        let several = ["plant.example", "mill.example"];
        assert_eq!(
            is_rewritten(&several, false, policy),
            policy != Policy::Unchecked
        );
        assert!(is_rewritten(
            &["plant.example", "free.example"],
            false,
            policy
        ));
    }
    let names_alike = ["notfree.example", "free.example.plant.example"];
    for domain in names_alike {
        assert!(!is_rewritten(&[domain], false, Policy::None), "{domain}");
    }
}

#[test]
fn only_an_unknown_policy_that_matters_is_waited_for() {
    let unknown = Policy::Unknown;
    assert_eq!(case(&["plant.example"], false, unknown), Verdict::Open);
    assert_ne!(case(&["plant.example"], true, unknown), Verdict::Open);
    assert_ne!(case(&["free.example"], false, unknown), Verdict::Open);
    assert_ne!(case(&["lists.example"], false, unknown), Verdict::Open);
    assert_ne!(
        case(&["a.example", "b.example"], false, unknown),
        Verdict::Open
    );
}

#[test]
fn a_post_is_looked_at_every_ten_minutes_of_one_hour() {
    const MINUTE: i64 = 60_000;
    let looks: Vec<i64> = std::iter::successors(Some(0), |now| {
        Some(next_look(0, *now)).filter(|next| next > now)
    })
    .map(|at| at / MINUTE)
    .collect();
    assert_eq!(looks, [0, 10, 20, 30, 40, 50, 60]);
    assert_eq!(next_look(0, 55 * MINUTE), 60 * MINUTE);
}
