//! What a field of somebody else's is likely to mean, from its name.

use crate::submission::MapTo;

/// A guess; `None` when the name says nothing.
pub fn guess_field(name: &str) -> Option<MapTo> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let plain: String =
        last.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Some(match plain.as_str() {
        "phone" | "phonenumber" | "mobile" | "mobileno" | "mobilenumber" | "tel" | "telephone"
        | "contactnumber" | "whatsapp" | "whatsappnumber" | "cell" | "手机" | "手机号" | "电话" => {
            MapTo::Phone
        }
        "name" | "fullname" | "contactname" | "leadname" | "customername" | "firstname"
        | "lastname" | "姓名" => MapTo::Name,
        "email" | "emailaddress" | "mail" | "workemail" | "邮箱" => MapTo::Email,
        "region" | "state" | "province" | "省" | "省份" => MapTo::Region,
        "language" | "lang" | "preferredlanguage" => MapTo::Language,
        "priority" => MapTo::Priority,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_known() {
        assert_eq!(guess_field("Phone Number"), Some(MapTo::Phone));
        assert_eq!(guess_field("lead.full_name"), Some(MapTo::Name));
        assert_eq!(guess_field("budget"), None);
    }
}
