//! The parts of JSON that are not nested: words, numbers and text.

use super::json::{Broken, Parsed, Parser, Span, Value};

impl Parser<'_> {
    pub(super) fn word(&mut self) -> Parsed<Value> {
        let rest = self.source.get(self.at..).unwrap_or("");
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let word = rest.split(|c| !is_word(c)).next().unwrap_or("");
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => {
                let span = Span {
                    start: self.at,
                    end: self.at + word.len(),
                };
                let help = match word {
                    "True" | "False" => "write `true` or `false`",
                    "NaN" | "Infinity" | "undefined" | "None" => "JSON has no such value",
                    _ => "text stands in double quotes",
                };
                return Err(Broken {
                    span,
                    message: format!("unexpected word `{word}`"),
                    help,
                });
            }
        };
        self.at += word.len();
        Ok(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    pub(super) fn number(&mut self) -> Parsed<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.peek() == Some(b'0');
        let mut good = match self.digits() {
            0 => false,
            n => !zero || n == 1,
        };
        if self.peek() == Some(b'.') {
            self.at += 1;
            good &= self.digits() > 0;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            good &= self.digits() > 0;
        }
        let span = Span {
            start,
            end: self.at,
        };
        let text = self.source.get(start..self.at).unwrap_or("");
        match text.parse::<f64>() {
            Ok(number) if good && number.is_finite() => Ok(Value::Number(number)),
            _ => Err(Broken {
                span,
                message: format!("`{text}` is not a JSON number"),
                help: "write it like `10`, `-0.5` or `2e3`",
            }),
        }
    }

    pub(super) fn string(&mut self) -> Parsed<String> {
        let open = self.here();
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.source.get(self.at..).unwrap_or("");
            let plain = rest
                .find(|c: char| c == '"' || c == '\\' || c < ' ')
                .unwrap_or(rest.len());
            text.push_str(rest.get(..plain).unwrap_or(""));
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(b'\n' | b'\r') | None => {
                    let message = "text without a closing quote".to_owned();
                    return Err(Broken {
                        span: open,
                        message,
                        help: "add a double quote",
                    });
                }
                Some(_) => {
                    return self.fail(
                        "control character in text",
                        "write it as `\\t` or `\\u00XX`",
                    );
                }
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let start = self.at;
        self.at += 1;
        let c = match self.peek() {
            Some(b'u') => {
                self.at += 1;
                return self.unicode(start);
            }
            Some(c @ (b'"' | b'\\' | b'/')) => c as char,
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => {
                self.at = start;
                return self.fail("unknown escape in text", "write `\\\\` for a backslash");
            }
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self, start: usize) -> Parsed<char> {
        let high = self.hex();
        let code = match high {
            Some(high @ 0xD800..=0xDBFF)
                if self.source.get(self.at..self.at + 2) == Some("\\u") =>
            {
                self.at += 2;
                self.hex()
                    .filter(|low| (0xDC00..=0xDFFF).contains(low))
                    .map(|low| 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            }
            code => code,
        };
        code.and_then(char::from_u32).ok_or(Broken {
            span: Span {
                start,
                end: self.at,
            },
            message: "this escape is not a character".to_owned(),
            help: "write `\\u` and four hexadecimal digits, surrogates in pairs",
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.source.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}
