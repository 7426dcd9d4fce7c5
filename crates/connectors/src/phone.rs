//! Phone numbers as people write them, to E.164.

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat, Region, ValidationError,
};
use serde::Serialize;
use std::{fmt, str::FromStr};

/// The country whose rules a number without a country code follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(Region);

/// No country has this code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a country: give its two-letter code, such as IN, US or CN")]
pub struct UnknownCountry(pub String);

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        let unknown = || UnknownCountry(code.to_owned());
        let region = Region::from_code(code.trim()).map_err(|_| unknown())?;
        match PHONE_NUMBER_UTIL.get_country_code_for_region(region) {
            Some(_) if region != Region::World => Ok(Country(region)),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Country {
    /// The two-letter code, in capitals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_region_str())
    }
}

/// The country of a number in E.164; `None` for one that belongs to no country.
pub(crate) fn country_of(e164: &str) -> Option<Country> {
    let digits = e164.strip_prefix('+')?;
    let codes = (1..=3).filter_map(|len| digits.get(..len)?.parse().ok());
    let known = |code| PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code);
    let mut regions = codes.into_iter().find_map(known)?;
    // Most codes are of one country only: its numbers need no further look.
    let region = match regions.len() {
        1 => regions.next()?,
        _ => PHONE_NUMBER_UTIL.parse(e164, None).ok()?.get_region_code()?,
    };
    Some(Country(region)).filter(|_| region != Region::World)
}

/// Why a number cannot be called as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneProblem {
    /// There are no digits, or letters where digits belong.
    NotANumber,
    /// Fewer digits than the country's numbers have.
    TooShort,
    /// More digits than the country's numbers have.
    TooLong,
    /// A local number: its area code is missing, and guessing one would call somebody else.
    AreaCodeMissing,
    /// It has no country code, and no default country is known.
    CountryMissing,
    /// The country code is of no country.
    CountryUnknown,
    /// The length is right, but the country has no such numbers.
    NotInUse,
    /// A spreadsheet has rounded it (`9.19877E+11`): the last digits are lost.
    Rounded,
}

impl fmt::Display for PhoneProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PhoneProblem::NotANumber => "not a phone number",
            PhoneProblem::TooShort => "too few digits",
            PhoneProblem::TooLong => "too many digits",
            PhoneProblem::AreaCodeMissing => "the area code is missing",
            PhoneProblem::CountryMissing => "no country code, and no default country is set",
            PhoneProblem::CountryUnknown => "no country has this code",
            PhoneProblem::NotInUse => "the country has no such numbers",
            PhoneProblem::Rounded => {
                "rounded by a spreadsheet; format the column as text and export again"
            }
        })
    }
}

/// A phone as it came, and what can be made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Phone {
    /// As it came, trimmed.
    pub raw: String,
    /// `+` and up to 15 digits, when the number can be called.
    pub e164: Option<String>,
    /// Why it cannot be called.
    pub problem: Option<PhoneProblem>,
    /// Further text of the cell, such as a second number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<String>,
}

impl Phone {
    /// Whether it can be called.
    pub fn usable(&self) -> bool {
        self.e164.is_some()
    }
}

/// The longest text that is looked at; no phone is longer.
const LONGEST: usize = 250;

/// What stands between two numbers in one cell.
const BETWEEN: [char; 9] = ['/', ',', ';', '\n', '|', '、', '，', '；', '／'];

/// Reads a cell: the first usable number in it is taken, the others stay as text. `None` when the
/// cell is empty.
///
/// ```
/// use connectors::phone::{Country, normalise};
/// let india: Country = "IN".parse().unwrap();
/// let phone = normalise("098765 43210 / 022-2345 6789", Some(india)).unwrap();
/// assert_eq!(phone.e164.as_deref(), Some("+919876543210"));
/// assert_eq!(phone.rest.as_deref(), Some("022-2345 6789"));
/// ```
pub fn normalise(cell: &str, country: Option<Country>) -> Option<Phone> {
    // A leading apostrophe is a spreadsheet's mark for "this is text".
    let raw = cell.trim().trim_start_matches('\'').trim();
    if raw.is_empty() {
        return None;
    }
    let phone = |e164, problem, rest| Some(Phone { raw: raw.to_owned(), e164, problem, rest });
    let whole = one(raw, country);
    let problem = match whole {
        Ok(e164) => return phone(Some(e164), None, None),
        Err(problem) => problem,
    };
    let parts: Vec<&str> =
        raw.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 {
        for (at, part) in parts.iter().enumerate() {
            if let Ok(e164) = one(part, country) {
                let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                let rest: Vec<&str> = others.map(|(_, text)| *text).collect();
                return phone(Some(e164), None, Some(rest.join(" / ")));
            }
        }
    }
    phone(None, Some(problem), None)
}

/// One number.
fn one(text: &str, country: Option<Country>) -> Result<String, PhoneProblem> {
    if text.len() > LONGEST {
        return Err(PhoneProblem::NotANumber);
    }
    let text = from_spreadsheet(&ascii_digits(text))?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 2 {
        return Err(PhoneProblem::NotANumber);
    }
    let number = match PHONE_NUMBER_UTIL.parse(&text, country.map(|country| country.0)) {
        Ok(number) => number,
        Err(error) => return Err(unparsed(&text, &error, country)),
    };
    if number.is_valid() {
        return Ok(number.format_as(PhoneNumberFormat::E164).into_owned());
    }
    // "1-800-FLOWERS" is a number; "see notes 12" is not.
    if text.chars().filter(|c| c.is_alphabetic()).count() > digits {
        return Err(PhoneProblem::NotANumber);
    }
    Err(match number.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => PhoneProblem::NotInUse,
        Ok(NumberLengthType::IsPossibleLocalOnly) => PhoneProblem::AreaCodeMissing,
        Err(ValidationError::TooShort) => PhoneProblem::TooShort,
        Err(ValidationError::TooLong) => PhoneProblem::TooLong,
        Err(ValidationError::InvalidCountryCode) => PhoneProblem::CountryUnknown,
        Err(_) => PhoneProblem::NotInUse,
    })
}

fn unparsed(text: &str, error: &ParseError, country: Option<Country>) -> PhoneProblem {
    match error {
        ParseError::InvalidCountryCode if country.is_none() && !text.contains('+') => {
            PhoneProblem::CountryMissing
        }
        ParseError::InvalidCountryCode => PhoneProblem::CountryUnknown,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneProblem::TooShort,
        ParseError::TooLongNsn => PhoneProblem::TooLong,
        // More digits than any number has are "not a number" to the parser.
        ParseError::NotANumber(_) => {
            if text.chars().filter(char::is_ascii_digit).count() > 15 {
                PhoneProblem::TooLong
            } else {
                PhoneProblem::NotANumber
            }
        }
    }
}

/// The digits zero of the scripts whose digits are met in phone numbers; nine more follow each.
const ZEROS: [char; 13] = [
    '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}', '\u{0BE6}',
    '\u{0C66}', '\u{0CE6}', '\u{0D66}', '\u{0E50}', '\u{FF10}',
];

/// Digits of any of those scripts as 0–9, and wide signs as narrow ones.
fn ascii_digits(text: &str) -> String {
    let digit = |c: char| {
        ZEROS.iter().find_map(|zero| {
            let value = u32::from(c).checked_sub(u32::from(*zero))?;
            char::from_digit(value, 10)
        })
    };
    text.chars()
        // Direction marks and other invisible signs come with copied numbers.
        .filter(|c| !matches!(*c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'))
        .map(|c| match c {
            '＋' => '+',
            '－' | '‐' | '‑' | '–' | '—' => '-',
            '（' => '(',
            '）' => ')',
            '\u{A0}' | '\u{3000}' => ' ',
            c if c.is_ascii() => c,
            c => digit(c).unwrap_or(c),
        })
        .collect()
}

/// Takes a spreadsheet's number format off: `9876543210.0` and `9.876543210E9`.
///
/// Programs write all digits they have (trailing zeros left out); a spreadsheet's display keeps at
/// most six. So fewer than eight digits before the exponent means that digits are lost.
fn from_spreadsheet(text: &str) -> Result<String, PhoneProblem> {
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => match exponent.trim_start_matches('+').parse::<usize>() {
            Ok(exponent) if !mantissa.is_empty() => (mantissa, exponent),
            _ => return Ok(text.to_owned()),
        },
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('+') {
        Some(digits) => ("+", digits),
        None => ("", mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Ok(text.to_owned());
    }
    if exponent == 0 {
        let float = digits.contains('.') && fraction.bytes().all(|b| b == b'0');
        return Ok(if float { format!("{sign}{whole}") } else { text.to_owned() });
    }
    let fraction_kept = fraction.trim_end_matches('0');
    if exponent > 20 || fraction_kept.len() > exponent {
        return Err(PhoneProblem::NotANumber);
    }
    if whole.len() + fraction.len() < 8 {
        return Err(PhoneProblem::Rounded);
    }
    let zeros = "0".repeat(exponent - fraction_kept.len());
    Ok(format!("{sign}{whole}{fraction_kept}{zeros}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, country: &str) -> Result<String, PhoneProblem> {
        let country = if country.is_empty() { None } else { Some(country.parse().unwrap()) };
        let phone = normalise(text, country).unwrap();
        phone.e164.ok_or_else(|| phone.problem.unwrap())
    }

    fn good(text: &str, country: &str) -> String {
        read(text, country).unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    #[test]
    fn numbers_as_people_write_them() {
        for text in [
            "9876543210",
            "098765 43210",
            "+91 98765-43210",
            "0091 9876543210",
            "919876543210",
            "9876543210.0",
            "9.876543210E9",
            "9.87654321E+09",
            "९८७६५४३२१०",
            "９８７６５４３２１０",
            "'+91 98765 43210",
            "\u{202A}+91 98765 43210\u{202C}",
            "tel:+91-98765-43210",
        ] {
            assert_eq!(good(text, "IN"), "+919876543210", "{text}");
        }
        assert_eq!(good("138 0013 8000", "CN"), "+8613800138000");
        assert_eq!(good("＋86 138（0013）8000", ""), "+8613800138000");
        assert_eq!(good("010-6552 9988", "CN"), "+861065529988");
        assert_eq!(good("(312) 744-5000 ext. 12", "US"), "+13127445000");
        assert_eq!(good("1-800-FLOWERS", "US"), "+18003569377");
    }

    #[test]
    fn the_first_usable_number_of_a_cell_is_taken() {
        let india = Some("IN".parse().unwrap());
        let phone = normalise("12345 / 9876543210; 022-23456789", india).unwrap();
        assert_eq!(phone.e164.as_deref(), Some("+919876543210"));
        assert_eq!(phone.rest.as_deref(), Some("12345 / 022-23456789"));
        assert_eq!(phone.raw, "12345 / 9876543210; 022-23456789");
        let phone = normalise("9876543210\n9876543211", india).unwrap();
        assert_eq!(phone.e164.as_deref(), Some("+919876543210"));
        // A slash inside one number does not split it.
        assert_eq!(good("030/23125000", "DE"), "+493023125000");
    }

    #[test]
    fn what_cannot_be_called_says_why() {
        assert_eq!(read("3865286", "US"), Err(PhoneProblem::AreaCodeMissing));
        assert_eq!(read("9.87654E+09", "IN"), Err(PhoneProblem::Rounded));
        assert_eq!(read("98765", "IN"), Err(PhoneProblem::TooShort));
        assert_eq!(read("98765432101234", "IN"), Err(PhoneProblem::TooLong));
        assert_eq!(read("98765432109876543210987", "IN"), Err(PhoneProblem::TooLong));
        assert_eq!(read("9876543210", ""), Err(PhoneProblem::CountryMissing));
        assert_eq!(read("+999 123 456 789", "IN"), Err(PhoneProblem::CountryUnknown));
        assert_eq!(read("(555) 555-5555", "US"), Err(PhoneProblem::NotInUse));
        for text in ["n/a", "-", "unknown", "see notes 12", "1", "a@b.example", &"x".repeat(5000)] {
            assert_eq!(read(text, "IN"), Err(PhoneProblem::NotANumber), "{text}");
        }
        assert!(normalise("  ", None).is_none());
        assert!(normalise("'", None).is_none());
    }

    #[test]
    fn countries_are_known_or_named() {
        assert_eq!("in".parse::<Country>().unwrap().to_string(), "IN");
        for wrong in ["India", "XX", "", "1", "001"] {
            assert_eq!(wrong.parse::<Country>(), Err(UnknownCountry(wrong.into())));
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let signs: Vec<char> = "+0123459eE. -()/;,'xé९＋\u{202A}\n\0".chars().collect();
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let india = Some("IN".parse().unwrap());
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..seed % 24 {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                text.push(signs[(seed % signs.len() as u64) as usize]);
            }
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if let Some(phone) = normalise(&text, india) {
                assert!(phone.usable() != phone.problem.is_some(), "{text:?}");
            }
        }
    }
}
