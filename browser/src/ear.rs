//! An ear at a tab: that a page is loaded, and what the console and the network say, which ought to be nothing.

use anyhow::{Context, Result};
use headless_chrome::Tab;
use headless_chrome::protocol::cdp::Network;
use headless_chrome::protocol::cdp::types::Event;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// How long the browser may take for what it has been asked.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is written to the console to know that all that came before it has been heard.
const MARK: &str = "so far";

/// What a tab tells.
enum News {
    /// The page of this navigation is loaded, and its script has run.
    Loaded(String),
    /// Something is fetched.
    Asked(String),
    /// A complaint.
    Said(String),
    /// [`MARK`].
    Mark,
}

/// Hears one tab.
pub struct Ear(Receiver<News>);

impl Ear {
    /// Listens from now on.
    pub fn at(tab: &Tab) -> Result<Self> {
        tab.enable_log()?.enable_runtime()?;
        tab.call_method(Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        })?;
        let (sender, receiver) = channel();
        tab.add_event_listener(Arc::new(move |event: &Event| tell(&sender, event)))?;
        Ok(Ear(receiver))
    }

    /// Waits until the page of this navigation, which is at `url`, is loaded, and returns the complaints until then.
    pub fn until_loaded(&self, navigation: &str, url: &str) -> Result<Vec<String>> {
        self.until(url, |news| matches!(news, News::Loaded(own) if own == navigation))
            .context("the page does not load")
    }

    /// All complaints about the page at `url` so far.
    pub fn so_far(&self, tab: &Tab, url: &str) -> Result<Vec<String>> {
        tab.evaluate(&format!("console.debug({MARK:?})"), false)?;
        self.until(url, |news| matches!(news, News::Mark)).context("the console does not answer")
    }

    fn until(&self, url: &str, is_last: impl Fn(&News) -> bool) -> Result<Vec<String>> {
        let end = Instant::now() + PATIENCE;
        let mut complaints = Vec::new();
        loop {
            let news = self.0.recv_timeout(end.saturating_duration_since(Instant::now()))?;
            if is_last(&news) {
                return Ok(complaints);
            }
            match news {
                News::Said(complaint) => complaints.push(complaint),
                News::Asked(asked) if !asked.starts_with(url) && !asked.starts_with("data:") => {
                    complaints.push(format!("the page asks for {asked}"));
                }
                News::Asked(_) | News::Loaded(_) | News::Mark => {}
            }
        }
    }
}

fn tell(sender: &Sender<News>, event: &Event) {
    let news = match event {
        Event::PageLifecycleEvent(event) if event.params.name == "load" => {
            News::Loaded(event.params.loader_id.clone())
        }
        Event::LogEntryAdded(event) => News::Said(format!("the console says: {}", event.params.entry.text)),
        Event::RuntimeExceptionThrown(event) => {
            News::Said(format!("the script fails: {}", event.params.exception_details.text))
        }
        Event::RuntimeConsoleAPICalled(event) => {
            let first = event.params.args.first().and_then(|first| first.value.as_ref());
            if first.is_some_and(|text| text == MARK) {
                News::Mark
            } else {
                News::Said(format!("the script writes to the console: {:?}", event.params.Type))
            }
        }
        Event::NetworkRequestWillBeSent(event) => News::Asked(event.params.request.url.clone()),
        _ => return,
    };
    // Nobody listens any more when the tab is being closed.
    let _ = sender.send(news);
}
