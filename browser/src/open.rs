//! The browser, and its tabs, in which pages are opened one after the other.
//!
//! A tab is a process of its own, and to start it costs more than to load some pages: so tabs are few, and are kept.

use super::ear::Ear;
use super::page::Page;
use anyhow::{Context, Result, bail};
use headless_chrome::protocol::cdp::{Emulation, Page as Protocol};
use headless_chrome::{Browser, LaunchOptions};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

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
            // Without a graphics card it would be played by another process.
            .args(["--force-color-profile=srgb", "--disable-gpu"].map(OsStr::new).to_vec())
            .build()?;
        Ok(Chromium(Browser::new(options).context("Chromium does not start")?))
    }

    /// A new tab.
    pub fn tab(&self) -> Result<Tab> {
        let tab = self.0.new_tab()?;
        let ear = Ear::at(&tab)?;
        // Tabs are looked at side by side, and each behaves as the one in front.
        tab.call_method(Emulation::SetFocusEmulationEnabled { enabled: true })?;
        Ok(Tab { tab, ear, looks: 0 })
    }
}

fn installed() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let files =
        NAMES.iter().flat_map(|name| std::env::split_paths(&folders).map(move |folder| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}

/// A tab, which shows one page at a time. It is closed when this is dropped.
pub struct Tab {
    tab: Arc<headless_chrome::Tab>,
    ear: Ear,
    /// How many pages were opened in it.
    looks: u64,
}

impl Tab {
    /// Opens the page at `path`, with this after its address (`#step=3`).
    pub fn open(&mut self, path: &Path, hash: &str) -> Result<Page<'_>> {
        self.open_with(path, hash, true)
    }

    /// The same, with or without the page's script.
    pub fn open_with(&mut self, path: &Path, hash: &str, script: bool) -> Result<Page<'_>> {
        // What the page before still had to say is not about this one.
        self.ear.so_far(&self.tab, "")?;
        self.tab.call_method(Emulation::SetEmulatedMedia { media: None, features: Some(Vec::new()) })?;
        self.tab.call_method(Emulation::SetScriptExecutionDisabled { value: !script })?;
        // Each time another address, or the browser would only go to another place of a page that it has.
        self.looks += 1;
        let url = format!("file://{}?look={}", path.display(), self.looks);
        let going = self.tab.call_method(Protocol::Navigate {
            url: format!("{url}{hash}"),
            referrer: None,
            transition_Type: None,
            frame_id: None,
            referrer_policy: None,
        })?;
        if let Some(why) = going.error_text {
            bail!("{url}: {why}");
        }
        let navigation = going.loader_id.context("the browser has not left the page before")?;
        let heard = self.ear.until_loaded(&navigation, &url)?;
        Ok(Page { tab: &self.tab, ear: &self.ear, url, heard })
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // A tab that cannot be closed ends with the browser.
        let _ = self.tab.close(false);
    }
}
