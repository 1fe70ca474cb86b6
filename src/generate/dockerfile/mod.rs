//! Dockerfiles: one for each recipe, with what its builder must not be sent. They are texts made of
//! templates; what is in them is decided in `resolve`.

mod facts;

use crate::fileset::FileSet;
use crate::finding::Finding;
use crate::load::{Project, Template};
use crate::model::Recipe;
use crate::resolve::Texts;
use camino::Utf8PathBuf;

/// The text of a Dockerfile, and of the file beside it that says what is not sent to its builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// The Dockerfile.
    pub text: String,
    /// Its `.dockerignore`.
    pub ignore: String,
}

/// The folder of a recipe's files, below out/.
#[must_use]
pub fn folder(recipe: &Recipe) -> Utf8PathBuf {
    format!("shared/{}/docker/{}", recipe.system, recipe.service).into()
}

/// The files of all recipes.
#[must_use]
pub fn files(project: &Project, recipes: &[&Recipe]) -> (FileSet, Vec<Finding>) {
    let mut files = FileSet::default();
    let mut findings = Vec::new();
    let writer = Writer::new(project);
    for recipe in recipes {
        match writer.dockerfile(recipe) {
            Ok(Dockerfile { text, ignore }) => {
                let folder = folder(recipe);
                files.add(folder.join("Dockerfile"), text);
                files.add(folder.join("Dockerfile.dockerignore"), ignore);
            }
            // Several services may be made by one template at fault.
            Err(finding) => findings.extend(
                finding.map(|it| *it).filter(|it| !findings.iter().any(|other| other == it)),
            ),
        }
    }
    (files, findings)
}

/// A fault of a template; nothing if it was told before.
type Fault = Option<Box<Finding>>;

/// Makes Dockerfiles of templates.
pub struct Writer<'a> {
    project: &'a Project,
    texts: Texts,
}

impl<'a> Writer<'a> {
    /// For the templates of a project.
    #[must_use]
    pub fn new(project: &'a Project) -> Self {
        Self { project, texts: Texts::new() }
    }

    /// The Dockerfile of a recipe.
    ///
    /// # Errors
    /// If a template cannot be read or names what is not known.
    pub fn dockerfile(&self, recipe: &Recipe) -> Result<Dockerfile, Fault> {
        let mut facts = facts::facts(self.project, recipe);
        let ignore = self.render("dockerfile/dockerignore.j2", &facts)?;
        let closing = self.render("dockerfile/closing.j2", &facts)?;
        facts.set("closing", closing.trim_end());
        let text = self.render(&recipe.made_by.template(), &facts)?;
        Ok(Dockerfile { text: ended(&text), ignore: ended(&ignore) })
    }

    fn render(&self, name: &str, facts: &crate::resolve::Facts) -> Result<String, Fault> {
        // One that could not be read was told when the project was loaded.
        let Some(Template { text, place, .. }) = self.project.templates.get(name) else {
            return Err(None);
        };
        let evaluated = self.texts.evaluate(text, facts, *place);
        evaluated.map(|evaluated| evaluated.text).map_err(|fault| fault.map(Box::new))
    }
}

/// A text that ends with one line end.
fn ended(text: &str) -> String {
    format!("{}\n", text.trim_end())
}
