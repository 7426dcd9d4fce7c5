//! What columns are called, in English, Chinese and Hindi.

use super::Field;

/// Names of a field: the whole name, a word in it, or a part of a name in a script without
/// spaces. A `weak` name is taken only when no better column is there.
pub struct Names {
    pub field: Field,
    /// The whole name, as [`plain`] writes it.
    pub whole: &'static [&'static str],
    /// A word (English) or a part (Chinese, Hindi) of the name.
    pub part: &'static [&'static str],
    pub weak: &'static [&'static str],
}

/// Most telling first.
pub const NAMES: [Names; 7] = [
    Names {
        field: Field::Email,
        whole: &["email", "e mail", "mail", "mail id", "邮件", "मेल"],
        part: &["email", "邮箱", "电子邮件", "郵箱", "電子郵件", "ईमेल", "ई मेल"],
        weak: &[],
    },
    Names {
        field: Field::Phone,
        whole: &[
            "phone",
            "phone number",
            "mobile",
            "mobile number",
            "cell",
            "tel",
            "telephone",
            "contact number",
            "contact no",
            "whatsapp",
            "msisdn",
            "caller id",
            "number to call",
            "联系方式",
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "संपर्क नंबर",
            "संपर्क",
            "मोबाइल",
            "फोन",
        ],
        part: &[
            "phone",
            "mobile",
            "cell",
            "cellphone",
            "tel",
            "telephone",
            "whatsapp",
            "msisdn",
            "电话",
            "手机",
            "座机",
            "固话",
            "電話",
            "手機",
            "फोन",
            "मोबाइल",
            "दूरभाष",
        ],
        weak: &[],
    },
    Names {
        field: Field::Name,
        whole: &[
            "name",
            "full name",
            "customer name",
            "client name",
            "contact name",
            "contact person",
            "lead name",
            "person",
            "customer",
            "client",
            "first name",
            "last name",
            "given name",
            "family name",
            "surname",
            "fname",
            "lname",
            "patient name",
            "student name",
            "姓名",
            "名字",
            "客户姓名",
            "客户名称",
            "客户",
            "联系人",
            "联系人姓名",
            "称呼",
            "姓",
            "名",
            "客戶",
            "聯絡人",
            "नाम",
            "पूरा नाम",
            "ग्राहक",
            "ग्राहक का नाम",
        ],
        part: &["姓名", "联系人", "聯絡人", "客户名", "नाम"],
        weak: &[
            "contact",
            "lead",
            "site name",
            "account",
            "account name",
            "company",
            "company name",
            "organisation",
            "organization",
            "business name",
            "公司",
            "公司名称",
            "कंपनी",
        ],
    },
    Names {
        field: Field::Region,
        whole: &[
            "region",
            "state",
            "state name",
            "province",
            "territory",
            "zone",
            "sales region",
            "省",
            "省份",
            "地区",
            "区域",
            "大区",
            "所在地",
            "省市",
            "राज्य",
            "क्षेत्र",
            "प्रदेश",
        ],
        part: &["region", "province", "省份", "地区", "राज्य"],
        weak: &["city", "location", "area", "district", "城市", "所在城市", "शहर", "जिला"],
    },
    Names {
        field: Field::Language,
        whole: &["language", "lang", "locale", "语言", "语种", "語言", "भाषा"],
        part: &["language", "语言", "भाषा"],
        weak: &[],
    },
    Names {
        field: Field::Priority,
        whole: &["priority", "urgency", "优先级", "优先", "紧急程度", "優先級", "प्राथमिकता"],
        part: &["priority", "优先级", "प्राथमिकता"],
        weak: &[],
    },
    Names {
        field: Field::Earliest,
        whole: &[
            "earliest",
            "earliest time",
            "not before",
            "call after",
            "call at",
            "call back at",
            "callback",
            "callback at",
            "callback time",
            "call time",
            "schedule",
            "scheduled at",
            "scheduled time",
            "appointment",
            "appointment time",
            "best time to call",
            "follow up",
            "follow up date",
            "回访时间",
            "预约时间",
            "最早时间",
            "计划时间",
            "拨打时间",
            "कॉल का समय",
        ],
        part: &["callback", "回访时间", "预约时间"],
        weak: &[],
    },
];

/// Words that make another thing of a name: a fax is no phone, an agent's name no lead's.
pub const NOT: [&str; 34] = [
    "fax",
    "agent",
    "owner",
    "rep",
    "manager",
    "assigned",
    "user",
    "product",
    "campaign",
    "ad",
    "form",
    "file",
    "program",
    "source",
    "verified",
    "valid",
    "type",
    "status",
    "count",
    "opt",
    "consent",
    "model",
    "brand",
    "传真",
    "员工",
    "坐席",
    "销售",
    "产品",
    "渠道",
    "类型",
    "状态",
    "फैक्स",
    "एजेंट",
    "उत्पाद",
];

/// A name to compare: lower case, words divided by one space, `camelCase` divided, Hindi dots
/// below letters taken off, and endings such as `No.` or `(optional)` gone.
pub fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut before_lower = false;
    for c in name.chars() {
        if c == '(' || c == '（' || c == '[' {
            break;
        }
        if c.is_uppercase() && before_lower {
            text.push(' ');
        }
        before_lower = c.is_lowercase() || c.is_ascii_digit();
        match c {
            // The dot below, alone or joined with its letter.
            '\u{93C}' => {}
            '\u{958}'..='\u{95F}' => text.push(undotted(c)),
            // Vowel signs of Hindi are no letters to Rust's `is_alphanumeric` in every case.
            '\u{900}'..='\u{97F}' => text.push(c),
            c if c.is_alphanumeric() => text.extend(c.to_lowercase()),
            _ => text.push(' '),
        }
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut words = words.as_slice();
    while let [rest @ .., "no" | "num" | "nr" | "number" | "address" | "id" | "नंबर" | "1"] = words
        && !rest.is_empty()
    {
        words = rest;
    }
    let own = ["your", "my", "the", "primary", "preferred", "main"];
    while let [first, rest @ ..] = words
        && own.contains(first)
        && !rest.is_empty()
    {
        words = rest;
    }
    words.join(" ")
}

fn undotted(letter: char) -> char {
    match letter {
        '\u{958}' => 'क',
        '\u{959}' => 'ख',
        '\u{95A}' => 'ग',
        '\u{95B}' => 'ज',
        '\u{95C}' => 'ड',
        '\u{95D}' => 'ढ',
        '\u{95E}' => 'फ',
        _ => 'य',
    }
}

/// An attribute's name for a column: `Deal Stage` becomes `deal_stage`.
pub fn attribute_name(column: &str) -> String {
    let mut name = String::new();
    let mut gap = false;
    let mut before_lower = false;
    for c in column.chars() {
        let letter = c.is_alphanumeric() || ('\u{900}'..='\u{97F}').contains(&c);
        if !letter {
            gap = true;
            before_lower = false;
            continue;
        }
        if (gap || (c.is_uppercase() && before_lower)) && !name.is_empty() {
            name.push('_');
        }
        gap = false;
        before_lower = c.is_lowercase() || c.is_ascii_digit();
        name.extend(c.to_lowercase());
    }
    if name.is_empty() { "column".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_plain() {
        assert_eq!(plain("Phone_Number"), "phone");
        assert_eq!(plain("customerName"), "customer name");
        assert_eq!(plain("E-mail Address"), "e mail");
        assert_eq!(plain("Mobile No. (10 digits)"), "mobile");
        assert_eq!(plain("फ़ोन नंबर"), "फोन");
        assert_eq!(plain("number"), "number");
        assert_eq!(plain("Your Name"), "name");
    }

    #[test]
    fn attributes_are_named_after_their_column() {
        assert_eq!(attribute_name("Deal Stage"), "deal_stage");
        assert_eq!(attribute_name("closeValue (€)"), "close_value");
        assert_eq!(attribute_name("预算"), "预算");
        assert_eq!(attribute_name("***"), "column");
    }
}
