//! One way to declare a closed vocabulary: a snake_case code for storage and forms, a Chinese label for people.

/// Declares an enum of codes and labels; the labels are its documentation too.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[doc = $label] $(#[$vmeta])* #[serde(rename = $code)] $variant,)+ }
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];
            /// The stable code, as stored and as sent in forms.
            pub const fn code(self) -> &'static str { match self { $($name::$variant => $code,)+ } }
            pub const fn label(self) -> &'static str { match self { $($name::$variant => $label,)+ } }
            pub fn from_code(code: &str) -> Option<$name> { match code { $($code => Some($name::$variant),)+ _ => None } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.label()) }
        }
    };
}

pub(crate) use vocabulary;
