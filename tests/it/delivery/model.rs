//! Every combination of choices on one small list, compared with a model: each
//! person gets at most one copy, and exactly those who should.

use super::{CLEO, set};
use crate::support::community::LIST;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(each_combination_of_choices_gets_what_it_should);

const ROOT: &str = "root@plant.example";
const VALVES: &str = "valves@lists.example.org";

/// What one person chose on `pumps`, and whether they are on `valves` too.
struct Person {
    delivery: &'static str,
    named: &'static str,
    choice: &'static str,
    topics: &'static str,
    lists: &'static str,
}

impl Person {
    fn all() -> Vec<Person> {
        let mut all = Vec::new();
        for delivery in ["each", "digest", "none", "paused"] {
            for named in ["unnamed", "direct", "copies"] {
                for choice in ["plain", "mute", "follow"] {
                    for topics in ["any", "seals", "motors"] {
                        for lists in ["one", "two"] {
                            all.push(Person {
                                delivery,
                                named,
                                choice,
                                topics,
                                lists,
                            });
                        }
                    }
                }
            }
        }
        all
    }

    fn address(&self) -> String {
        let Person {
            delivery,
            named,
            choice,
            topics,
            lists,
        } = self;
        format!("{delivery}-{named}-{choice}-{topics}-{lists}@m.example")
    }

    /// The model: a post on seals, in a thread they chose something for.
    fn wants_by_pumps(&self) -> bool {
        let by_delivery = self.delivery == "each" && self.topics != "motors";
        let by_thread = match self.choice {
            "mute" => false,
            "follow" => true,
            _ => by_delivery,
        };
        by_thread && self.delivery != "paused" && self.named != "direct"
    }

    /// There they get everything, but for what names them.
    fn wants_by_valves(&self) -> bool {
        self.lists == "two" && self.named == "unnamed"
    }
}

fn each_combination_of_choices_gets_what_it_should(database: &Database) {
    let sink = Sink::start();
    let (node, people) = (founded(database, &sink), Person::all());
    let named = people.iter().filter(|person| person.named != "unnamed");
    let named: Vec<String> = named.map(Person::address).collect();
    let raw = format!(
        "From: <{CLEO}>\r\nTo: <{LIST}>, <{VALVES}>\r\nCc: {}\r\nSubject: Re: hot water\r\n\
         In-Reply-To: <{ROOT}>\r\nMessage-ID: <all@plant.example>\r\n\
         Date: Mon, 2 Mar 2026 10:00:00 +0100\r\n\r\nBoth.\r\n",
        named.join(",\r\n ")
    );
    node.client().deliver(CLEO, &[LIST, VALVES], raw.as_bytes());
    node.settle();
    let wanted = people
        .iter()
        .filter(|person| person.wants_by_pumps() || person.wants_by_valves());
    // Their author wants no copy of their own, on either list.
    let mut expected: Vec<String> = wanted.map(Person::address).collect();
    expected.sort();
    assert_eq!(sink.recipients("all@plant.example"), expected);
    let told = node.json(&["why", "all@plant.example"]);
    let rows = told["recipients"].as_array().cloned().unwrap_or_default();
    let has_reason = |row: &serde_json::Value| row["state"] != "dropped" || row["reply"] != "";
    assert!(rows.iter().all(has_reason), "{told}");
    for person in people.iter().filter(|person| person.delivery == "each") {
        let of = rows.iter().filter(|row| row["address"] == person.address());
        let lists = if person.lists == "two" { 2 } else { 1 };
        assert_eq!(of.count(), lists, "{}", person.address());
    }
}

/// Both lists with everybody, and a thread on seals to answer.
fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    let pumps = Community {
        more: "[[topic]]\nname = \"seals\"\ntitle = \"Seals\"\n\n[[topic]]\nname = \"motors\"\ntitle = \"Motors\"\n",
        ..Community::pumps()
    };
    let valves = Community {
        slug: "valves",
        ..Community::pumps()
    };
    let people = Person::all();
    let two = people.iter().filter(|person| person.lists == "two");
    let two: Vec<String> = two.map(Person::address).collect();
    node.found(&valves, &two.iter().map(String::as_str).collect::<Vec<_>>());
    node.found(&pumps, &[CLEO]);
    node.run(&["member", "add", "valves", CLEO]).ok();
    set(&node, CLEO, "own = 0");
    let rows = people.iter().map(|person| {
        let delivery = person.delivery.replace("paused", "none");
        format!("{},,member,{delivery},,\n", person.address())
    });
    let rows: String = rows.collect();
    node.write(
        "all.csv",
        format!("address,name,role,delivery,org,tz\n{rows}"),
    );
    let file = node.path("all.csv").display().to_string();
    node.run(&["member", "import", "pumps", &file]).ok();
    node.start();
    node.post(&Post::new(CLEO, ROOT, "[seals] hot water"));
    node.settle();
    choices(&node);
    node
}

fn choices(node: &Node<'_>) {
    let execute = |statement: String| node.database.execute(&node.path("data"), statement);
    let pumps = "(SELECT id FROM community WHERE slug = 'pumps')";
    for (like, what) in [
        ("%-copies-%", "copies = 1"),
        ("%-seals-%", "topics = 'seals'"),
        ("%-motors-%", "topics = 'motors'"),
        // On no roster already.
        ("paused-%", "delivery = 'each', state = 'paused'"),
    ] {
        let changed = execute(format!(
            "UPDATE member SET {what} WHERE community_id = {pumps} AND address LIKE '{like}'"
        ));
        assert!(changed > 50, "{like}: {changed}");
    }
    for choice in ["mute", "follow"] {
        let changed = execute(format!(
            "INSERT INTO thread_choice (community_id, member_id, thread_id, choice, at) \
             SELECT m.community_id, m.id, p.thread_id, '{choice}', 1 FROM member m \
             JOIN post p ON p.message_id = '{ROOT}' AND p.community_id = m.community_id \
             WHERE m.community_id = {pumps} AND m.address LIKE '%-{choice}-%'"
        ));
        assert_eq!(changed, 72, "{choice}");
    }
}
