//! One life of a collector: start, serve, stop.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::books::Books;
use crate::clock::Stopwatch;
use crate::config::Serve;
use crate::failure::Failure;
use crate::flusher::Flusher;
use crate::intake::Intake;
use crate::limiter::Limiter;
use crate::log;
use crate::metrics::Metrics;
use crate::server::{App, Limits, Origins, Reader, Token, router, serve};
use crate::store::Place;
use crate::wal::Wal;

/// Serves until a signal says stop.
///
/// # Errors
///
/// It cannot start.
pub fn run(config: &Serve) -> Result<(), Failure> {
    let running = start(config)?;
    running.runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(system)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(system)?;
        let (address, store) = (running.address, &running.store);
        log::line(format_args!(
            "listening on http://{address}, counting into {store}"
        ));
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        Ok(())
    })?;
    log::line("stopping");
    if running.stop() {
        log::line("stopped; the store has everything");
    } else {
        log::line("stopped; the log keeps what the store did not take, for the next start");
    }
    Ok(())
}

/// A collector in this process.
pub struct Running {
    runtime: Runtime,
    address: SocketAddr,
    store: Place,
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
    intake: Intake,
    writer: thread::JoinHandle<()>,
    flusher: Flusher,
    // The last one to let go of the readers' connection, which may not be done in async code.
    _reader: Reader,
}

impl Running {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets requests finish, writes everything down and hands it to the store. True if the store
    /// has everything; else the log keeps it for the next start.
    pub fn stop(self) -> bool {
        let _ = self.stop.send(());
        let _ = self.runtime.block_on(self.server);
        self.intake.stop();
        let _ = self.writer.join();
        let through = self.flusher.stop();
        // A reader that hangs on the network is not waited for.
        self.runtime.shutdown_background();
        through
    }
}

/// Starts a collector; it serves when this returns.
///
/// # Errors
///
/// It cannot start.
pub fn start(config: &Serve) -> Result<Running, Failure> {
    let books = Arc::new(Books::load(&config.statement)?);
    let token = config.token_file.as_deref().map(Token::load).transpose()?;
    let store = Place::parse(config.store.as_deref(), &config.data)?;
    let mut run = [0; 16];
    getrandom::fill(&mut run)
        .map_err(|error| Failure::new(format!("no random numbers: {error}"), "check the system"))?;
    let limit = u64::from(config.wal_limit) << 20;
    let wal = Wal::open(&config.data.join("wal"), run, limit)?;
    if wal.waiting() > 0 {
        log::line(format_args!(
            "found {} files of the log that the store may not have yet",
            wal.waiting()
        ));
    }
    let wal = Arc::new(Mutex::new(wal));
    let metrics = Arc::new(Metrics::default());
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(system)?;
    let listener = runtime
        .block_on(TcpListener::bind(config.listen))
        .map_err(|error| {
            Failure::new(
                format!("cannot listen on {}: {error}", config.listen),
                "choose another address with --listen",
            )
        })?;
    let address = listener.local_addr().map_err(system)?;
    let (intake, writer) =
        Intake::start(books.clone(), wal.clone(), metrics.clone()).map_err(system)?;
    let interval = Duration::from_millis(config.flush.into());
    let flusher = Flusher::start(wal, store.open(), metrics.clone(), interval).map_err(system)?;
    let reader = Reader::new(store.open());
    let app = App {
        books,
        intake: intake.clone(),
        metrics,
        patience: Duration::from_secs(config.patience.into()),
        limiter: Limiter::new(config.rate, config.burst),
        stopwatch: Stopwatch::start(),
        origins: Origins::new(&config.origin),
        token,
        proxy_header: config.proxy_header.clone(),
        reader: reader.clone(),
    };
    let limits = Limits {
        most: config.connections,
        patience: app.patience,
    };
    let (stop, stopped) = watch::channel(());
    let server = runtime.spawn(serve(listener, router(Arc::new(app)), limits, stopped));
    Ok(Running {
        runtime,
        address,
        store,
        stop,
        server,
        intake,
        writer,
        flusher,
        _reader: reader,
    })
}

fn system(error: std::io::Error) -> Failure {
    Failure::new(format!("the system refuses: {error}"), "check its limits")
}
