//! Connections before they are requests: what whoever opens one may cost.

use crate::config::Config;
use crate::http::seats::{Seat, Seats};
use app::request::{hash_token, network};
use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use std::future::{Ready, ready};
use std::io::{self, IoSlice};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tower::Layer;

/// The most bytes of a head.
const LONGEST_HEAD: usize = 64 * 1024;

/// How many connections are taken at once.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// All together.
    pub all: NonZeroU32,
    /// From one address, or from one /64 of IPv6: whoever takes no more than that leaves the others theirs.
    pub each: NonZeroU32,
}

impl Most {
    /// As a server in the city takes them. Behind a proxy all come from its address.
    pub fn of(config: &Config) -> Most {
        let all = config.connections;
        Most { all, each: if config.trust_proxy { all } else { config.connections_per_address } }
    }
}

/// Takes so many connections at once. One more is closed unread: whoever waits in a queue of thousands is better off trying again.
#[derive(Debug, Clone)]
pub struct Places {
    seats: Seats,
    patience: Duration,
}

impl<S> Accept<TcpStream, S> for Places {
    type Stream = Patient<TcpStream>;
    /// It holds the place, and lives as long as the connection.
    type Service = AddExtension<S, Arc<Seat>>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let seated = stream.peer_addr().and_then(|peer| {
            let seat = self.seats.take(hash_token(&network(peer.ip())));
            let seat = seat.ok_or_else(|| io::Error::other("as many connections as there are places"))?;
            let stream = Patient { stream, patience: self.patience, waiting: None };
            Ok((stream, Extension(Arc::new(seat)).layer(service)))
        });
        ready(seated)
    }
}

/// A connection whose other end reads: whoever asks for much and takes nothing of it would keep an answer in memory, and a place, for ever.
#[derive(Debug)]
pub struct Patient<I> {
    stream: I,
    patience: Duration,
    /// Since nothing more was taken.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<I> Patient<I> {
    /// What a write becomes: one that waits does not wait for ever.
    fn taken<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        waiting.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Patient<I> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Patient<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.taken(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.taken(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// How long a server waits for whoever is at the other end.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a head to be whole, and for the next one.
    pub head: Duration,
    /// For some of an answer to be taken.
    pub reader: Duration,
}

/// As a server in the city waits. A network that takes a few kilobytes a second is slow and no attack.
pub const PATIENCE: Patience = Patience { head: Duration::from_secs(15), reader: Duration::from_secs(60) };

/// A server that takes so many connections at once and is so patient with each: half a head, or an answer that is not read, costs whoever is
/// at the other end nothing, so its connection ends.
///
/// It speaks HTTP/1.1 alone. Browsers speak HTTP/2 over TLS only, which is the proxy's; without, one connection could ask for dozens of answers, take
/// none of them and answer pings for ever, and nothing on the wire would tell.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    most: Most,
    patience: Patience,
) -> io::Result<Server<SocketAddr, Places>> {
    let number = |most: NonZeroU32| usize::try_from(most.get()).unwrap_or(usize::MAX);
    let seats = Seats::new(number(most.each), number(most.all));
    let Patience { head, reader } = patience;
    let mut server = axum_server::from_tcp(listener)?
        .handle(handle)
        .http1_only()
        // Until the first request is whole no time of HTTP runs.
        .first_request_timeout(head)
        .accept_error_handler(|address, error| tracing::debug!(?address, %error, "a connection was not taken"))
        .acceptor(Places { seats, patience: reader });
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(LONGEST_HEAD);
    Ok(server)
}
