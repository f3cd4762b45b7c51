//! Rust text taken apart: what is code, and what is comment. Texts in quotes are blanked.

/// One file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path within the package, with `/`.
    pub name: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line of a file.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The code, without comments; what is in quotes is left out.
    pub code: String,
    /// The text of a plain `//` comment. Empty for documentation.
    pub comment: String,
}

impl Source {
    /// Takes `text` apart.
    pub fn new(name: &str, text: &str) -> Self {
        let mut reader =
            Reader { rest: text.chars().collect::<Vec<_>>().into(), lines: vec![Line::default()] };
        reader.read();
        let mut lines = reader.lines;
        if lines.last().is_some_and(|line| line.code.is_empty() && line.comment.is_empty()) {
            lines.pop();
        }
        Source { name: name.into(), lines }
    }

    /// The floor that the file lies on: the first folder below `src`, if it is in one.
    pub fn floor(&self) -> Option<&str> {
        let (floor, _) = self.name.strip_prefix("src/")?.split_once('/')?;
        Some(floor)
    }

    /// All code as one text, with the number (from 1) of the line of each byte.
    pub fn code(&self) -> (String, Vec<usize>) {
        let (mut code, mut numbers) = (String::new(), Vec::new());
        for (index, line) in self.lines.iter().enumerate() {
            code += &line.code;
            code.push('\n');
            numbers.resize(code.len(), index + 1);
        }
        (code, numbers)
    }
}

struct Reader {
    rest: std::collections::VecDeque<char>,
    lines: Vec<Line>,
}

impl Reader {
    fn looks_like(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(at, c)| self.rest.get(at) == Some(&c))
    }

    fn line(&mut self) -> &mut Line {
        self.lines.last_mut().expect("there is always a line")
    }

    /// Takes a character away, and begins a line where one begins.
    fn take(&mut self) -> Option<char> {
        let c = self.rest.pop_front()?;
        if c == '\n' {
            self.lines.push(Line::default());
        }
        Some(c)
    }

    fn read(&mut self) {
        while let Some(&c) = self.rest.front() {
            let in_word = self.line().code.chars().last().is_some_and(|c| c.is_alphanumeric() || c == '_');
            if self.looks_like("//") {
                self.comment();
            } else if self.looks_like("/*") {
                self.block();
            } else if c == '"' {
                self.quoted();
            } else if c == 'r'
                && !in_word
                && (self.looks_like("r\"") || self.looks_like("r#\"") || self.looks_like("r##\""))
            {
                self.raw();
            } else if c == '\'' {
                self.tick();
            } else {
                let c = self.take().expect("there is one");
                if c != '\n' {
                    self.line().code.push(c);
                }
            }
        }
    }

    fn comment(&mut self) {
        let documentation = (self.looks_like("///") && !self.looks_like("////")) || self.looks_like("//!");
        while self.rest.front().is_some_and(|&c| c != '\n') {
            let c = self.take().expect("there is one");
            if !documentation {
                self.line().comment.push(c);
            }
        }
    }

    fn block(&mut self) {
        let mut depth = 0;
        loop {
            let step = if self.looks_like("/*") {
                1
            } else if self.looks_like("*/") {
                -1
            } else {
                0
            };
            if self.take().is_none() {
                return;
            }
            if step != 0 {
                self.take();
                depth += step;
                if depth == 0 {
                    return;
                }
            }
        }
    }

    fn quoted(&mut self) {
        self.take();
        self.line().code.push_str("\"\"");
        while let Some(c) = self.take() {
            match c {
                '\\' => _ = self.take(),
                '"' => return,
                _ => {}
            }
        }
    }

    fn raw(&mut self) {
        self.take();
        let mut end = String::from("\"");
        while self.rest.front() == Some(&'#') {
            self.take();
            end.push('#');
        }
        self.take();
        self.line().code.push_str("\"\"");
        while !self.looks_like(&end) && self.take().is_some() {}
        for _ in end.chars() {
            self.take();
        }
    }

    /// A character in ticks, or a lifetime.
    fn tick(&mut self) {
        let character = self.rest.get(1) == Some(&'\\') || self.rest.get(2) == Some(&'\'');
        self.take();
        if !character {
            self.line().code.push('\'');
            return;
        }
        while let Some(c) = self.take() {
            match c {
                '\\' => _ = self.take(),
                '\'' => return,
                _ => {}
            }
        }
    }
}
