//! A collector that runs in this process, and everything else over its socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use fewbits_collector::config::Command;
use fewbits_collector::run::{Running, start};
use serde_json::Value;

use crate::site::Edition;

/// Connections that send at a time.
const SENDERS: usize = 8;

pub struct Collector {
    running: Running,
    address: SocketAddr,
}

impl Collector {
    pub fn start(folder: &Path, store: &str, statements: &[String]) -> Self {
        let data = folder.join("data").display().to_string();
        let mut flags = vec![
            "fewbits-collector",
            "--listen",
            "127.0.0.1:0",
            "--rate",
            "0",
        ];
        flags.extend(["--flush", "20", "--data", &data, "--store", store]);
        flags.extend(statements.iter().flat_map(|file| ["--statement", file]));
        let flags = flags.into_iter().map(Into::into).collect();
        let serve = Command::read(flags).unwrap().unwrap().serve;
        let running = start(&serve).unwrap();
        let address = running.address();
        Self { running, address }
    }

    /// Writes everything down and ends.
    pub fn stop(self) {
        assert!(self.running.stop());
    }

    /// Sends reports, each acknowledged before the next one on its connection.
    pub fn post(&self, reports: &[String]) {
        let part = reports.len().div_ceil(SENDERS);
        thread::scope(|scope| {
            for part in reports.chunks(part) {
                scope.spawn(move || {
                    let mut stream = self.connect();
                    for report in part {
                        let request = format!(
                            "POST /v1/report HTTP/1.1\r\nhost: localhost\r\ncontent-type: \
                             application/json\r\ncontent-length: {}\r\n\r\n{report}",
                            report.len()
                        );
                        stream.get_mut().write_all(request.as_bytes()).unwrap();
                        let head = head(&mut stream);
                        assert!(head.starts_with("HTTP/1.1 204"), "{report}\n{head}");
                    }
                });
            }
        });
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        BufReader::new(stream)
    }

    /// What is published at an address.
    pub fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let head = head(&mut stream);
        assert!(head.starts_with("HTTP/1.1 200"), "{path}\n{head}");
        let mut body = String::new();
        stream.read_to_string(&mut body).unwrap();
        body
    }

    /// The audience of an edition, as soon as the store has so many reports.
    pub fn audience(&self, edition: &Edition, reports: u64) -> Value {
        let path = format!(
            "/v1/audience?book={}&version={}",
            edition.book, edition.version
        );
        loop {
            let audience: Value = serde_json::from_str(&self.get(&path)).unwrap();
            let questions = audience["questions"].as_object().unwrap().values();
            let stored: u64 = questions
                .map(|asked| asked["reports"].as_u64().unwrap())
                .sum();
            assert!(stored <= reports, "counted twice: {stored}");
            if stored == reports {
                return audience;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The head of an answer. A report's answer has nothing else.
fn head(stream: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(
            stream.read_line(&mut head).unwrap(),
            0,
            "the connection ended: {head}"
        );
    }
    head
}
