//! The virus scanner that a city may have: clamd's `INSTREAM` (clamd(8)). Off by default. When it is set and does not answer, nothing is taken:
//! whoever uploads is told to try again, and the log has why.

use anyhow::{Context, Result, bail};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a scan may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes a chunk.
const CHUNK: usize = 64 * 1024;

/// Asks clamd, where there is one.
#[derive(Debug, Clone, Default)]
pub struct Scanner {
    /// `host:port`.
    address: Option<String>,
}

impl Scanner {
    pub fn new(address: Option<String>) -> Scanner {
        Scanner { address }
    }

    /// Whether a file may be taken.
    ///
    /// # Errors
    /// A sentence for whoever sent it.
    pub async fn scan(&self, bytes: &[u8]) -> Result<(), &'static str> {
        let Some(address) = &self.address else { return Ok(()) };
        let answer = timeout(PATIENCE, ask(address, bytes)).await.context("no answer in time").and_then(|answer| answer);
        match answer {
            Ok(None) => Ok(()),
            Ok(Some(found)) => {
                tracing::warn!(found, "an upload was refused by the virus scanner");
                Err("没有收下：文件里发现病毒")
            }
            Err(error) => {
                tracing::error!(%error, "the virus scanner does not answer: uploads are refused");
                Err("没有收下：文件安全检查暂时不可用，请过一会儿再传")
            }
        }
    }
}

/// What it found, if anything.
async fn ask(address: &str, bytes: &[u8]) -> Result<Option<String>> {
    let mut stream = TcpStream::connect(address).await.context("cannot be reached")?;
    stream.write_all(b"zINSTREAM\0").await?;
    for chunk in bytes.chunks(CHUNK) {
        stream.write_all(&u32::try_from(chunk.len())?.to_be_bytes()).await?;
        stream.write_all(chunk).await?;
    }
    stream.write_all(&[0; 4]).await?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).trim_end_matches(['\0', '\n']).to_owned();
    // `stream: OK`, `stream: Eicar-Signature FOUND`, `… ERROR`.
    if answer.ends_with(": OK") {
        return Ok(None);
    }
    match answer.strip_suffix(" FOUND") {
        Some(found) => Ok(Some(found.trim_start_matches("stream: ").to_owned())),
        None => bail!("it answered “{answer}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A clamd that answers so, once; it reads to the end of the stream first, as the real one does.
    async fn clamd(answer: &'static str) -> Scanner {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut head = [0; 10];
            stream.read_exact(&mut head).await.expect("a command");
            assert_eq!(&head, b"zINSTREAM\0");
            loop {
                let length = stream.read_u32().await.expect("a length");
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0; length as usize];
                stream.read_exact(&mut chunk).await.expect("a chunk");
            }
            stream.write_all(answer.as_bytes()).await.expect("a listener");
        });
        Scanner::new(Some(address))
    }

    #[tokio::test]
    async fn only_what_the_scanner_calls_clean_is_taken() {
        let file = vec![7; 3 * CHUNK + 1];
        assert_eq!(clamd("stream: OK\0").await.scan(&file).await, Ok(()));
        assert!(clamd("stream: Eicar-Signature FOUND\0").await.scan(&file).await.is_err_and(|why| why.contains("病毒")));
        for broken in ["INSTREAM size limit exceeded. ERROR\0", "", "stream: nonsense"] {
            assert!(clamd(broken).await.scan(&file).await.is_err_and(|why| why.contains("暂时不可用")), "{broken}");
        }
        // Nobody listens there.
        let port = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("bound");
        assert!(Scanner::new(Some(port.to_string())).scan(&file).await.is_err());
        assert_eq!(Scanner::default().scan(&file).await, Ok(()), "off by default");
    }
}
