//! The certificates of a control plane, made anew for each.

use camino::{Utf8Path, Utf8PathBuf};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::fs;

/// Who signs all certificates of a cluster.
pub(super) struct Authority {
    folder: Utf8PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes an authority, whose files are `ca.crt` and `ca.key` in a folder.
    pub(super) fn new(folder: &Utf8Path) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "authority of a test");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages =
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        write(folder, "ca", &certificate.pem(), &key);
        Self { folder: folder.to_owned(), issuer: Issuer::new(parameters, key) }
    }

    /// `NAME.crt` and `NAME.key` of a server that is reached by these names.
    pub(super) fn server(&self, name: &str, hosts: &[&str]) {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let parameters = CertificateParams::new(hosts).unwrap();
        self.sign(name, parameters, name, None, ExtendedKeyUsagePurpose::ServerAuth);
    }

    /// `NAME.crt` and `NAME.key` of a client, who is this user of this group.
    pub(super) fn client(&self, name: &str, user: &str, group: Option<&str>) {
        let parameters = CertificateParams::default();
        self.sign(name, parameters, user, group, ExtendedKeyUsagePurpose::ClientAuth);
    }

    fn sign(
        &self,
        name: &str,
        mut parameters: CertificateParams,
        user: &str,
        group: Option<&str>,
        usage: ExtendedKeyUsagePurpose,
    ) {
        parameters.distinguished_name.push(DnType::CommonName, user);
        if let Some(group) = group {
            parameters.distinguished_name.push(DnType::OrganizationName, group);
        }
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        write(&self.folder, name, &certificate.pem(), &key);
    }
}

/// `NAME.key` and `NAME.pub`, with which tokens of service accounts are signed and checked.
pub(super) fn key_pair(folder: &Utf8Path, name: &str) {
    let key = KeyPair::generate().unwrap();
    fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    fs::write(folder.join(format!("{name}.pub")), key.public_key_pem()).unwrap();
}

fn write(folder: &Utf8Path, name: &str, certificate: &str, key: &KeyPair) {
    fs::write(folder.join(format!("{name}.crt")), certificate).unwrap();
    fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
}
