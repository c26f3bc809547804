//! The command line in the user's language: help texts out of the catalogue, refusals of arguments told.
//!
//! Of a command `zhuji-node contact add` the catalogue has `help-node-contact-add`, else `help-verb-add`; of its
//! option `--date` the first that exists of `arg-node-contact-add-date`, `arg-node-contact-date`, `arg-node-date`,
//! `arg-date`.

use super::Failure;
use crate::texts::{self, Language, Told};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use std::ffi::OsString;
use std::fmt;
use std::net::AddrParseError;
use std::num::ParseIntError;
use std::process::ExitCode;

/// The language asked for, found before anything is parsed so that a refusal can be told in it.
#[must_use]
pub fn language_asked(arguments: &[OsString], from_environment: Option<&str>) -> Language {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let mut tag = from_environment.map(str::to_owned);
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => tag = words.next().map(str::to_owned),
            Some(rest) if rest.starts_with('=') => tag = Some(rest[1..].to_owned()),
            _ => {}
        }
    }
    tag.as_deref().and_then(Language::from_tag).unwrap_or_default()
}

/// Parses an argument of `--lang`.
///
/// # Errors
/// When the tag names no language that the catalogue has.
pub fn language(tag: &str) -> Result<Language, Malformed> {
    Language::from_tag(tag).ok_or_else(|| Malformed::new(UnknownLanguage(tag.to_owned())))
}

/// Parses the arguments of a program; the catalogue is read only where there is something to show.
///
/// # Errors
/// With what is to be printed and the exit status: help and version (0), or a refusal (2).
pub fn parse<P: clap::Parser>(arguments: &[OsString], language: Language) -> Result<P, Stop> {
    P::try_parse_from(arguments).map_err(|_| {
        match localised(P::command(), language).try_get_matches_from(arguments) {
            Ok(_) => Stop::Refusal(Failure::Lines(Vec::new())),
            Err(error) if !error.use_stderr() => Stop::Page(error.render().to_string()),
            Err(error) => Stop::Refusal(Failure::Lines(refusal(&error, language))),
        }
    })
}

/// Why nothing is run.
#[derive(Debug)]
pub enum Stop {
    /// Help or the version, asked for.
    Page(String),
    /// Arguments that cannot be.
    Refusal(Failure),
}

impl Stop {
    /// Prints what there is to say, and gives the exit status.
    pub fn finish(self, language: Language) -> ExitCode {
        match self {
            Self::Page(page) => {
                print!("{page}");
                ExitCode::SUCCESS
            }
            Self::Refusal(failure) => super::finish(Err(failure), language),
        }
    }
}

/// The same command with every help text in a language.
#[must_use]
pub fn localised(command: Command, language: Language) -> Command {
    let program = command.get_name().trim_start_matches("zhuji-").to_owned();
    walk(command, &program, language, true)
}

/// The catalogue keys that a command tree wants, each with whether the catalogue has it in a language.
#[must_use]
pub fn missing_texts(command: &Command, language: Language) -> Vec<String> {
    let program = command.get_name().trim_start_matches("zhuji-").to_owned();
    let mut missing = Vec::new();
    collect_missing(command, &program, language, &mut missing);
    missing
}

fn collect_missing(command: &Command, path: &str, language: Language, missing: &mut Vec<String>) {
    if help_key(path, language).is_none() {
        missing.push(format!("help-{path}"));
    }
    for argument in command.get_arguments() {
        if !matches!(argument.get_id().as_str(), "help" | "version")
            && !argument.is_hide_set()
            && argument_key(argument, path, language).is_none()
        {
            missing.push(format!("arg-{path}-{}", word_of(argument)));
        }
    }
    for below in command.get_subcommands() {
        collect_missing(below, &format!("{path}-{}", below.get_name()), language, missing);
    }
}

fn walk(command: Command, path: &str, language: Language, is_root: bool) -> Command {
    let template = template(&command, language);
    let mut command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .help_template(template)
        .mut_args(|argument| described(argument, path, language))
        .arg(flag("help", 'h', ArgAction::Help, language));
    if let Some(about) = help_key(path, language) {
        command = command.about(texts::text(language, &about));
    }
    if is_root && command.get_version().is_some() {
        command = command.disable_version_flag(true).arg(flag("version", 'V', ArgAction::Version, language));
    }
    let names: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    for name in names {
        let below = format!("{path}-{name}");
        command = command.mut_subcommand(name, |subcommand| walk(subcommand, &below, language, false));
    }
    command
}

fn flag(name: &'static str, short: char, action: ArgAction, language: Language) -> Arg {
    Arg::new(name).short(short).long(name).action(action).help(texts::text(language, &format!("arg-{name}")))
}

fn described(argument: Arg, path: &str, language: Language) -> Arg {
    let Some(key) = argument_key(&argument, path, language) else { return argument };
    let mut help = texts::text(language, &key);
    if !argument.is_hide_possible_values_set() && argument.get_action().takes_values() {
        let words: Vec<String> =
            argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        if !words.is_empty() {
            help.push_str(&texts::text_with(language, "arguments-choices", &[("words", words.join("|"))]));
        }
    }
    if let Some(default) =
        argument.get_default_values().first().filter(|_| argument.get_action().takes_values())
    {
        let word = default.to_string_lossy().into_owned();
        help.push_str(&texts::text_with(language, "arguments-default", &[("word", word)]));
    }
    if let Some(name) = argument.get_env() {
        let name = name.to_string_lossy().into_owned();
        help.push_str(&texts::text_with(language, "arguments-environment", &[("name", name)]));
    }
    let takes_values = argument.get_action().takes_values();
    let argument = argument.help(help).hide_env(true);
    if takes_values { argument.hide_possible_values(true).hide_default_value(true) } else { argument }
}

/// A command's own entry, else that of its verb.
fn help_key(path: &str, language: Language) -> Option<String> {
    let verb = path.rsplit_once('-').map_or(path, |(_, verb)| verb);
    let keys = [format!("help-{path}"), format!("help-verb-{verb}")];
    keys.into_iter().find(|key| texts::has_text(language, key))
}

/// The most special entry that the catalogue has for an argument.
fn argument_key(argument: &Arg, path: &str, language: Language) -> Option<String> {
    let word = word_of(argument);
    let mut scope = path;
    loop {
        let key = format!("arg-{scope}-{word}");
        if texts::has_text(language, &key) {
            return Some(key);
        }
        match scope.rsplit_once('-') {
            Some((above, _)) => scope = above,
            None => break,
        }
    }
    let key = format!("arg-{word}");
    texts::has_text(language, &key).then_some(key)
}

fn word_of(argument: &Arg) -> String {
    argument.get_long().map_or_else(|| argument.get_id().as_str().replace('_', "-"), str::to_owned)
}

fn template(command: &Command, language: Language) -> String {
    let heading = |key| texts::text(language, key);
    let mut page = format!("{{about}}\n\n{}{{usage}}\n\n", heading("arguments-usage"));
    if command.has_subcommands() {
        page.push_str(&format!("{}\n{{subcommands}}\n\n", heading("arguments-commands")));
    }
    if command.get_positionals().next().is_some() {
        page.push_str(&format!("{}\n{{positionals}}\n\n", heading("arguments-values")));
    }
    page.push_str(&format!("{}\n{{options}}\n", heading("arguments-options")));
    page
}

/// A refusal of arguments, in lines.
fn refusal(error: &clap::Error, language: Language) -> Vec<String> {
    let told = |key: &str, args: &[(&'static str, String)]| texts::text_with(language, key, args);
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let mut lines = match error.kind() {
        ErrorKind::ValueValidation => {
            let why = error.source_told(language);
            vec![told("arguments-malformed", &[("argument", argument), ("value", value), ("why", why)])]
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            vec![told("arguments-no-value", &[("argument", argument)])]
        }
        ErrorKind::InvalidValue => {
            let words = context(error, ContextKind::ValidValue);
            vec![told(
                "arguments-invalid-value",
                &[("argument", argument), ("value", value), ("words", words)],
            )]
        }
        ErrorKind::UnknownArgument => vec![told("arguments-unknown", &[("argument", argument)])],
        ErrorKind::InvalidSubcommand => {
            let command = context(error, ContextKind::InvalidSubcommand);
            vec![told("arguments-unknown-command", &[("command", command)])]
        }
        ErrorKind::MissingRequiredArgument => vec![told("arguments-missing", &[("argument", argument)])],
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg);
            vec![told("arguments-conflict", &[("argument", argument), ("other", other)])]
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            vec![told("arguments-number-of-values", &[("argument", argument)])]
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return error.render().to_string().lines().map(str::to_owned).collect();
        }
        _ => vec![error.render().to_string().trim_end().to_owned()],
    };
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .map(|kind| context(error, kind))
        .find(|word| !word.is_empty());
    if let Some(word) = nearest {
        lines.push(told("arguments-did-you-mean", &[("word", word)]));
    }
    lines.push(told("arguments-see-help", &[]));
    lines
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(texts)) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

trait SourceTold {
    fn source_told(&self, language: Language) -> String;
}

impl SourceTold for clap::Error {
    /// Why a value was refused: in the user's language if our own parser refused it.
    fn source_told(&self, language: Language) -> String {
        match std::error::Error::source(self) {
            Some(cause) if cause.is::<ParseIntError>() => texts::text(language, "arguments-whole-number"),
            Some(cause) if cause.is::<AddrParseError>() => texts::text(language, "arguments-socket-address"),
            Some(cause) => match cause.downcast_ref::<Malformed>() {
                Some(malformed) => malformed.0.tell(language),
                None => cause.to_string(),
            },
            None => String::new(),
        }
    }
}

/// A value that its parser refused, as clap carries it.
#[derive(Debug)]
pub struct Malformed(Box<dyn super::ToldFault>);

impl Malformed {
    /// A told fault, to be handed to clap.
    pub fn new(fault: impl super::ToldFault + 'static) -> Self {
        Self(Box::new(fault))
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.tell(Language::English))
    }
}

impl std::error::Error for Malformed {}

#[derive(Debug)]
struct UnknownLanguage(String);

impl Told for UnknownLanguage {
    fn key(&self) -> &'static str {
        "arguments-language"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("tag", self.0.clone())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser, Debug)]
    #[command(name = "zhuji-test")]
    struct Cli {
        #[arg(long, value_parser = language)]
        lang: Option<Language>,
        #[arg(long)]
        number: Option<u8>,
    }

    fn words(line: &str) -> Vec<OsString> {
        std::iter::once("zhuji-test").chain(line.split_whitespace()).map(OsString::from).collect()
    }

    #[test]
    fn the_last_lang_wins_over_the_environment() {
        assert_eq!(language_asked(&words("--lang en"), Some("zh")), Language::English);
        assert_eq!(language_asked(&words("--lang=zh"), Some("en")), Language::Chinese);
        assert_eq!(language_asked(&words(""), Some("en_GB.UTF-8")), Language::English);
        assert_eq!(language_asked(&words(""), None), Language::Chinese);
    }

    #[test]
    fn a_refusal_names_the_argument_in_the_users_language() {
        let refused = |line: &str, language| match parse::<Cli>(&words(line), language) {
            Err(Stop::Refusal(failure)) => failure.lines(language).join("\n"),
            other => panic!("{other:?}"),
        };
        assert!(refused("--numbr 3", Language::English).contains("--numbr"));
        assert!(refused("--numbr 3", Language::Chinese).contains("没有"));
        assert!(refused("--lang fr", Language::Chinese).contains("fr"));
    }

    #[test]
    fn help_is_a_page_not_a_refusal() {
        let page = match parse::<Cli>(&words("--help"), Language::Chinese) {
            Err(Stop::Page(page)) => page,
            other => panic!("{other:?}"),
        };
        assert!(page.contains("用法"), "{page}");
    }
}
