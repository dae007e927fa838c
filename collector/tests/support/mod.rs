//! A real collector in a folder of its own, and a client that speaks HTTP by hand.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

pub mod cluster;
pub mod load;
pub mod system;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use fewbits_collector::counts::Counts;
use fewbits_collector::epoch::Epoch;
use fewbits_collector::store::Place;
pub use system::{Folder, send_signal, until};

pub const STATEMENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/golden/statement/shop.json"
);
pub const ANSWERS: [&str; 6] = ["sandals", "boots", "coats", "tents", "packs", "any"];

/// This week, as the collector sees it.
pub fn this_week() -> Epoch {
    #[allow(
        clippy::disallowed_methods,
        reason = "the collector under test lives in real time"
    )]
    let now = std::time::SystemTime::now();
    Epoch::at(now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs())
}

/// A report of this week.
pub fn report(answer: &str) -> String {
    report_of(&this_week().to_string(), answer)
}

pub fn report_of(epoch: &str, answer: &str) -> String {
    format!(
        r#"{{"fewbits":1,"book":"acme-outdoor","version":1,"epoch":"{epoch}","question":"interest","answer":"{answer}"}}"#
    )
}

/// What the store holds of the book, by answer.
pub fn stored(store: &str) -> BTreeMap<String, u64> {
    let place = Place::parse(Some(store), Path::new("")).unwrap();
    let counts: Counts = place.open().counts("acme-outdoor").unwrap();
    let mut answers = BTreeMap::new();
    for (key, count) in counts {
        *answers.entry(key.answer.to_string()).or_default() += count;
    }
    answers
}

pub fn stored_in(folder: &Path) -> BTreeMap<String, u64> {
    stored(&format!("sqlite:{}", folder.join("counts.db").display()))
}

/// A running collector. Killed when it is dropped.
pub struct Collector {
    child: Child,
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<thread::JoinHandle<()>>,
}

/// A command that starts a collector on this data folder, without a limit for the one address
/// that tests have, and on a port that is free.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fewbits-collector"));
    command.args(arguments(data));
    command
}

pub fn arguments(data: &Path) -> Vec<String> {
    let data = data.display().to_string();
    [
        "--statement",
        STATEMENT,
        "--listen",
        "127.0.0.1:0",
        "--rate",
        "0",
        "--flush",
        "50",
        "--data",
        &data,
    ]
    .map(str::to_owned)
    .to_vec()
}

impl Collector {
    pub fn start(data: &Path, more: &[&str]) -> Self {
        Self::spawn(command(data).args(more))
    }

    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let Some(line) = lines.next() else {
                let status = child.wait().unwrap();
                panic!("it ended ({status}): {:#?}", log.lock().unwrap());
            };
            let line = line.unwrap();
            log.lock().unwrap().push(line.clone());
            if let Some((_, rest)) = line.split_once("listening on http://") {
                break rest.split(',').next().unwrap().parse().unwrap();
            }
        };
        let kept = log.clone();
        let reader = thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        Self {
            child,
            address,
            log,
            reader: Some(reader),
        }
    }

    /// Starts it where it must not start, and gives back what it says.
    pub fn refused(command: &mut Command) -> String {
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// kill -9
    pub fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.read_log()
    }

    /// SIGTERM, and its whole log.
    pub fn stop(mut self) -> Vec<String> {
        let status = self.signal_and_wait("TERM");
        let log = self.read_log();
        assert!(status.success(), "{status}: {log:#?}");
        log
    }

    fn signal_and_wait(&mut self, signal: &str) -> ExitStatus {
        send_signal(self.id(), signal);
        self.child.wait().unwrap()
    }

    fn read_log(&mut self) -> Vec<String> {
        self.reader.take().unwrap().join().unwrap();
        self.log.lock().unwrap().clone()
    }

    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// A number of /metrics.
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.client().get("/metrics").body;
        let line = text
            .lines()
            .find(|line| line.split(' ').next() == Some(name));
        line.unwrap_or_else(|| panic!("{name}: {text}"))
            .rsplit(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The code of a refusal.
    pub fn error(&self) -> String {
        let value: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        value["error"].as_str().unwrap().to_owned()
    }
}

/// One connection that is kept.
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self::try_new(address).unwrap()
    }

    pub fn try_new(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host: address.to_string(),
        })
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, &[], "").unwrap()
    }

    pub fn post(&mut self, body: &str) -> Answer {
        self.try_post(body).unwrap()
    }

    pub fn try_post(&mut self, body: &str) -> io::Result<Answer> {
        self.request(
            "POST",
            "/v1/report",
            &[("content-type", "application/json")],
            body,
        )
    }

    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Answer> {
        let mut text = format!("{method} {path} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            text += &format!("host: {}\r\n", self.host);
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("content-length: {}\r\n\r\n{body}", body.len());
        self.send(text.as_bytes())?;
        self.answer()
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    pub fn answer(&mut self) -> io::Result<Answer> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers
            .get("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8(body).unwrap(),
        })
    }

    /// True when the other side has hung up; waits for it.
    pub fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).is_err() || rest.is_empty()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}
