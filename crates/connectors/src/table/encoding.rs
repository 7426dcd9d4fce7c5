//! Which encoding a file has, and its text as UTF-8.

use super::{Counts, Options, TableError};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{Arc, atomic::Ordering},
};

/// How much of a file is looked at for its encoding; all of it is checked for being UTF-8.
const LOOKED_AT: u64 = 16 << 20;

/// The encoding that was asked for, or else the one the file has. The source is at its start
/// afterwards.
pub fn detect(
    source: &mut (impl Read + Seek),
    options: &Options,
) -> Result<&'static Encoding, TableError> {
    if let Some(label) = &options.encoding {
        let unknown = || TableError::UnknownEncoding(label.clone());
        return Encoding::for_label(label.trim().as_bytes()).ok_or_else(unknown);
    }
    let found = look(source, options)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(found)
}

fn look(source: &mut impl Read, options: &Options) -> io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut utf8 = Utf8Check::default();
    let mut buffer = vec![0; 1 << 16];
    let mut seen = 0_u64;
    loop {
        let read = source.read(&mut buffer)?;
        let bytes = &buffer[..read];
        if seen == 0 {
            if let Some((marked, _)) = Encoding::for_bom(bytes) {
                return Ok(marked);
            }
            if let Some(wide) = utf_16(bytes) {
                return Ok(wide);
            }
        }
        if read == 0 {
            break;
        }
        utf8.feed(bytes);
        if seen < LOOKED_AT {
            detector.feed(bytes, false);
        } else if utf8.broken {
            break;
        }
        seen += read as u64;
    }
    if !utf8.broken {
        return Ok(UTF_8);
    }
    detector.feed(&[], true);
    let country = options.country.map(|country| country.to_string().to_lowercase());
    let hint = country.as_deref().map(str::as_bytes);
    let guess = detector.guess(hint, Utf8Detection::Deny);
    Ok(if guess == GBK {
        // GB18030 reads all of GBK and more.
        GB18030
    } else if guess.is_single_byte() && !guess.name().starts_with("windows") {
        // ISO-8859-x of a spreadsheet is nearly always the Windows code page.
        if guess.name().starts_with("ISO-8859-1") { WINDOWS_1252 } else { guess }
    } else {
        guess
    })
}

/// UTF-16 without its mark: every second byte of Latin text is zero.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |first: usize| bytes.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 10 > pairs * 4 && even * 10 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 4 && odd * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether all bytes so far are UTF-8, a character cut at a buffer's end allowed.
#[derive(Default)]
struct Utf8Check {
    broken: bool,
    cut: Vec<u8>,
}

impl Utf8Check {
    fn feed(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        let mut all = std::mem::take(&mut self.cut);
        all.extend_from_slice(bytes);
        if let Err(error) = std::str::from_utf8(&all) {
            match error.error_len() {
                Some(_) => self.broken = true,
                None => self.cut = all[error.valid_up_to()..].to_vec(),
            }
        }
    }
}

/// Reads a file as UTF-8, counting the file's bytes; what the encoding cannot mean becomes `�`.
pub struct Utf8<R> {
    source: R,
    decoder: Decoder,
    raw: Buffer,
    text: Buffer,
    ended: bool,
    finished: bool,
    counts: Arc<Counts>,
}

/// Bytes, of which those from `at` to `end` are still to be taken.
struct Buffer {
    bytes: Vec<u8>,
    at: usize,
    end: usize,
}

impl Buffer {
    fn new(size: usize) -> Self {
        Buffer { bytes: vec![0; size], at: 0, end: 0 }
    }
}

impl<R: Read> Utf8<R> {
    pub fn new(source: R, encoding: &'static Encoding, counts: Arc<Counts>) -> Self {
        Utf8 {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: Buffer::new(1 << 14),
            text: Buffer::new(1 << 14),
            ended: false,
            finished: false,
            counts,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        let Utf8 { raw, text, .. } = self;
        if raw.at == raw.end && !self.ended {
            raw.end = self.source.read(&mut raw.bytes)?;
            raw.at = 0;
            self.ended = raw.end == 0;
            self.counts.done.fetch_add(raw.end as u64, Ordering::Relaxed);
        }
        let bytes = &raw.bytes[raw.at..raw.end];
        let (result, taken, written, _) =
            self.decoder.decode_to_utf8(bytes, &mut text.bytes, self.ended);
        raw.at += taken;
        (text.at, text.end) = (0, written);
        self.finished = self.ended && result == encoding_rs::CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.text.at == self.text.end && !self.finished {
            self.decode()?;
        }
        let text = &mut self.text;
        let read = out.len().min(text.end - text.at);
        out[..read].copy_from_slice(&text.bytes[text.at..text.at + read]);
        text.at += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8], options: &Options) -> (&'static str, String) {
        let mut source = Cursor::new(bytes.to_vec());
        let encoding = detect(&mut source, options).unwrap();
        let mut text = Vec::new();
        Utf8::new(source, encoding, Arc::default()).read_to_end(&mut text).unwrap();
        (encoding.name(), String::from_utf8(text).unwrap())
    }

    fn wide(text: &str, little: bool) -> Vec<u8> {
        let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_recognised() {
        let any = Options::default();
        let chinese = "姓名,电话,城市\n张伟,13800138000,北京市朝阳区\n李娜,13900139000,上海市\n";
        assert_eq!(read(chinese.as_bytes(), &any), ("UTF-8", chinese.into()));
        let (gb, _, _) = GB18030.encode(chinese);
        assert_eq!(read(&gb, &any), ("gb18030", chinese.into()));
        let marked = [b"\xEF\xBB\xBF", chinese.as_bytes()].concat();
        assert_eq!(read(&marked, &any), ("UTF-8", chinese.into()));
        let latin = "name,city\nJosé Muñoz,Málaga\nFrançois,Besançon\n";
        let (bytes, _, _) = WINDOWS_1252.encode(latin);
        assert_eq!(read(&bytes, &any), ("windows-1252", latin.into()));
        assert_eq!(read(&wide(latin, true), &any), ("UTF-16LE", latin.into()));
        assert_eq!(read(&wide(latin, false), &any), ("UTF-16BE", latin.into()));
        let marked = [b"\xFF\xFE".to_vec(), wide(chinese, true)].concat();
        assert_eq!(read(&marked, &any), ("UTF-16LE", chinese.into()));
        assert_eq!(read(b"a,b\n", &any), ("UTF-8", "a,b\n".into()));
    }

    #[test]
    fn an_encoding_can_be_told() {
        let told = |label: &str| Options { encoding: Some(label.into()), ..Options::default() };
        assert_eq!(read(b"\xE9", &told("windows-1252")).1, "é");
        let error = detect(&mut Cursor::new(b"a"), &told("klingon")).unwrap_err();
        assert!(error.to_string().contains("'klingon' is not an encoding"));
    }

    #[test]
    fn a_cut_character_is_still_utf_8() {
        let text = "é".repeat(70_000);
        let shifted = format!("x{text}");
        assert_eq!(read(shifted.as_bytes(), &Options::default()).0, "UTF-8");
    }
}
