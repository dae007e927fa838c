//! Times of the corpus: `2026-11-23T10:00:00Z`, always UTC, as seconds since 1970.

/// Seconds since 1970; panics if this is no such time.
pub fn parse(text: &str) -> u32 {
    let number = |from: usize, to: usize| -> u32 {
        let digits = text
            .get(from..to)
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        digits
            .and_then(|d| d.parse().ok())
            .unwrap_or_else(|| panic!("not a time: {text}"))
    };
    let marks: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    assert!(text.len() == 20 && marks == "--T::Z", "not a time: {text}");
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    let good = (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    assert!(
        year >= 1970 && good && hour < 24 && minute < 60 && second < 60,
        "not a time: {text}"
    );
    let years: u32 = (1970..year).map(|y| 365 + leap(y)).sum();
    let months: u32 = (1..month).map(|m| length(year, m)).sum();
    let days = u64::from(years + months + day - 1);
    let seconds = days * 86_400 + u64::from(hour * 3_600 + minute * 60 + second);
    u32::try_from(seconds).unwrap_or_else(|_| panic!("too late: {text}"))
}

/// The time as it stands in the corpus.
pub fn format(time: u32) -> String {
    let (mut days, seconds) = (time / 86_400, time % 86_400);
    let mut year = 1970;
    while days >= 365 + leap(year) {
        days -= 365 + leap(year);
        year += 1;
    }
    let mut month = 1;
    while days >= length(year, month) {
        days -= length(year, month);
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!(
        "{year}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z",
        days + 1
    )
}

fn leap(year: u32) -> u32 {
    u32::from(year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)))
}

fn length(year: u32, month: u32) -> u32 {
    match month {
        2 => 28 + leap(year),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
