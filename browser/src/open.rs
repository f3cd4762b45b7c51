//! The browser, and a page in it that is listened to.

use anyhow::{Context, Result, bail};
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network, Page as Protocol};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Under which names the browser may be installed.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser that runs.
pub struct Chromium(Browser);

impl Chromium {
    /// Starts it.
    ///
    /// # Errors
    /// If there is none: a check that is left out must not look like one that has passed.
    pub fn start(path: Option<&Path>) -> Result<Self> {
        let path = match path {
            Some(path) => path.into(),
            None => installed().context(
                "no Chromium is installed, so nothing was looked at. On Debian: apt-get install chromium",
            )?,
        };
        let options = LaunchOptions::default_builder()
            .path(Some(path))
            // The sandbox cannot be had by root, as in containers; all that is opened is our own.
            .sandbox(false)
            .window_size(Some((1280, 1000)))
            .idle_browser_timeout(Duration::from_secs(600))
            .args(vec![OsStr::new("--force-color-profile=srgb")])
            .build()?;
        Ok(Chromium(Browser::new(options).context("Chromium does not start")?))
    }

    /// Opens the page at `path`, with this after its address (`#step=3`).
    pub fn open(&self, path: &Path, hash: &str) -> Result<Page> {
        self.open_with(path, hash, true)
    }

    /// The same, with or without the page's script.
    pub fn open_with(&self, path: &Path, hash: &str, script: bool) -> Result<Page> {
        let tab = self.0.new_tab()?;
        tab.set_default_timeout(Duration::from_secs(20));
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let url = format!("file://{}", path.display());
        listen(&tab, &url, &heard)?;
        // Tabs are looked at side by side, and each behaves as the one in front.
        tab.call_method(Emulation::SetFocusEmulationEnabled { enabled: true })?;
        tab.call_method(Emulation::SetScriptExecutionDisabled { value: !script })?;
        tab.navigate_to(&format!("{url}{hash}"))?.wait_until_navigated()?;
        Ok(Page { tab, heard })
    }
}

fn installed() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let files =
        NAMES.iter().flat_map(|name| std::env::split_paths(&folders).map(move |folder| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}

fn listen(tab: &Tab, url: &str, heard: &Arc<Mutex<Vec<String>>>) -> Result<()> {
    tab.enable_log()?.enable_runtime()?;
    tab.call_method(Network::Enable {
        max_total_buffer_size: None,
        max_resource_buffer_size: None,
        max_post_data_size: None,
        report_direct_socket_traffic: None,
        enable_durable_messages: None,
    })?;
    let (heard, own) = (Arc::clone(heard), url.to_string());
    let say = move |text: String| heard.lock().expect("no panic under this lock").push(text);
    tab.add_event_listener(Arc::new(move |event: &Event| match event {
        Event::LogEntryAdded(event) => say(format!("the console says: {}", event.params.entry.text)),
        Event::RuntimeExceptionThrown(event) => {
            say(format!("the script fails: {}", event.params.exception_details.text));
        }
        Event::RuntimeConsoleAPICalled(event) => {
            say(format!("the script writes to the console: {:?}", event.params.Type))
        }
        Event::NetworkRequestWillBeSent(event) => {
            let asked = &event.params.request.url;
            if !asked.starts_with(&own) && !asked.starts_with("data:") {
                say(format!("the page asks for {asked}"));
            }
        }
        _ => {}
    }))?;
    Ok(())
}

/// A page that is open. It is closed when this is dropped.
pub struct Page {
    tab: Arc<Tab>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Page {
    /// The value of an expression in the page.
    pub fn ask(&self, expression: &str) -> Result<Value> {
        let result = self.tab.evaluate(&format!("JSON.stringify({expression})"), false)?;
        match result.value {
            Some(Value::String(text)) => Ok(serde_json::from_str(&text)?),
            _ => Ok(Value::Null),
        }
    }

    /// The same of a promise.
    pub fn await_(&self, expression: &str) -> Result<Value> {
        let result = self.tab.evaluate(&format!("({expression}).then(JSON.stringify)"), true)?;
        match result.value {
            Some(Value::String(text)) => Ok(serde_json::from_str(&text)?),
            _ => Ok(Value::Null),
        }
    }

    /// A text in the page.
    pub fn text(&self, expression: &str) -> Result<String> {
        Ok(self.ask(expression)?.as_str().unwrap_or_default().to_string())
    }

    /// Whether it becomes so, soon.
    pub fn becomes(&self, expression: &str) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) {
            // Who asks a page that is being left gets no answer.
            if self.ask(expression).is_ok_and(|answer| answer == Value::Bool(true)) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// Presses a key: `ArrowRight`, `Tab`, …
    pub fn press(&self, key: &str) -> Result<()> {
        self.tab.press_key(key)?;
        Ok(())
    }

    /// From now on the reader prefers this: `prefers-color-scheme`, `dark`.
    pub fn prefer(&self, feature: &str, value: &str) -> Result<()> {
        let features = vec![Emulation::MediaFeature { name: feature.into(), value: value.into() }];
        self.tab.call_method(Emulation::SetEmulatedMedia { media: None, features: Some(features) })?;
        Ok(())
    }

    /// What the console and the network have said so far, which ought to be nothing.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic under this lock").clone()
    }

    /// Writes a picture of the page (PNG): of so many lines of dots from its top, or of all.
    pub fn shoot(&self, file: &Path, height: Option<u64>) -> Result<()> {
        let whole = || -> Result<u64> {
            Ok(self.ask("document.documentElement.scrollHeight")?.as_u64().unwrap_or(1000))
        };
        {
            let height = height.map_or_else(whole, Ok)?;
            self.tab.call_method(Emulation::SetDeviceMetricsOverride {
                width: 1280,
                height: u32::try_from(height)?,
                device_scale_factor: 1.0,
                mobile: false,
                scale: None,
                screen_width: None,
                screen_height: None,
                position_x: None,
                position_y: None,
                dont_set_visible_size: None,
                screen_orientation: None,
                viewport: None,
                display_feature: None,
                device_posture: None,
            })?;
        }
        let png = Protocol::CaptureScreenshotFormatOption::Png;
        let bytes = self.tab.capture_screenshot(png, None, None, true)?;
        if bytes.is_empty() {
            bail!("the browser has made an empty picture");
        }
        std::fs::write(file, bytes).with_context(|| file.display().to_string())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // A tab that cannot be closed ends with the browser.
        let _ = self.tab.close(false);
    }
}
