//! Made-up people: the demo's agents, and leads as they come in.

use serde_json::{Value, json};

/// An agent: name and what they can do.
pub fn agents() -> [(&'static str, Value); 8] {
    let lead = |regions: &[&str], languages: &[&str], skills: Value, weight: u8| {
        json!({
            "regions": regions, "languages": languages, "skills": skills, "weight": weight,
            "capacity": {"lead": 4, "task": 1, "call": 1}, "daily_cap": 120,
        })
    };
    [
        ("Asha", lead(&["MH", "GJ"], &["hi", "mr", "en"], json!({"loans": 8}), 2)),
        ("Ben", lead(&["KA"], &["en", "kn"], json!({"loans": 5, "cards": 7}), 1)),
        ("Chen", lead(&["DL", "MH"], &["en", "hi"], json!({"cards": 8}), 1)),
        ("Divya", lead(&["TN", "KA"], &["ta", "en"], json!({"loans": 6}), 1)),
        ("Esha", lead(&["GJ"], &["hi", "gu", "en"], json!({"loans": 3}), 1)),
        ("Farhan", lead(&["DL"], &["hi", "ur", "en"], json!({"cards": 4}), 1)),
        ("Gita", lead(&["MH", "TN"], &["mr", "ta", "hi"], json!({"loans": 9, "cards": 6}), 2)),
        ("Hari", lead(&["KA", "TN"], &["kn", "ta", "en"], json!({}), 1)),
    ]
}

const FIRST: [&str; 24] = [
    "Aarav", "Ananya", "Arjun", "Bhavna", "Deepak", "Farah", "Harsh", "Ishita", "Jaya", "Kabir",
    "Lakshmi", "Manish", "Meera", "Neha", "Nikhil", "Pooja", "Rahul", "Riya", "Rohan", "Sana",
    "Sneha", "Tara", "Varun", "Yash",
];
const LAST: [&str; 16] = [
    "Agarwal",
    "Bose",
    "Chauhan",
    "Desai",
    "Fernandes",
    "Ghosh",
    "Iyer",
    "Joshi",
    "Kapoor",
    "Kulkarni",
    "Menon",
    "Nair",
    "Patel",
    "Rao",
    "Sharma",
    "Verma",
];
const REGIONS: [(&str, &str); 5] =
    [("MH", "mr"), ("KA", "kn"), ("DL", "hi"), ("TN", "ta"), ("GJ", "gu")];
const PRODUCTS: [&str; 3] = ["loans", "cards", "savings"];

/// Chance for the demo: xorshift, seeded by the operating system.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Self {
        let mut seed = [0u8; 8];
        // Without randomness the demo repeats itself, which harms nobody.
        let _ = getrandom::fill(&mut seed);
        Dice(u64::from_ne_bytes(seed) | 1)
    }

    /// A number below `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// A made-up lead.
pub fn lead(dice: &mut Dice) -> Value {
    let name = format!("{} {}", dice.pick(&FIRST), dice.pick(&LAST));
    let (region, language) = *dice.pick(&REGIONS);
    let language = if dice.below(3) == 0 { "en" } else { language };
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    json!({
        "name": name,
        "phone": format!("+9198{:08}", dice.below(100_000_000)),
        "email": email,
        "region": region,
        "language": language,
        "attributes": {
            "product": dice.pick(&PRODUCTS),
            "budget": (dice.below(80) + 1) * 10_000,
            "message": "Please call me back about your offer.",
        },
    })
}
