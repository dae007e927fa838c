//! Sends reports to a collector, and says how fast they were acknowledged.
//!
//! ```text
//! load ADDRESS --connections N --seconds S [--rate R]
//! ```
//!
//! Without a rate each connection sends as soon as its last report is acknowledged. With one,
//! each report has its time, and its latency counts from then on: what waits because the
//! collector is slow has waited. One line of JSON comes out.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Parser;
use fewbits_collector::epoch::Epoch;
use fewbits_collector::report::Report;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

#[derive(Parser)]
struct Arguments {
    address: SocketAddr,
    #[arg(long)]
    connections: u32,
    #[arg(long)]
    seconds: u64,
    #[arg(long)]
    rate: Option<u32>,
}

/// Answers of the example shop's `interest` and `lifecycle`.
const SAYS: [(&str, &str); 11] = [
    ("interest", "sandals"),
    ("interest", "boots"),
    ("interest", "coats"),
    ("interest", "tents"),
    ("interest", "packs"),
    ("interest", "any"),
    ("lifecycle", "loyal"),
    ("lifecycle", "lapsed"),
    ("lifecycle", "customer"),
    ("lifecycle", "active"),
    ("lifecycle", "new"),
];

/// What the connections measured together.
#[derive(Default)]
struct Measured {
    /// Microseconds, one for each acknowledged report.
    latencies: Vec<u32>,
    refused: u64,
    /// Connections that ended and were made again.
    broken: u64,
    lost: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // One thread: the collector is what should have the processors.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = runtime.and_then(|runtime| runtime.block_on(load(&arguments)));
    match done {
        Ok(text) => {
            let _ = writeln!(io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn load(arguments: &Arguments) -> io::Result<String> {
    let measured = Arc::new(Mutex::new(Measured::default()));
    let requests: Arc<[Vec<u8>]> = requests(arguments.address).into();
    let start = Instant::now() + Duration::from_millis(200);
    let end = start + Duration::from_secs(arguments.seconds);
    let mut tasks = Vec::new();
    for number in 0..arguments.connections {
        let stream = TcpStream::connect(arguments.address).await?;
        stream.set_nodelay(true)?;
        // Each connection has its share of the rate, and they take turns.
        let pace = arguments.rate.map(|rate| {
            let every = Duration::from_secs(1) * arguments.connections / rate.max(1);
            (start + every * number / arguments.connections, every)
        });
        let (requests, measured) = (requests.clone(), measured.clone());
        let address = arguments.address;
        tasks.push(tokio::spawn(async move {
            let sent = connection(address, stream, &requests, number as usize, pace, end).await;
            let mut all = measured.lock().unwrap_or_else(PoisonError::into_inner);
            all.latencies.extend(&sent.latencies);
            all.refused += sent.refused;
            all.broken += sent.broken;
            all.lost += sent.lost;
        }));
    }
    for task in tasks {
        let _ = task.await;
    }
    let seconds = start.elapsed().as_secs_f64();
    let mut all = measured.lock().unwrap_or_else(PoisonError::into_inner);
    all.latencies.sort_unstable();
    let quantile = |share: f64| {
        let place = (all.latencies.len() as f64 * share) as usize;
        f64::from(all.latencies.get(place).copied().unwrap_or(0)) / 1000.0
    };
    Ok(format!(
        r#"{{"acknowledged":{},"refused":{},"broken":{},"lost":{},"seconds":{seconds:.3},"rate":{:.0},"p50":{},"p99":{},"p999":{}}}"#,
        all.latencies.len(),
        all.refused,
        all.broken,
        all.lost,
        all.latencies.len() as f64 / seconds,
        quantile(0.5),
        quantile(0.99),
        quantile(0.999),
    ))
}

async fn connection(
    address: SocketAddr,
    mut stream: TcpStream,
    requests: &[Vec<u8>],
    number: usize,
    pace: Option<(Instant, Duration)>,
    end: Instant,
) -> Measured {
    let mut measured = Measured::default();
    let mut due = pace.map(|(first, _)| first);
    for request in requests.iter().cycle().skip(number % requests.len()) {
        let begin = match due {
            Some(time) => {
                sleep_until(time).await;
                time
            }
            None => Instant::now(),
        };
        if begin >= end || Instant::now() >= end + Duration::from_secs(5) {
            break;
        }
        let mut answer = exchange(&stream, request).await;
        if answer.is_err() {
            // Servers end connections after a while: then there is another one.
            measured.broken += 1;
            if let Ok(next) = TcpStream::connect(address).await {
                stream = next;
            }
            answer = exchange(&stream, request).await;
        }
        match answer {
            Ok(true) => {
                let micros = begin.elapsed().as_micros();
                measured
                    .latencies
                    .push(u32::try_from(micros).unwrap_or(u32::MAX));
            }
            Ok(false) => measured.refused += 1,
            Err(_) => {
                measured.lost += 1;
                break;
            }
        }
        due = due.zip(pace).map(|(time, (_, every))| time + every);
    }
    measured
}

/// Sends one report, and reads the answer. True if it was acknowledged.
async fn exchange(stream: &TcpStream, request: &[u8]) -> io::Result<bool> {
    let mut rest = request;
    while !rest.is_empty() {
        match stream.try_write(rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => stream.writable().await?,
            Err(error) => return Err(error),
        }
    }
    let mut answer = Vec::with_capacity(512);
    // 204 has no body; what refuses has one, and is only counted.
    while !answer.ends_with(b"\r\n\r\n") && !answer.ends_with(b"}\n") {
        stream.readable().await?;
        match stream.try_read_buf(&mut answer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(answer.starts_with(b"HTTP/1.1 204"))
}

#[expect(clippy::disallowed_methods, reason = "reports carry the week")]
fn requests(address: SocketAddr) -> Vec<Vec<u8>> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let week = Epoch::at(now.map_or(0, |now| now.as_secs()));
    let all = [week, week.minus(1)].into_iter().flat_map(|epoch| {
        SAYS.map(|(question, answer)| {
            let book = "acme-outdoor";
            let body = Report { book, version: 1, epoch, question, answer }.to_json();
            format!(
                "POST /v1/report HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        })
    });
    all.collect()
}
