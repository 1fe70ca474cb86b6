//! `iac explain`

use super::project::{Failure, known, loaded, print_findings};
use super::{Format, Outcome, print, print_json};
use camino::Utf8PathBuf;
use iac::explain::{explain, parse_path};
use iac::report::explanation;

/// Where does a value come from? The layers that say it, in order
#[derive(clap::Args)]
#[command(after_help = "Examples:
  iac explain prod iot-verification services.api-gateway.replicas.max
  iac explain prod iot-verification services.api-gateway.env.DATABASE_HOST
  iac explain prod iot-verification              every value that a layer says

Keys that hold a dot are quoted: services.web.files.\"/etc/app.toml\".from")]
pub(super) struct Explain {
    /// The environment
    environment: String,
    /// The system
    system: String,
    /// Keys from the system down; everything unless said
    path: Option<String>,
    /// What is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Explain {
    pub(super) fn run(self, root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let (_, project, _) = loaded(root)?;
        let environments = project.environments.keys().map(String::as_str);
        known("environment", &self.environment, environments)?;
        known("system", &self.system, project.systems.keys().map(String::as_str))?;
        let path = self.path.as_deref().map(parse_path);
        match explain(&project, &self.environment, &self.system, path.as_deref()) {
            Ok(found) => match self.format {
                Format::Json => print_json(&explanation::json(&found, &project.sources))?,
                Format::Text => print(&explanation::text(&found, &project.sources))?,
            },
            Err(finding) => {
                print_findings(&[finding], &project);
                return Err(Failure::Input);
            }
        }
        Ok(Outcome::Fine)
    }
}
