//! One life of a collector: start, serve, stop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

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
    let system = |error: std::io::Error| {
        Failure::new(format!("the system refuses: {error}"), "check its limits")
    };
    let books = Arc::new(Books::load(&config.statement)?);
    let token = config.token_file.as_deref().map(Token::load).transpose()?;
    let place = Place::parse(config.store.as_deref(), &config.data)?;
    let mut identity = [0; 16];
    getrandom::fill(&mut identity)
        .map_err(|error| Failure::new(format!("no random numbers: {error}"), "check the system"))?;
    let wal = Wal::open(
        &config.data.join("wal"),
        identity,
        u64::from(config.wal_limit) << 20,
    )?;
    if wal.waiting() > 0 {
        log::line(format_args!(
            "found {} files of the log that the store may not have yet",
            wal.waiting()
        ));
    }
    let wal = Arc::new(Mutex::new(wal));
    let metrics = Arc::new(Metrics::default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
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
    let flusher = Flusher::start(wal, place.open(), metrics.clone(), interval).map_err(system)?;
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
        reader: Reader::new(place.open()),
    };
    log::line(format_args!(
        "listening on http://{address}, counting into {place}"
    ));
    let limits = Limits {
        most: config.connections,
        patience: app.patience,
    };
    let served = runtime.block_on(async {
        let (stop, stopped) = watch::channel(());
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            log::line("stopping");
            let _ = stop.send(());
        });
        serve(listener, router(Arc::new(app)), limits, stopped).await;
        Ok(())
    });
    served.map_err(system)?;
    intake.stop();
    let _ = writer.join();
    if flusher.stop() {
        log::line("stopped; the store has everything");
    } else {
        log::line("stopped; the log keeps what the store did not take, for the next start");
    }
    // Who hangs on the network is not waited for.
    runtime.shutdown_background();
    Ok(())
}
