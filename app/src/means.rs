//! Work that takes a processor for a while: off the async threads, and no more of a kind at once than the machine can.

use crate::error::AppError;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long somebody waits for a place.
const PATIENCE: Duration = Duration::from_secs(2);

/// A kind of work, with as many places as there are processors.
pub struct Means {
    places: LazyLock<Arc<Semaphore>>,
    /// What the log says where none is free.
    busy: &'static str,
}

/// Passwords: each takes a processor for a while, and 19 MB.
pub static PASSWORDS: Means = Means::new("every processor is hashing passwords");
/// Policies as somebody writes them: whether a condition can be true takes its time, and each letter may ask.
pub static POLICIES: Means = Means::new("every processor is checking policies");

impl Means {
    const fn new(busy: &'static str) -> Means {
        Means { places: LazyLock::new(|| Arc::new(Semaphore::new(available_parallelism().map_or(1, NonZeroUsize::get)))), busy }
    }

    /// Works on behalf of a request. The work goes on when whoever asked for it is gone, and keeps its place until it is done.
    ///
    /// # Errors
    /// [`AppError::Busy`] where no place is free in two seconds.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let place = timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| AppError::Busy(self.busy.to_owned()))?.map_err(AppError::internal)?;
        let done = spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.map_err(AppError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::{AppError, Means, NonZeroUsize, available_parallelism};
    use std::sync::mpsc::channel;

    static TRIED: Means = Means::new("every processor is being tried");

    #[tokio::test]
    async fn a_flood_takes_no_more_than_there_is() {
        let places = available_parallelism().map_or(1, NonZeroUsize::get);
        let (mut ends, mut asked) = (Vec::new(), Vec::new());
        for _ in 0..places {
            let (end, ended) = channel::<()>();
            ends.push(end);
            asked.push(Box::pin(TRIED.run(move || ended.recv().is_ok())));
        }
        for one in &mut asked {
            assert!(futures::poll!(one).is_pending());
        }
        assert!(matches!(TRIED.run(|| ()).await, Err(AppError::Busy(_))), "nobody waits for long");
        // Whoever goes away makes no room: their work is still being done.
        drop(asked);
        assert!(matches!(TRIED.run(|| ()).await, Err(AppError::Busy(_))));
        drop(ends);
        assert!(matches!(TRIED.run(|| 7).await, Ok(7)), "and then there is room again");
    }
}
