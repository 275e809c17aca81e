//! What the bounces of the world look like, one pattern a line, all in lower case and
//! with single spaces. A new product is a new line here and a sample in tests/data/bounces.toml.

/// The local parts under which mail servers write.
pub(super) const MAILERS: &[&str] = &[
    "mailer-daemon",
    "mailer_daemon",
    "mailerdaemon",
    "mail-daemon",
    "maildaemon",
    "mdaemon",
    "postmaster",
    "daemon",
    "mail.delivery.system",
    "mail-delivery-system",
    "maildelivery",
    "mail-delivery",
    "mailsystem",
    "mail-system",
    "mailadmin",
    "double-bounce",
    "bounce",
    "bounces",
    "bounce-notification",
    "imss",                                 // Trend Micro InterScan
    "iwss",                                 // Trend Micro InterScan
    "ndr",                                  // several gateways
    "mimesweeper",                          // Clearswift
    "mailmarshal",                          // Trustwave
    "mailscanner",                          // MailScanner
    "groupwise",                            // Novell GroupWise
    "surfcontrol",                          // SurfControl
    "spamfilter",                           // several gateways
    "e500_smtp_mail_service",               // McAfee WebShield
    "symantec_antivirus_for_smtp_gateways", // Symantec
];

/// Names in From under which mail servers write.
pub(super) const MAILER_NAMES: &[&str] = &[
    "mail delivery system",      // Postfix, Exim, IronPort
    "mail delivery subsystem",   // Sendmail, Gmail
    "mail delivery service",     // Mercury
    "mail delivery software",    // Exim
    "delivery subsystem",        // MailEnable
    "mail administrator",        // Netscape, iPlanet
    "system administrator",      // Exchange 5.5
    "systemadministrator",       // Exchange, German
    "administrateur syst",       // Exchange, French
    "administrador del sistema", // Exchange, Spanish
    "administrador do sistema",  // Exchange, Portuguese
    "amministratore di sistema", // Exchange, Italian
    "systeembeheerder",          // Exchange, Dutch
    "internet mail delivery",    // iPlanet, Oracle
    "mailer daemon",
    "mailer-daemon",
    "mail delivery agent", // maildrop
    "microsoft exchange",
    "delivery status notification",
    "mail-server",
    "mailserver",
    "mail system",
];

/// What stands in subjects of bounces.
pub(super) const SUBJECTS: &[&str] = &[
    "undeliver",     // Postfix, Exchange, SMTP32, Lotus
    "not delivered", // NetZero
    "non-delivery",  // several
    "nondeliverable",
    "non delivery",
    "delivery status notif", // RFC 3464, IIS, Gmail
    "delivery status report",
    "delivery failure", // Domino, Yahoo, MDaemon
    "delivery failed",  // Exim
    "delivery report",  // X.400, Oracle
    "delivery problem", // AOL
    "delivery error",
    "delivery notification", // iPlanet
    "delivery warning",
    "delivery delay",
    "delivery has failed",
    "delivery unsuccessful",
    "failed delivery",
    "failed mail",
    "failure delivery", // Yahoo
    "failure notice",   // qmail
    "mail failed",
    "mail failure",
    "mail error",
    "mail status report",
    "message status - undeliverable", // Novell
    "mail system error",              // Netscape
    "returned mail",                  // Sendmail
    "returned to sender",             // Postfix
    "returned message",
    "returning message to sender", // Exim
    "could not be delivered",
    "could not deliver",
    "couldn't be delivered",
    "cannot be delivered",
    "can't be delivered",
    "unable to deliver",
    "unknown user",
    "user unknown", // MDaemon
    "processing error",
    "automatically rejected mail", // Sieve, RFC 5429
    "message delayed",             // Exim
    "delayed mail",                // Postfix
    "has not yet been delivered",
    "warning: message",        // Exim, Sendmail
    "warning: could not send", // Sendmail
    "transport error",
    "unzustellbar", // Exchange, German
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "non remis", // Exchange, French
    "échec de la remise",
    "no entregado", // Exchange, Spanish
    "no se puede entregar",
    "não entregue",     // Exchange, Portuguese
    "non recapitabile", // Exchange, Italian
    "onbestelbaar",     // Exchange, Dutch
    "недоставлен",      // Yandex
    "не доставлен",     // Mail.ru
    "niedostarcz",      // Polish
    "nie dostarczono",
    "olevererbart",     // Exchange, Swedish
    "kan ikke leveres", // Exchange, Danish and Norwegian
    "kunne ikke leveres",
    "ei voida toimittaa",   // Exchange, Finnish
    "nedoručiteln",         // Exchange, Czech
    "kézbesíthetetlen",     // Exchange, Hungarian
    "teslim edilemedi",     // Exchange, Turkish
    "не удается доставить", // Exchange, Russian
    "配信不能",             // Exchange, Japanese
    "無法傳遞",             // Exchange, Chinese
    "无法传递",
    "未送达",
    "배달되지 않음",   // Exchange, Korean
    "delivery status", // Courier, OpenSMTPD
    "退信",            // QQ, 163
];

/// What a notice says before it names whom it could not reach.
pub(super) const ANNOUNCEMENTS: &[&str] = &[
    "wasn't able to deliver your message",          // qmail
    "wasn't able to deliver the following message", // Yahoo
    "was not able to deliver your message",         // MessageLabs
    "was unable to deliver your message",           // Outblaze
    "were unable to deliver your message",          // Yahoo
    "were not able to deliver your message",        // newmail.ru
    "unable to deliver your message",               // several
    "unable to deliver message to",                 // Yahoo, InterScan
    "unable to deliver the message",
    "unable to deliver mail", // Prodigy
    "unable to be delivered",
    "could not deliver message to", // hMailServer
    "could not deliver your message",
    "couldn't be delivered",  // Office 365, Gmail
    "could not be delivered", // Postfix, Exim, many
    "couldn't deliver",
    "cannot be delivered",
    "can not be delivered",
    "can't be delivered",
    "was not delivered to", // Domino, Lotus, NetZero
    "were not delivered to",
    "was not delivered because", // Netscape
    "has not been delivered",
    "was not delivered", // MDaemon
    "not be delivered to",
    "did not receive your message", // Netscape
    "did not receive this message",
    "did not receive a copy",                    // MDaemon
    "did not reach the following recipient",     // Exchange
    "did not reach some or all of the intended", // hMailServer, Outlook
    "could not be reached",                      // Exchange, MailEnable
    "message not delivered to the following",    // phquery
    "delivery to the following recipient",       // IIS, Gmail
    "delevery to the following recipient",       // av gateways
    "delivery has failed to these recipient",    // Exchange 2007 on
    "delivery has failed on the enclosed",       // iPlanet
    "delivery failed",                           // SMTP32
    "delivery of the following message",
    "had permanent fatal", // Sendmail, MDaemon
    "had permanent delivery errors",
    "had delivery problems",          // Sendmail
    "had transient non-fatal errors", // Sendmail
    "encountered delivery problems",
    "address(es) failed", // Exim
    "addresses failed",   // kundenserver
    "address failed",
    "failed addresses follow",
    "failed recipients", // McAfee
    "failed recipient:",
    "undeliverable address", // HotPOP
    "undeliverable to",      // SMTP32, Novell
    "undelivered message",
    "message was undeliverable", // Netscape
    "problem with the e-mail address",
    "problem delivering your message",
    "recipient name is not recognized", // Exchange 5.5
    "invalid final delivery",           // SMTP32
    "has been returned because",
    "had problems delivering",
    "mail server could not deliver",
    "error-for:", // LSMTP
    "intended recipient:",
    "not a valid user here",
    "no such user here", // MDaemon
    "local mailbox",
    "was automatically rejected", // Sieve
    "did not exactly match",
    "has been rejected by",
    "is undeliverable",
    "not yet been delivered", // Exim
    "has been delayed",       // Gmail
    "has been postponed",
    "could not send message for past", // Sendmail
    "mail queue for",
    "konnte nicht zugestellt werden", // German
    "konnte nicht übermittelt werden",
    "nicht zugestellt werden",
    "fehler bei der nachrichtenzustellung", // Exchange, German
    "fehler bei der zustellung",
    "echec de la remise",
    "échec de la remise", // Exchange, French
    "n'a pas pu être remis",
    "n'a pas pu etre",
    "n'a pas pu être",
    "no se pudo entregar", // Exchange, Spanish
    "no pudo ser entregado",
    "no se ha podido entregar",
    "não foi possível entregar", // Portuguese
    "nao pode ser enviada",
    "impossibile recapitare", // Italian
    "non è stato possibile recapitare",
    "kan niet worden bezorgd",  // Dutch
    "не может быть доставлено", // Mail.ru
    "невозможно доставить",     // Yandex
    "nie można dostarczyć",     // Polish
    "nie mogła zostać dostarczona",
    "nie została dostarczona",
    "kunde inte levereras", // Swedish
    "kunne ikke leveres",   // Danish, Norwegian
    "ei voitu toimittaa",   // Finnish
    "nelze doručit",        // Czech
    "nebylo možné doručit",
    "nem kézbesíthető",                               // Hungarian
    "teslim edilemedi",                               // Turkish
    "delivery status of a message",                   // PowerMTA
    "error has occurred while attempting to deliver", // OpenSMTPD
    "there was an error delivering your mail",        // DragonFly
    "recipients was rejected by",                     // mobile networks
    "following recipients were affected",             // MailMarshal
    "has failed delivery to",                         // Mercury
    "配信できません",                                 // Japanese
    "配信されませんでした",
    "送信できません",
    "전달되지 못했습니다", // Korean
    "无法发送",            // QQ, sina
    "无法送达",
];

/// What stands right before the address of a recipient.
pub(super) const BEFORE: &[&str] = &[
    "deliver your message to",
    "deliver message to",
    "deliver mail to",
    "undeliverable to",
    "undeliverable address:",
    "message to",
    "unknown user:",
    "user unknown:",
    "unknown local user:",
    "no such user:",
    "intended recipient:",
    "failed recipient:",
    "originally addressed to",
    "addressed to",
    "addressed to email address :",
    "was addressed,",
    "generated from", // Exim
    "expanded from:", // Sendmail
    "expanded from",  // Postfix
    "delivered to:",
    "delivered to",
    "delivered to the following user:",
    "delivre a",
    "delivery userid:",
    "attempts:",
    "mailbox is full:",
    "over quota:",
    "quota violation for",
    "error-for:",
    "local mailbox",
    "you sent mail to",
    "delivery of email to this address",
    "reach the following recipient:",
    "recipient: [smtp:",
    "could not find a gateway for",
    "mailbox unavailable:",
    "recipient address:",
    "smtp=",
    "final-recipient: rfc822;",
    "empfänger:",
    "destinataire :",
    "destinatario:",
];

/// The same beyond the words before: what stands right behind the address.
pub(super) const BEHIND: &[&str] = &[
    "couldn't be found", // Office 365
    "wasn't found at",   // Office 365
    "could not be found",
    "user unknown",
    "user not found",
    "unknown user",
    "no such user",
    "is not a valid",
    "does not exist",
    "- no such user here",
    "... unknown host",
    "not listed in", // Domino
];

/// Why servers do not take mail for an address, where no code says so.
pub(super) const REASONS: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown recipient",
    "no such user",
    "no such mailbox",
    "no such address",
    "no mailbox here",
    "no valid recipients",
    "user not found",
    "mailbox not found",
    "account has been disabled",
    "account is disabled",
    "account disabled",
    "is disabled",
    "account has expired",
    "does not exist",
    "doesn't exist",
    "is not a valid",
    "invalid recipient",
    "invalid receiver",
    "invalid mailbox",
    "unknown host",
    "host unknown",
    "domain name not found",
    "quota exceeded",
    "over quota",
    "overquota",
    "exceeding their quota",
    "mailbox is full",
    "mailbox full",
    "mailfolder is full",
    "existiert nicht",
    "unbekannter empfänger",
    "n'existe pas",
    "no existe",
    "nie istnieje",
    "不存在",
];

/// The notice says that it is not over yet.
pub(super) const DELAYS: &[&str] = &[
    "not yet been delivered", // Exim
    "has been delayed",       // Gmail
    "is delayed",
    "message delayed",
    "has been postponed",
    "delivery is delayed", // Exchange
    "is still being retried",
    "still being retried", // Postfix
    "will be retried",     // Postfix, Gmail
    "will continue to attempt",
    "will continue to try",
    "will keep trying",
    "will continue for",        // Exim
    "will continue to be made", // Symantec
    "warning message only",     // Gmail
    "this is a warning only",   // Postfix
    "this is just a warning",
    "do not need to resend",
    "had transient non-fatal errors",  // Sendmail
    "could not send message for past", // Sendmail
    "zustellung verzögert",            // Exchange, German
    "no action is required on your part",
];

/// Where the notice ends and the mail begins that came back.
pub(super) const RETURNED: &[&str] = &[
    "below this line is a copy",     // qmail
    "below the next line is a copy", // newmail.ru
    "copy of the original message below",
    "is a copy of the message",    // Exim
    "is a copy of your message",   // Mail.ru
    "is a copy of the first part", // Demon
    "attachment is a copy",
    "original message follows", // Yahoo, SMTP32
    "original message as received",
    "original message attached",
    "original message header",
    "----- original message",         // Gmail
    "header of the original message", // kundenserver
    "message text follows",
    "message header follows", // Sendmail, Gmail
    "message headers follow", // MailEnable
    "message header",
    "header and top",
    "returned mail follows",
    "returned mail --",          // McAfee
    "start of returned message", // Demon
    "returned message",
    "unsent message below", // phquery, Sendmail
    "unsent message follows",
    "undelivered message you sent follows",
    "lines of your original message",
    "your message reads",
    "original message headers",
    "forwarded message ----", // Yahoo
    "included is a copy",
    "non-delivered message",
    "text of the original message",
    "original message details",
    "original mail header",
    "originalnachricht",
    "ursprüngliche kopfzeilen",      // Exchange, German
    "en-têtes de message d'origine", // Exchange, French
    "mensaje original adjunto",
    "old message:",
    "ниже этой линии",
];

/// Senders of challenges: a person must prove to them to be one.
pub(super) const CHALLENGERS: &[&str] = &[
    "@boxbe.com",
    "@bluebottle.com",
    "@spamarrest.com",
    "@mailblocks.com",
    "@sendio.com",
    "@knowspam.net",
    "@vanquish.com",
    "@spamlion.com",
    "@choicemail",
    "antispam.uol",
    "@spamcerberus.com",
    "@mxguarddog.com",
];
