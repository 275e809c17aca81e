//! The commands that open one transaction (RFC 5321 3.3).

use super::{
    opening::Offers,
    verdict::{Reply, Verdict},
};

/// MAIL, RCPT and DATA for one recipient. `size` is the message's in octets, before dots are
/// stuffed; the parameters are given only where they were offered.
///
/// # Errors
/// The verdict on an address that cannot be written into a command, or not to this relay.
pub(super) fn commands(
    from: &str,
    to: &str,
    size: usize,
    eight_bit: bool,
    offers: Offers,
) -> Result<[String; 3], Verdict> {
    let utf8 = !(from.is_ascii() && to.is_ascii());
    if !fits_a_path(from) || !fits_a_path(to) || to.is_empty() {
        return Err(refused(
            553,
            "5.1.3 no address that SMTP can carry; correct it or remove the member",
        ));
    }
    if utf8 && !offers.utf8 {
        return Err(refused(
            550,
            "5.6.7 the address needs SMTPUTF8, which the relay does not offer",
        ));
    }
    let size = if offers.size {
        format!(" SIZE={size}")
    } else {
        String::new()
    };
    let body = if eight_bit && offers.eight_bit {
        " BODY=8BITMIME"
    } else {
        ""
    };
    let utf8 = if utf8 { " SMTPUTF8" } else { "" };
    let mail = format!("MAIL FROM:<{from}>{size}{body}{utf8}\r\n");
    Ok([mail, format!("RCPT TO:<{to}>\r\n"), "DATA\r\n".to_owned()])
}

fn refused(code: u16, text: &str) -> Verdict {
    Verdict::Refused {
        reply: Reply::new(code, text).line,
    }
}

/// Whether an address can stand between `<` and `>` without ending them or the line: blanks and
/// angle brackets only in a quoted local part, control characters nowhere.
fn fits_a_path(address: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    let fits = address.chars().all(|c| {
        let free = !matches!(c, ' ' | '<' | '>') || quoted;
        match c {
            '\\' if quoted && !escaped => escaped = true,
            '"' if !escaped => quoted = !quoted,
            _ => escaped = false,
        }
        free && !c.is_control()
    });
    fits && !quoted && !escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Offers = Offers {
        pipelining: true,
        size: true,
        eight_bit: true,
        utf8: true,
    };

    #[test]
    fn parameters_are_given_only_where_offered() {
        let none = Offers::default();
        for (from, eight_bit, offers, mail) in [
            (
                "a@b.example",
                false,
                ALL,
                "MAIL FROM:<a@b.example> SIZE=7\r\n",
            ),
            (
                "a@b.example",
                true,
                ALL,
                "MAIL FROM:<a@b.example> SIZE=7 BODY=8BITMIME\r\n",
            ),
            ("a@b.example", true, none, "MAIL FROM:<a@b.example>\r\n"),
            ("", false, none, "MAIL FROM:<>\r\n"),
            (
                "ä@b.example",
                false,
                ALL,
                "MAIL FROM:<ä@b.example> SIZE=7 SMTPUTF8\r\n",
            ),
        ] {
            let commands = commands(from, "x@y.example", 7, eight_bit, offers).expect(from);
            assert_eq!(commands, [mail, "RCPT TO:<x@y.example>\r\n", "DATA\r\n"]);
        }
    }

    #[test]
    fn no_address_writes_commands_of_its_own() {
        for to in [
            "",
            "a@b.example>\r\nRCPT TO:<c@d.example",
            "a@b.example\n",
            "a b@c.example",
            "a>b@c.example",
            "\"a\r\nb\"@c.example",
            "\"a@c.example> x",
            "\"a\\\"@c.example",
            "a@b.example\0",
        ] {
            let verdict = commands("", to, 1, false, ALL).expect_err(to);
            assert!(
                verdict.reply().starts_with("553 5.1.3 "),
                "{to:?}: {verdict:?}"
            );
        }
        let [_, rcpt, _] = commands("", "\"a> \\\" b\"@c.example", 1, false, ALL).expect("quoted");
        assert_eq!(rcpt, "RCPT TO:<\"a> \\\" b\"@c.example>\r\n");
    }

    #[test]
    fn an_address_that_needs_smtputf8_is_refused_without_it() {
        let verdict =
            commands("", "jörg@b.example", 1, false, Offers::default()).expect_err("no SMTPUTF8");
        assert!(
            matches!(&verdict, Verdict::Refused { reply } if reply.starts_with("550 5.6.7 ")),
            "{verdict:?}"
        );
    }
}
