//! What the server takes, refuses and shows, asked over real connections.

mod support;

use support::{
    ANSWERS, Client, Collector, Folder, command, report, report_of, stored_in, this_week,
};

#[test]
fn a_report_is_counted_and_nothing_else_is_kept() {
    let folder = Folder::new();
    let collector = Collector::start(folder.path(), &[]);
    let mut client = collector.client();
    for answer in ["boots", "boots", "any"] {
        let taken = client.post(&report(answer));
        assert_eq!((taken.status, taken.body.as_str()), (204, ""));
    }
    assert_eq!(collector.metric("fewbits_reports_accepted_total"), 3);
    let log = collector.stop();
    assert_eq!(
        stored_in(folder.path()),
        [("any".to_owned(), 1), ("boots".to_owned(), 2)].into()
    );
    // Nothing but the start and the stop was logged, and the log of reports is empty again.
    assert_eq!(log.len(), 3, "{log:#?}");
    let mut left: Vec<_> = std::fs::read_dir(folder.at("wal")).unwrap().collect();
    assert_eq!(left.pop().unwrap().unwrap().file_name(), "lock");
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_not_the_wire_form_is_refused() {
    let folder = Folder::new();
    let collector = Collector::start(folder.path(), &[]);
    let mut client = collector.client();
    let good = report("boots");
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    for (body, status, code) in [
        (String::new(), 400, "wire-form"),
        ("{}".to_owned(), 400, "wire-form"),
        (with("\"boots\"", "[\"boots\"]"), 400, "wire-form"),
        (with("\"boots\"}", "\"boots\",\"id\":1}"), 400, "wire-form"),
        (with("\"version\":1", "\"version\":\"1\""), 400, "wire-form"),
        (with("\"version\":1,", ""), 400, "wire-form"),
        (with("{", "{ "), 400, "wire-form"),
        (with("acme-outdoor", "other"), 422, "unknown-book"),
        (
            with("\"version\":1", "\"version\":2"),
            503,
            "version-not-yet",
        ),
        (with("interest", "wealth"), 422, "unknown-question"),
        (with("boots", "footwear"), 422, "unknown-answer"),
        (with("boots", "loyal"), 422, "unknown-answer"),
        (report_of("1999-W01", "boots"), 422, "implausible-epoch"),
        (
            report_of(&this_week().plus(2).to_string(), "boots"),
            422,
            "implausible-epoch",
        ),
        (
            report_of(&this_week().minus(27).to_string(), "boots"),
            422,
            "implausible-epoch",
        ),
        (" ".repeat(1024), 400, "wire-form"),
    ] {
        let refused = client.post(&body);
        assert_eq!(
            (refused.status, refused.error().as_str()),
            (status, code),
            "{body}"
        );
        assert!(!refused.body.contains("boots"));
    }
    // A week that is only just plausible is not a matter of the second in which this runs.
    for epoch in [this_week(), this_week().minus(25)] {
        assert_eq!(
            client.post(&report_of(&epoch.to_string(), "boots")).status,
            204
        );
    }
    let long = client.post(&" ".repeat(1025));
    assert_eq!((long.status, long.error().as_str()), (413, "too-long"));
    assert!(client.is_closed());
    let counted = "fewbits_reports_refused_total{reason=\"wire-form\"}";
    assert_eq!(collector.metric(counted), 8);
}

#[test]
fn other_requests_are_refused() {
    let folder = Folder::new();
    let collector = Collector::start(folder.path(), &[]);
    let good = report("boots");
    for (method, path, headers, status, code) in [
        ("POST", "/v1/report", vec![], 415, "content-type"),
        (
            "POST",
            "/v1/report",
            vec![("content-type", "text/plain")],
            415,
            "content-type",
        ),
        (
            "POST",
            "/v1/report",
            vec![("content-type", "application/jsonp")],
            415,
            "content-type",
        ),
        (
            "PUT",
            "/v1/report",
            vec![("content-type", "application/json")],
            405,
            "method",
        ),
        ("GET", "/v1/report", vec![], 405, "method"),
        ("POST", "/v1/audience", vec![], 405, "method"),
        ("POST", "/v1/reports", vec![], 404, "not-found"),
        ("GET", "/v1/audience", vec![], 400, "query"),
        (
            "GET",
            "/v1/audience?book=acme-outdoor&more=1",
            vec![],
            400,
            "query",
        ),
        (
            "GET",
            "/v1/audience?book=acme-outdoor&book=acme-outdoor",
            vec![],
            400,
            "query",
        ),
        (
            "GET",
            "/v1/audience?book=acme-outdoor&from=today",
            vec![],
            400,
            "query",
        ),
        (
            "GET",
            "/v1/audience?book=acme-outdoor&version=x",
            vec![],
            400,
            "query",
        ),
        ("GET", "/v1/audience?book=other", vec![], 404, "not-found"),
        (
            "GET",
            "/v1/audience?book=acme-outdoor&version=9",
            vec![],
            404,
            "not-found",
        ),
        (
            "GET",
            "/v1/audience?book=acme-outdoor&question=wealth",
            vec![],
            404,
            "not-found",
        ),
        (
            "GET",
            "/v1/crowd?book=acme-outdoor&question=interest",
            vec![],
            400,
            "query",
        ),
        ("POST", "/v1/outcomes", vec![], 405, "method"),
        ("GET", "/v1/outcomes", vec![], 400, "query"),
        (
            "GET",
            "/v1/outcomes?book=acme-outdoor&effect=0",
            vec![],
            400,
            "query",
        ),
        (
            "GET",
            "/v1/outcomes?book=acme-outdoor&effect=nan",
            vec![],
            400,
            "query",
        ),
        (
            "GET",
            "/v1/outcomes?book=acme-outdoor&effect=0.1&power=1",
            vec![],
            400,
            "query",
        ),
        (
            "GET",
            "/v1/outcomes?book=acme-outdoor&power=0.9",
            vec![],
            400,
            "query",
        ),
        ("GET", "/v1/outcomes?book=other", vec![], 404, "not-found"),
        // A dimension, and no outcome.
        (
            "GET",
            "/v1/outcomes?book=acme-outdoor&question=interest",
            vec![],
            404,
            "not-found",
        ),
        ("GET", "/v1/posteriors", vec![], 400, "query"),
        (
            "GET",
            "/v1/posteriors?book=acme-outdoor&from=2026-W48",
            vec![],
            400,
            "query",
        ),
        (
            "GET",
            "/v1/posteriors?book=acme-outdoor&version=2",
            vec![],
            404,
            "not-found",
        ),
    ] {
        let body = if method == "GET" { "" } else { &good };
        let refused = collector
            .client()
            .request(method, path, &headers, body)
            .unwrap();
        assert_eq!(
            (refused.status, refused.error().as_str()),
            (status, code),
            "{method} {path}"
        );
    }
    let kind = [("content-type", "Application/JSON; charset=utf-8")];
    let taken = collector
        .client()
        .request("POST", "/v1/report", &kind, &good)
        .unwrap();
    assert_eq!(taken.status, 204);
    let mut client = collector.client();
    client.send(b"nonsense\r\n\r\n").unwrap();
    assert_eq!(client.answer().unwrap().status, 400);
    let mut client = collector.client();
    let long = "x".repeat(20_000);
    client
        .send(format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n").as_bytes())
        .unwrap();
    assert_eq!(client.answer().unwrap().status, 431);
}

#[test]
fn pages_of_named_origins_may_send() {
    let folder = Folder::new();
    let origins = [
        "--origin",
        "https://shop.example",
        "--origin",
        "https://m.shop.example",
    ];
    let collector = Collector::start(folder.path(), &origins);
    let ask = |method: &str, origin: &str| {
        let headers = [
            ("origin", origin),
            ("content-type", "application/json"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        collector
            .client()
            .request(method, "/v1/report", &headers, &report("boots"))
            .unwrap()
    };
    for origin in ["https://shop.example", "https://m.shop.example"] {
        let asked = ask("OPTIONS", origin);
        assert_eq!(
            (asked.status, asked.header("access-control-allow-origin")),
            (204, origin)
        );
        assert_eq!(asked.header("access-control-allow-methods"), "POST");
        assert_eq!(asked.header("access-control-allow-headers"), "content-type");
        assert_eq!(asked.header("access-control-allow-credentials"), "");
        assert_eq!(asked.header("vary"), "origin");
        let sent = ask("POST", origin);
        assert_eq!(
            (sent.status, sent.header("access-control-allow-origin")),
            (204, origin)
        );
    }
    for origin in [
        "https://shop.example.evil.example",
        "http://shop.example",
        "null",
        "",
    ] {
        for method in ["OPTIONS", "POST"] {
            let refused = ask(method, origin);
            assert_eq!((refused.status, refused.error().as_str()), (403, "origin"));
            assert_eq!(refused.header("access-control-allow-origin"), "");
        }
    }
    // A page of the host that hands its reports on to the collector.
    let own = format!("http://{}", collector.address);
    assert_eq!(ask("POST", &own).status, 204);
    assert_eq!(collector.metric("fewbits_reports_accepted_total"), 3);
}

#[test]
fn reading_needs_the_token_or_the_machine() {
    let folder = Folder::new();
    let paths = [
        "/",
        "/metrics",
        "/v1/books",
        "/v1/audience?book=acme-outdoor",
        "/v1/crowd?book=acme-outdoor",
        "/v1/outcomes?book=acme-outdoor",
        "/v1/posteriors?book=acme-outdoor",
    ];
    let collector = Collector::start(&folder.at("one"), &[]);
    let host = collector.address.to_string();
    for path in paths {
        assert_eq!(collector.client().get(path).status, 200, "{path}");
        for (name, value) in [
            ("x-forwarded-for", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
            ("host", "collector.example"),
        ] {
            let headers = [("host", host.as_str()), (name, value)];
            let headers = if name == "host" {
                &headers[1..]
            } else {
                &headers
            };
            let refused = collector
                .client()
                .request("GET", path, headers, "")
                .unwrap();
            assert_eq!(
                (refused.status, refused.error().as_str()),
                (403, "not-local"),
                "{path}"
            );
        }
    }
    let token = folder.at("token");
    std::fs::write(&token, "0123456789abcdef\n").unwrap();
    let token = token.to_str().unwrap();
    let collector = Collector::start(&folder.at("two"), &["--token-file", token]);
    for path in paths {
        let refused = collector.client().get(path);
        assert_eq!((refused.status, refused.error().as_str()), (401, "token"));
        assert!(refused.header("www-authenticate").starts_with("Basic "));
        for (value, status) in [
            ("Bearer 0123456789abcdef", 200),
            // anybody:0123456789abcdef
            ("Basic YW55Ym9keTowMTIzNDU2Nzg5YWJjZGVm", 200),
            ("Bearer 0123456789abcdee", 401),
            ("Bearer 0123456789abcde", 401),
            ("Bearer 0123456789abcdef0", 401),
            ("Basic YW55Ym9keTow", 401),
            ("Basic !", 401),
            ("Bearer", 401),
        ] {
            let headers = [("authorization", value), ("x-forwarded-for", "192.0.2.1")];
            let answer = collector
                .client()
                .request("GET", path, &headers, "")
                .unwrap();
            assert_eq!(answer.status, status, "{path} {value}");
        }
    }
    assert_eq!(collector.client().get("/healthz").status, 200);
    assert_eq!(collector.client().post(&report("boots")).status, 204);
}

/// An experiment of two variants, whose outcome is asked for.
fn outcome() -> String {
    let cells = ["plain-yes", "plain-no", "warm-yes", "warm-no", "any"];
    let answers = cells.map(|cell| {
        let under = cell
            .split_once('-')
            .map_or(vec![], |(variant, _)| vec![variant, "any"]);
        serde_json::json!({ "segment": cell, "under": under, "shown": cell })
    });
    serde_json::json!({
        "fewbits": 1, "book": "shop", "version": 3, "source": "0".repeat(64),
        "statement": "Reports are not used to find out who sent them.",
        "report": {
            "epsilon": 4.0, "odds": 3_578_144, "crowd": 20, "bootstrap": true,
            "lifetime_bits": 3.32, "questions": { "copy": {
                "weight": 1, "bits": 2.22, "after": 1, "jitter": 1, "answers": answers,
                "outcome": { "of": "experiment", "variants": ["plain", "warm"], "posteriors": {} },
            } },
        },
        "hints": null,
    })
    .to_string()
}

#[test]
fn what_became_of_an_experiment_can_be_read() {
    let folder = Folder::new();
    let statement = folder.at("statement.json");
    std::fs::write(&statement, outcome()).unwrap();
    let collector = Collector::start(folder.path(), &["--statement", statement.to_str().unwrap()]);
    let mut client = collector.client();
    let epoch = support::this_week();
    for (answer, number) in [
        ("plain-yes", 40),
        ("plain-no", 80),
        ("warm-yes", 75),
        ("warm-no", 50),
    ] {
        for _ in 0..number {
            let report = format!(
                r#"{{"fewbits":1,"book":"shop","version":3,"epoch":"{epoch}","question":"copy","answer":"{answer}"}}"#
            );
            assert_eq!(client.post(&report).status, 204);
        }
    }
    let read = |path: &str| -> serde_json::Value {
        serde_json::from_str(&collector.client().get(path).body).unwrap()
    };
    let path = "/v1/outcomes?book=shop&question=copy&effect=0.2&power=0.9";
    support::until(|| read(path)["outcomes"]["copy"]["reports"] == 245);
    let told = read(path);
    let lift = &told["outcomes"]["copy"]["places"][0]["lifts"][0];
    assert_eq!(
        (&lift["variant"], &lift["against"]),
        (&"warm".into(), &"plain".into())
    );
    assert!(lift["difference"]["low"].as_f64().unwrap() > 0.0, "{told}");
    assert_eq!(lift["needed"]["power"], 0.9);
    // No bandit, no posteriors; but the book is there.
    assert_eq!(
        read("/v1/posteriors?book=shop")["bandits"],
        serde_json::json!({})
    );
    let page = collector.client().get("/?book=shop");
    assert!(
        page.body.contains("<b>warm</b> converts more than plain"),
        "{}",
        page.body
    );
}

#[test]
fn one_address_cannot_send_without_end() {
    let folder = Folder::new();
    let limits = [
        "--rate",
        "1",
        "--burst",
        "20",
        "--proxy-header",
        "x-forwarded-for",
    ];
    let without: Vec<_> = support::arguments(folder.path());
    let without = without
        .iter()
        .map(String::as_str)
        .filter(|a| !["--rate", "0"].contains(a));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fewbits-collector"));
    let collector = Collector::spawn(command.args(without).args(limits));
    let send = |from: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("x-forwarded-for", from),
        ];
        collector
            .client()
            .request("POST", "/v1/report", &headers, &report("boots"))
            .unwrap()
    };
    let sent: Vec<_> = (0..100).map(|_| send("198.51.100.7, 192.0.2.1")).collect();
    assert!(sent.iter().take(20).all(|answer| answer.status == 204));
    let refused = sent.last().unwrap();
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (429, "too-many")
    );
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(send("192.0.2.2").status, 204);
    // What a sender puts in front of the proxy's word does not count.
    assert_eq!(send("203.0.113.5, 192.0.2.1").status, 429);
}

#[test]
fn slow_senders_hold_up_nobody() {
    let folder = Folder::new();
    let collector = Collector::start(folder.path(), &["--connections", "8", "--patience", "1"]);
    let mut slow: Vec<Client> = (0..8).map(|_| collector.client()).collect();
    let parts = [
        "",
        "P",
        "POST /v1/report HTTP/1.1\r\nhost: a\r\n",
        "POST /v1/report HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
        "POST /v1/report HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
    ];
    for (client, part) in slow.iter_mut().zip(parts.iter().cycle()) {
        client.send(part.as_bytes()).unwrap();
    }
    // All places are taken: this one waits until the first of them is turned out.
    assert_eq!(collector.client().post(&report("boots")).status, 204);
    for (client, part) in slow.iter_mut().zip(parts.iter().cycle()) {
        if part.contains("\r\n\r\n") {
            let answer = client.answer().unwrap();
            assert_eq!((answer.status, answer.error().as_str()), (408, "too-slow"));
        }
        assert!(client.is_closed(), "{part}");
    }
}

#[test]
fn connections_are_kept_only_while_there_are_places() {
    let folder = Folder::new();
    let collector = Collector::start(folder.path(), &["--connections", "8"]);
    let mut clients: Vec<Client> = (0..8).map(|_| collector.client()).collect();
    let kept = |answer: &support::Answer| answer.header("connection") != "close";
    let answers = clients
        .iter_mut()
        .map(|client| client.post(&report("boots")));
    let answers: Vec<_> = answers.collect();
    assert!(answers.iter().all(|answer| answer.status == 204));
    // When the last one asks, it is either one too many, or others were before.
    assert!(!answers.iter().all(kept));
    drop(clients);
    support::until(|| kept(&collector.client().get("/healthz")));
}

#[test]
fn a_report_that_was_taken_survives_a_stop_in_the_middle() {
    let folder = Folder::new();
    let collector = Collector::start(folder.path(), &["--flush", "60000"]);
    let mut client = collector.client();
    for answer in ANSWERS {
        assert_eq!(client.post(&report(answer)).status, 204);
    }
    let log = collector.stop();
    assert!(
        log.last().unwrap().ends_with("the store has everything"),
        "{log:#?}"
    );
    assert_eq!(stored_in(folder.path()).len(), ANSWERS.len());
}

#[test]
fn two_collectors_do_not_share_a_log() {
    let folder = Folder::new();
    let _collector = Collector::start(folder.path(), &[]);
    let said = Collector::refused(&mut command(folder.path()));
    assert!(said.contains("another collector uses"), "{said}");
    assert!(said.contains("--data"), "{said}");
}

#[test]
fn what_the_operator_got_wrong_is_said() {
    let folder = Folder::new();
    let nothing = folder.at("nothing.json");
    let broken = folder.at("broken.json");
    std::fs::write(&broken, "{}").unwrap();
    let other = folder.at("other.json");
    let statement = std::fs::read_to_string(support::STATEMENT).unwrap();
    std::fs::write(&other, statement.replace("\"crowd\": 50", "\"crowd\": 51")).unwrap();
    let (nothing, broken, other) = (
        nothing.to_str().unwrap(),
        broken.to_str().unwrap(),
        other.to_str().unwrap(),
    );
    for (arguments, words) in [
        (vec!["--statement", nothing], "cannot read"),
        (vec!["--statement", broken], "missing field"),
        (vec!["--statement", other], "says something else"),
        (vec!["--store", "mysql://x"], "names no kind of store"),
        (
            vec!["--store", "postgres://u:secret@h:port/x"],
            "no address of a PostgreSQL",
        ),
        (vec!["--token-file", broken], "no token"),
        (vec!["--config", nothing], "cannot read"),
        (vec!["--origin", "https://shop.example/"], "without a slash"),
        (vec!["--connections", "0"], "0 is not in"),
    ] {
        let said = Collector::refused(command(folder.path()).args(&arguments));
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn flags_can_stand_in_a_file() {
    let folder = Folder::new();
    let config = folder.at("flags");
    let text = "# of the shop\n\nwal-limit 8\norigin https://shop.example\nrate=5\nconnections 3\n";
    std::fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    // --rate stands on the command line as well, and is taken from there.
    let collector = Collector::start(folder.path(), &["--config", config]);
    let headers = [
        ("origin", "https://shop.example"),
        ("content-type", "application/json"),
    ];
    for _ in 0..200 {
        let sent = collector
            .client()
            .request("POST", "/v1/report", &headers, &report("boots"));
        assert_eq!(sent.unwrap().status, 204);
    }
    std::fs::write(folder.at("flags"), "walk 8\n").unwrap();
    let said = Collector::refused(command(folder.path()).args(["--config", config]));
    assert!(said.contains("--walk"), "{said}");
}
