//! Connections that bring no request: they end, and they are only so many.

use axum::Router;
use axum::routing::get;
use axum_server::Handle;
use server::connections::{self, Most, Patience};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// More than lies between two ends of a connection.
const MUCH: usize = 64 * 1024 * 1024;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A server of one page on a port of its own; it ends with the test.
fn serve(most: u32, head: Duration) -> SocketAddr {
    serve_with(most, most, Patience { head, reader: LONG })
}

fn serve_with(all: u32, each: u32, patience: Patience) -> SocketAddr {
    let number = |most| NonZeroU32::new(most).unwrap();
    let most = Most { all: number(all), each: number(each) };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = connections::server(listener, Handle::new(), most, patience).unwrap();
    let page = Router::new().route("/", get(|| async { "a page" })).route("/much", get(|| async { vec![b'x'; MUCH] }));
    tokio::spawn(server.serve(page.into_make_service_with_connect_info::<SocketAddr>()));
    address
}

/// What is answered until the server closes the connection.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // Closed is closed: with what was said still unread it is a reset.
    _ = timeout(LONG, stream.read_to_end(&mut answer)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Asks for the page and leaves the connection open; what was answered, nothing where it was closed.
async fn ask(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    if stream.write_all(REQUEST).await.is_err() {
        return answer;
    }
    let mut bytes = [0; 1024];
    while !answer.ends_with("a page") {
        match timeout(LONG, stream.read(&mut bytes)).await.expect("an answer, or the end") {
            Ok(read @ 1..) => answer.push_str(&String::from_utf8_lossy(&bytes[..read])),
            _ => break,
        }
    }
    answer
}

#[tokio::test]
async fn whoever_says_nothing_or_half_a_head_is_not_waited_for() {
    let address = serve(100, Duration::from_millis(200));
    for said in ["", "G", "GET / HTTP/1.1\r\nHost: local", "PRI * HTTP/2.0\r\n"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let answer = until_closed(&mut stream).await;
        assert!(!answer.contains("a page"), "{said:?}: {answer}");
    }
    // Nor is whoever said something once and keeps the connection for nothing.
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut stream).await.ends_with("a page"));
    until_closed(&mut stream).await;
}

#[tokio::test]
async fn one_connection_too_many_is_closed_and_a_place_is_free_again_afterwards() {
    let address = serve(2, LONG);
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut stream).await.ends_with("a page"));
        open.push(stream);
    }
    let mut third = TcpStream::connect(address).await.unwrap();
    assert_eq!(ask(&mut third).await, "", "no place for a third");
    assert!(ask(&mut open[0]).await.ends_with("a page"), "those who were there go on");
    drop(open.pop());
    // The server hears of it in a moment.
    let served = async {
        loop {
            let mut next = TcpStream::connect(address).await.unwrap();
            if ask(&mut next).await.ends_with("a page") {
                return;
            }
        }
    };
    timeout(LONG, served).await.expect("the place is free again");
}

/// An answer that nobody takes is kept for a while, and not for ever; its place is somebody else's then.
#[tokio::test]
async fn whoever_asks_for_much_and_reads_nothing_is_not_waited_for() {
    let address = serve_with(1, 1, Patience { head: LONG, reader: Duration::from_millis(500) });
    let mut silent = TcpStream::connect(address).await.unwrap();
    silent.write_all(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut begun = [0; 15];
    timeout(LONG, silent.read_exact(&mut begun)).await.expect("an answer begins").unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200 OK");
    let served = async {
        loop {
            let mut next = TcpStream::connect(address).await.unwrap();
            if ask(&mut next).await.ends_with("a page") {
                return;
            }
        }
    };
    timeout(LONG, served).await.expect("the place is free again");
    let rest = until_closed(&mut silent).await;
    assert!(rest.len() < MUCH, "it was not sent to the end");
}

/// From another address of this machine's own network.
async fn connect_from(from: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(from.parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

/// Without a proxy before the server one client could take all places, a byte now and then.
#[tokio::test]
async fn one_address_has_so_many_places_and_leaves_the_others_theirs() {
    let address = serve_with(5, 3, Patience { head: LONG, reader: LONG });
    let mut greedy = Vec::new();
    for _ in 0..3 {
        let mut stream = connect_from("127.0.0.2:0", address).await;
        assert!(ask(&mut stream).await.ends_with("a page"));
        greedy.push(stream);
    }
    assert_eq!(ask(&mut connect_from("127.0.0.2:0", address).await).await, "", "it has three");
    assert!(ask(&mut connect_from("127.0.0.3:0", address).await).await.ends_with("a page"), "another has its own");
}

/// Its streams could each hold an answer that nobody takes, while pings say that somebody is there.
#[tokio::test]
async fn no_http_2_is_spoken_without_tls() {
    let address = serve(100, LONG);
    let mut stream = TcpStream::connect(address).await.unwrap();
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    stream.write_all(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), settings].concat()).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:?}");
}
