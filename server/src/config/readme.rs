//! The tables of the settings in README: made from what clap knows, and compared with what is there.
//! `UPDATE_README=1 cargo test -p starling-server --lib readme` writes them there.

use std::fmt::Write;
use std::path::Path;

use clap::{Arg, Args, Command, Parser};

use super::Config;

const START: &str = "<!-- Made from server/src/config.rs; a test compares them. -->\n";
const END: &str = "<!-- The end of what is made. -->\n";

fn settings() -> Vec<Arg> {
    Config::augment_args(Command::new("serve")).get_arguments().cloned().collect()
}

/// One table for each heading of `--help`.
fn tables() -> String {
    let mut tables = String::new();
    let mut heading = None;
    for setting in settings() {
        if setting.get_help_heading() != heading.as_deref() {
            heading = setting.get_help_heading().map(str::to_owned);
            let title = heading.as_deref().expect("every setting has a heading");
            let columns = "| setting | default | values | what it sets |\n|---|---|---|---|\n";
            write!(tables, "\n#### {title}\n\n{columns}").unwrap();
        }
        writeln!(tables, "{}", row(&setting)).unwrap();
    }
    format!("{START}{tables}\n{END}")
}

fn row(setting: &Arg) -> String {
    let variable = setting.get_env().unwrap().to_str().unwrap();
    let default = match setting.get_default_values() {
        [] => "none".to_owned(),
        [value] => format!("`{}`", value.to_str().unwrap()),
        several => panic!("{several:?}"),
    };
    let meaning = setting.get_help().unwrap().to_string();
    let meaning = meaning.replace('|', "\\|");
    format!(
        "| `--{}`<br>`{variable}` | {default} | {} | {meaning}. |",
        flag(setting),
        values(setting)
    )
}

fn flag(setting: &Arg) -> &str {
    setting.get_long().unwrap()
}

fn values(setting: &Arg) -> String {
    let possible = setting.get_possible_values();
    if possible.is_empty() {
        return setting.get_value_names().unwrap()[0].to_string();
    }
    let names: Vec<String> =
        possible.iter().map(|value| format!("`{}`", value.get_name())).collect();
    names.join(" or ")
}

#[test]
fn the_readme_tells_the_settings() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = readme.split_once(START).expect("README has no place for the settings");
    let (_, after) = rest.split_once(END).expect("README does not say where the settings end");
    let right = format!("{before}{}{after}", tables());
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&file, &right).unwrap();
    } else if readme != right {
        panic!(
            "README's settings are out of date. This makes them again:\n\n    \
             UPDATE_README=1 cargo test -p starling-server --lib readme\n"
        );
    }
}

#[test]
fn a_variable_is_named_like_its_flag() {
    for setting in settings() {
        let name = flag(&setting).to_uppercase().replace('-', "_");
        assert_eq!(setting.get_env().unwrap().to_str(), Some(&*format!("STARLING_{name}")));
    }
}

#[test]
fn the_ranges_are_the_ones_that_are_told() {
    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        _config: Config,
    }
    let takes = |flag: &str, value: f64| {
        Cli::try_parse_from(["starling", &format!("--{flag}={value}")]).is_ok()
    };
    let mut tried = 0;
    for setting in settings() {
        let (flag, values) = (flag(&setting), values(&setting));
        let Some((low, rest)) = values.split_once(" to ") else { continue };
        let (high, unit) = rest.split_once(' ').expect(flag);
        let number = |text: &str| -> f64 { text.replace(',', "").parse().expect(flag) };
        let (low, high) = (number(low), number(high));
        let step = if unit == "seconds" { 0.01 } else { 1.0 };
        assert!(takes(flag, low) && takes(flag, high), "--{flag} refuses an end of {values}");
        assert!(
            !takes(flag, low - step) && !takes(flag, high + step),
            "--{flag} goes beyond {values}"
        );
        tried += 1;
    }
    let numbers = settings().into_iter().filter(|setting| {
        setting
            .get_default_values()
            .iter()
            .any(|value| value.to_str().unwrap().parse::<f64>().is_ok())
    });
    assert!(tried >= numbers.count(), "some number has no range");
}
