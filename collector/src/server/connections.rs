//! Connections: how many, how long, and how they end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, Request, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower_service::Service as _;

use super::Peer;

/// Time after which a connection is ended kindly, whatever it does.
const LIFE: Duration = Duration::from_secs(600);
/// Time for what is under way when the end is near.
const GRACE: Duration = Duration::from_secs(10);
/// Longest head of a request, in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// Pause when the system has no more sockets to give.
const BREATH: Duration = Duration::from_millis(100);

/// What connections may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time.
    pub most: u32,
    /// Time in which the head of a request has to arrive; also how long a connection may be idle.
    pub patience: Duration,
}

/// Serves until `stop` changes, then lets what is under way finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stop: watch::Receiver<()>,
) {
    let Limits { most, patience } = limits;
    let places = Arc::new(Semaphore::new(most as usize));
    loop {
        // The next one is accepted when there is a place; until then it waits in the system's queue.
        let accept = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            biased;
            _ = stop.changed() => break,
            found = accept => found,
        };
        match accepted {
            Ok((stream, peer)) => {
                let service = Service {
                    router: router.clone(),
                    peer: Peer(peer),
                    places: places.clone(),
                    spare: most as usize / 4,
                };
                let stop = stop.clone();
                tokio::spawn(async move {
                    one(stream, service, patience, stop).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
    drop(listener);
    // All places are free when all connections have ended.
    let _ = tokio::time::timeout(GRACE * 2, places.acquire_many(most)).await;
}

async fn one(
    stream: TcpStream,
    service: Service,
    patience: Duration,
    mut stop: watch::Receiver<()>,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| service.answer(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // Errors here are the other side's: nobody is told, least of all a log.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.changed() => {}
        () = tokio::time::sleep(LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(GRACE, connection).await;
}

/// What answers the requests of one connection.
struct Service {
    router: Router,
    peer: Peer,
    places: Arc<Semaphore>,
    /// With fewer places than this left, nobody keeps a connection.
    spare: usize,
}

impl Service {
    async fn answer(&self, mut request: Request<Incoming>) -> Result<Response, Infallible> {
        request.extensions_mut().insert(self.peer);
        let mut response = self.router.clone().call(request).await?;
        // A browser sends one report in a lifetime, and would keep its connection for nothing.
        if self.places.available_permits() < self.spare {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Ok(response)
    }
}
