//! Connections before they are requests: what whoever opens one may cost.

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use std::future::{Ready, ready};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Layer;

/// How long the head of a request may take, and a connection may wait for its next one.
pub const HEAD: Duration = Duration::from_secs(15);
/// The most bytes of a head.
const LONGEST_HEAD: usize = 64 * 1024;

/// Takes so many connections at once. One more is closed unread: whoever waits in a queue of thousands is better off trying again.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

impl<I, S> Accept<I, S> for Places {
    type Stream = I;
    /// It holds the place, and lives as long as the connection.
    type Service = AddExtension<S, Arc<OwnedSemaphorePermit>>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let place = self.0.clone().try_acquire_owned().map_err(io::Error::other);
        ready(place.map(|place| (stream, Extension(Arc::new(place)).layer(service))))
    }
}

/// A server that takes so many connections at once and gives each head so long: half a head, or none, costs whoever sends it nothing, so
/// its connection ends.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    most: NonZeroU32,
    head: Duration,
) -> io::Result<Server<SocketAddr, Places>> {
    let most = usize::try_from(most.get()).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
    let mut server = axum_server::from_tcp(listener)?
        .handle(handle)
        // Until the first byte nobody knows which HTTP it is, and no time of either runs.
        .first_request_timeout(head)
        .accept_error_handler(|address, error| tracing::debug!(?address, %error, "a connection was not taken"))
        .acceptor(Places(Arc::new(Semaphore::new(most))));
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(LONGEST_HEAD);
    server.http_builder().http2().timer(TokioTimer::new()).keep_alive_interval(head).max_concurrent_streams(64);
    Ok(server)
}
