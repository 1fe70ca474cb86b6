//! `secrets-init.sh`: makes the values of secrets, once.

use super::secrets::{Composed, FOLDER, Making, Piece, Secrets};
use crate::generate::header::header;
use crate::model::{Make, SecretReference, Service, Stack};
use std::fmt::Write;
use std::path::Path;

/// The script's name.
pub(super) const NAME: &str = "secrets-init.sh";

/// The script of a stack. `image` is what a service runs, and whether it is built here.
pub(super) fn script(
    stack: &Stack,
    secrets: &Secrets<'_>,
    composed: &[Composed<'_>],
    image: impl Fn(&Service) -> (String, bool),
) -> String {
    let mut text = format!(
        "#!/bin/sh\n# {}\n\
         # Makes the secrets of {} in {}, once: what is in {FOLDER}/ already stays as it is, and git \
         ignores it.\n\
         # For a new value, remove its file and run this again; what keeps the old one has to be told.\n",
        header(&stack.source),
        stack.system,
        stack.environment.name,
    );
    text.push_str(HEAD);
    let made = secrets.made();
    let has = |wanted: fn(&Make) -> bool| made.iter().any(|(.., making)| wanted(&making.make));
    for (wanted, function) in [
        (has(|make| *make == Make::Random), RANDOM),
        (has(|make| matches!(make, Make::Letters { .. })), LETTERS),
        (has(|make| *make == Make::Ask), ASK),
        (has(|make| matches!(make, Make::Command { .. })), COMMAND),
        (composed.iter().flat_map(|it| &it.parts).any(Piece::is_line), LINE),
    ] {
        if wanted {
            text.push_str(function);
        }
    }
    text.push('\n');
    let variables: Vec<&str> = composed
        .iter()
        .map(|file| file.name.as_str())
        .filter(|name| Path::new(name).extension().is_some_and(|it| it == "env"))
        .collect();
    if has(|make| matches!(make, Make::Command { .. })) && !variables.is_empty() {
        // Compose builds nothing while a file of variables is missing.
        text.push_str(&format!(
            "for file in {}; do\n  [ -e \"$secrets/$file\" ] || : >\"$secrets/$file\"\ndone\n",
            variables.join(" ")
        ));
    }
    for (name, reference, making) in &made {
        let line = line(name, reference, making, secrets, &image);
        text.push_str(&line);
    }
    for file in composed {
        text.push_str(&compose(file));
    }
    text
}

/// What makes one secret.
fn line(
    name: &str,
    reference: &SecretReference,
    making: &Making<'_>,
    secrets: &Secrets<'_>,
    image: impl Fn(&Service) -> (String, bool),
) -> String {
    match &making.make {
        Make::Random => format!("random {name}\n"),
        Make::Letters { length, alphabet } => {
            format!("letters {name} {length} {}\n", quoted(&octal(alphabet)))
        }
        Make::Ask => {
            let what =
                format!("{}#{} for {}", reference.path, reference.property, making.service.name);
            let word = if making.optional { " optional" } else { "" };
            format!("ask {name} {}{word}\n", quoted(&what))
        }
        Make::Command { command, gives } => {
            let given: Vec<(&str, &str)> = gives
                .iter()
                .filter_map(|key| Some((key.as_str(), secrets.file(making.service, key)?)))
                .collect();
            // The first of them stands for all.
            if given.first().is_none_or(|(_, file)| *file != name) {
                return String::new();
            }
            let (image, is_built) = image(making.service);
            let pairs: Vec<String> =
                given.iter().map(|(key, file)| format!("{key}={file}")).collect();
            let command: Vec<String> = command.iter().map(|word| quoted(word)).collect();
            let service = if is_built { making.service.name.as_str() } else { "''" };
            format!(
                "by_command {service} {} {} {}\n",
                quoted(&image),
                quoted(&pairs.join(" ")),
                command.join(" ")
            )
        }
    }
}

/// What writes a file that holds secrets beside other text: each time, since that text may change.
fn compose(file: &Composed<'_>) -> String {
    let mut text = "{\n".to_owned();
    for part in &file.parts {
        let _ = match part {
            Piece::Text(literal) => writeln!(text, "  printf '%s' {}", quoted(literal)),
            Piece::File(name) => writeln!(text, "  cat \"$secrets/{name}\""),
            Piece::Line(name) => writeln!(text, "  line {name}"),
            Piece::Optional { name, file } => writeln!(
                text,
                "  if [ -e \"$secrets/{file}\" ]; then\n    printf '%s' '{name}='\n    line {file}\n    echo\n  fi"
            ),
        };
    }
    let _ = writeln!(text, "}} >\"$secrets/.new\"\nput {}", file.name);
    text
}

impl Piece<'_> {
    fn is_line(&self) -> bool {
        matches!(self, Self::Line(_) | Self::Optional { .. })
    }
}

/// Letters as `tr` reads them: of signs, some have a meaning there.
fn octal(alphabet: &str) -> String {
    let letter = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() => letter.to_string(),
        sign => format!("\\{:03o}", u32::from(sign)),
    };
    alphabet.chars().map(letter).collect()
}

/// A word of the shell that stands for a text as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

const HEAD: &str = r#"set -eu
umask 077
cd -- "$(dirname -- "$0")"
secrets=secrets
mkdir -p "$secrets"
chmod 700 "$secrets"
work='' saved=''

clean_up() {
  rm -f "$secrets/.new"
  if [ -n "$work" ]; then rm -rf "$work"; fi
  if [ -n "$saved" ]; then stty "$saved"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

fail() {
  printf 'secrets-init.sh: %s\n' "$1" >&2
  exit 1
}

# put NAME: a file is there as a whole or not at all. Containers read it as other users, and nobody
# else enters the folder.
put() {
  chmod 444 "$secrets/.new"
  mv -f "$secrets/.new" "$secrets/$1"
}
"#;

const RANDOM: &str = r#"
# random NAME: 32 random bytes, in hexadecimal digits.
random() {
  if [ -e "$secrets/$1" ]; then return; fi
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$secrets/.new"
  [ "$(wc -c <"$secrets/.new")" -eq 64 ] || fail "/dev/urandom gave too few bytes"
  put "$1"
}
"#;

const LETTERS: &str = r#"
# letters NAME LENGTH ALPHABET: random letters; signs in the alphabet are octal numbers.
letters() {
  if [ -e "$secrets/$1" ]; then return; fi
  LC_ALL=C tr -dc "$3" </dev/urandom | head -c "$2" >"$secrets/.new"
  [ "$(wc -c <"$secrets/.new")" -eq "$2" ] || fail "/dev/urandom gave too few letters"
  put "$1"
}
"#;

const ASK: &str = r#"
# ask NAME WHAT [optional]: who runs this knows the value.
ask() {
  if [ -e "$secrets/$1" ]; then return; fi
  if [ ! -t 0 ]; then
    if [ "${3-}" = optional ]; then return; fi
    fail "$PWD/$secrets/$1 is missing: write $2 into it, or run this in a terminal"
  fi
  printf '%s%s: ' "$2" "${3:+ (nothing to leave it out)}" >&2
  saved=$(stty -g)
  stty -echo
  IFS= read -r value || value=''
  stty "$saved"
  saved=''
  echo >&2
  if [ -z "$value" ]; then
    if [ "${3-}" = optional ]; then return; fi
    fail "nothing was given for $2"
  fi
  printf '%s' "$value" >"$secrets/.new"
  put "$1"
}
"#;

const COMMAND: &str = r#"
# by_command SERVICE IMAGE KEY=NAME… COMMAND…: what a command writes in an empty folder, in an image.
# SERVICE is empty where its image is not built here.
by_command() {
  service=$1 image=$2 pairs=$3
  shift 3
  there=0 missing=0
  for pair in $pairs; do
    if [ -e "$secrets/${pair#*=}" ]; then there=1; else missing=1; fi
  done
  if [ "$missing" -eq 0 ]; then return; fi
  [ "$there" -eq 0 ] || fail "of $pairs some are there and some are not: they are made together, so remove all"
  if [ -n "$service" ]; then docker compose build --quiet "$service"; fi
  work=$(mktemp -d)
  program=$1
  shift
  docker run --rm --network none --read-only --cap-drop ALL --user "$(id -u):$(id -g)" \
    --volume "$work:/make" --workdir /make --entrypoint "$program" "$image" "$@" ||
    fail "$program did not make $pairs"
  for pair in $pairs; do
    [ -s "$work/${pair%%=*}" ] || fail "$program wrote no file ${pair%%=*}"
  done
  for pair in $pairs; do
    cat "$work/${pair%%=*}" >"$secrets/.new"
    put "${pair#*=}"
  done
  rm -rf "$work"
  work=''
}
"#;

const LINE: &str = r#"
# line NAME: a value for a line of variables, which has to be one line itself.
line() {
  value=$(cat "$secrets/$1" && echo .)
  value=${value%.}
  value=${value%
}
  case $value in
  *'
'*) fail "$secrets/$1 has several lines, and a variable has one: let the service read the file" ;;
  esac
  printf '%s' "$value"
}
"#;
