//! A page that is open: what it says to who asks, and what can be done to it.

use super::ear::Ear;
use anyhow::{Context, Result, bail};
use headless_chrome::Tab;
use headless_chrome::protocol::cdp::{Emulation, Page as Protocol};
use serde_json::Value;
use std::path::Path;

/// Where a page ends, for [`Page::shoot`].
pub const END: &str = "document.documentElement.scrollHeight";

/// A page that is open.
pub struct Page<'t> {
    pub(super) tab: &'t Tab,
    pub(super) ear: &'t Ear,
    /// Its address, up to where a step would be.
    pub(super) url: String,
    /// What was complained of while it was loaded.
    pub(super) heard: Vec<String>,
}

impl Page<'_> {
    /// The value of an expression in the page.
    pub fn ask(&self, expression: &str) -> Result<Value> {
        self.evaluate(&format!("JSON.stringify({expression})"), false)
    }

    /// The same of a promise.
    pub fn await_(&self, expression: &str) -> Result<Value> {
        self.evaluate(&format!("({expression}).then(JSON.stringify)"), true)
    }

    /// What an expression of JSON says, at once or when it is there.
    fn evaluate(&self, json: &str, later: bool) -> Result<Value> {
        match self.tab.evaluate(json, later)?.value {
            Some(Value::String(text)) => Ok(serde_json::from_str(&text)?),
            _ => Ok(Value::Null),
        }
    }

    /// A text in the page.
    pub fn text(&self, expression: &str) -> Result<String> {
        Ok(self.ask(expression)?.as_str().unwrap_or_default().to_string())
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

    /// What the console and the network have said until now, which ought to be nothing.
    pub fn heard(self) -> Result<Vec<String>> {
        let mut heard = self.heard;
        heard.extend(self.ear.so_far(self.tab, &self.url)?);
        Ok(heard)
    }

    /// Writes a picture of the page (PNG), which is so many dots wide, down to where `end` is: an expression in the page.
    pub fn shoot(&self, file: &Path, width: u32, end: &str) -> Result<()> {
        self.tab.call_method(Emulation::SetScrollbarsHidden { hidden: true })?;
        // How high it is depends on how wide it is.
        self.resize(width, 1000)?;
        let height = self.ask(&format!("Math.floor({end})"))?.as_u64();
        self.resize(width, u32::try_from(height.context("the page does not say where it ends")?)?)?;
        self.ask("scrollTo({ top: 0, behavior: 'instant' })")?;
        let png = Protocol::CaptureScreenshotFormatOption::Png;
        let bytes = self.tab.capture_screenshot(png, None, None, true)?;
        if bytes.is_empty() {
            bail!("the browser has made an empty picture");
        }
        std::fs::write(file, bytes).with_context(|| file.display().to_string())
    }

    /// Gives the window this size, in dots, until [`resize_back`](Self::resize_back) or another page is opened.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.tab.call_method(Emulation::SetDeviceMetricsOverride {
            width,
            height,
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
        Ok(())
    }

    /// Gives the window the size that it had.
    pub fn resize_back(&self) -> Result<()> {
        self.tab.call_method(Emulation::ClearDeviceMetricsOverride(None))?;
        Ok(())
    }
}
