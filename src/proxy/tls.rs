//! TLS on both legs, by rustls.

use super::io::Stream;
use crate::config::{ListenerTls, TlsMode, Upstream};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// The protocol's name in ALPN: <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL>.
pub(super) const ALPN: &[u8] = b"postgresql";

/// TLS material that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM file could not be read.
    #[error("{file}: {error}")]
    Pem {
        /// The file.
        file: String,
        /// Why not.
        error: rustls::pki_types::pem::Error,
    },
    /// A file holds no certificate.
    #[error("{0}: no certificate in it")]
    Empty(String),
    /// Certificates and key do not work together, or a verifier cannot be made of them.
    #[error("TLS: {0}")]
    Rustls(#[from] rustls::Error),
    /// No verifier can be made of the authorities.
    #[error("TLS: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// TLS towards clients.
#[derive(Clone)]
pub(super) struct ClientSide {
    pub(super) acceptor: TlsAcceptor,
    /// Whether clients without TLS are refused.
    pub(super) require: bool,
    /// The certificate clients are shown.
    certificate: CertificateDer<'static>,
}

impl std::fmt::Debug for ClientSide {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSide").field("require", &self.require).finish_non_exhaustive()
    }
}

impl ClientSide {
    /// Reads certificate, key and authorities.
    pub(super) fn load(settings: &ListenerTls) -> Result<Self, TlsError> {
        let chain = certificates(&settings.cert)?;
        let key = PrivateKeyDer::from_pem_file(&settings.key).map_err(|error| pem(&settings.key, error))?;
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let builder = match &settings.client_ca {
            Some(ca) => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots(Some(ca))?), provider()).build()?;
                builder.with_client_cert_verifier(verifier)
            }
            None => builder.with_no_client_auth(),
        };
        let certificate = chain.first().cloned().ok_or_else(|| TlsError::Empty(settings.cert.display().to_string()))?;
        let mut config = builder.with_single_cert(chain, key)?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), require: settings.require, certificate })
    }

    /// Whether the upstream shows the very certificate our clients are shown. SCRAM's channel binding is made of the
    /// certificate alone (`tls-server-end-point`, RFC 5929), so it then holds from end to end and may pass through.
    pub(super) fn same_certificate(&self, upstream: &Stream) -> bool {
        let Stream::TlsClient(stream) = upstream else { return false };
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        shown == Some(&self.certificate)
    }
}

/// TLS towards an upstream; `None` where it is disabled.
pub(super) fn upstream_side(upstream: &Upstream) -> Result<Option<TlsConnector>, TlsError> {
    let builder = || ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let verified = |names: bool| -> Result<ClientConfig, TlsError> {
        let roots = Arc::new(roots(upstream.tls_ca.as_deref())?);
        let webpki = WebPkiServerVerifier::builder_with_provider(roots, provider()).build()?;
        let verifier: Arc<dyn ServerCertVerifier> = if names { webpki } else { Arc::new(AnyName(webpki)) };
        Ok(builder()?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    };
    let mut config = match upstream.tls {
        TlsMode::Disable => return Ok(None),
        TlsMode::AsClient | TlsMode::Prefer | TlsMode::Require => {
            builder()?.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(provider()))).with_no_client_auth()
        }
        TlsMode::VerifyCa => verified(false)?,
        TlsMode::VerifyFull => verified(true)?,
    };
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(Some(TlsConnector::from(Arc::new(config))))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).map_err(|error| pem(file, error))?.collect();
    let all = all.map_err(|error| pem(file, error))?;
    if all.is_empty() { Err(TlsError::Empty(file.display().to_string())) } else { Ok(all) }
}

fn roots(file: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in certificates(file)? {
                store.add(certificate)?;
            }
        }
        None => {
            // A broken certificate among the system's is the system's business; without any, verifying fails.
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(store)
}

fn pem(file: &Path, error: rustls::pki_types::pem::Error) -> TlsError {
    TlsError::Pem { file: file.display().to_string(), error }
}

/// `verify-ca`: the chain is checked, the name is not.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // The verifier looks at the name last, so this error means that everything else holds.
        match self.0.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// `prefer` and `require`: encryption without knowing whom to, as libpq means them.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
