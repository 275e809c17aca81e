//! The object store, where the bytes of filed messages may be kept: S3-compatible, or a
//! folder. Each object begins with the SHA-256 of what follows, so that one that was damaged
//! or put there by somebody else is told from what was written.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use sha2::{Digest, Sha256};

use crate::config::settings::{ObjectPlace, Storage};
use crate::random;

/// One request, with all tries, may take so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// One try may take so long.
const ONE_TRY: Duration = Duration::from_secs(4);
/// The largest object that is read, in octets.
const LARGEST: u64 = 256 << 20;

/// The object store of an installation, or none.
#[derive(Clone, Default)]
pub struct Objects(Option<Arc<Store>>);

struct Store {
    objects: Box<dyn ObjectStore>,
    /// Where it is, for people.
    shown: String,
}

/// Why an object cannot be had. The text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It may be back soon.
    #[error("the object store {0} does not answer ({1}); it is tried again")]
    Away(String, String),
    /// It is not there.
    #[error("there is no object {1} in {0}; bring the bucket or folder back from a backup")]
    Absent(String, String),
    /// It is not what was written.
    #[error("the object {1} in {0} is damaged; bring it back from a backup")]
    Damaged(String, String),
    /// The bytes are in an object store, and the configuration names none.
    #[error("it is kept in an object store; name that again in [storage] url")]
    Unnamed,
    /// The configuration cannot be used.
    #[error("the object store of [storage] cannot be used: {0}")]
    Refused(String),
}

impl Trouble {
    /// Whether waiting may help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Trouble::Away(..))
    }
}

/// A name that no object has had: it says nothing about what is in it.
pub fn new_name() -> String {
    let hex: String = random::bytes::<16>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}/{}", &hex[..2], &hex[2..])
}

impl Objects {
    /// Opens what the configuration names; nothing is asked yet.
    ///
    /// # Errors
    /// [`Trouble::Refused`].
    pub fn open(storage: Option<&Storage>) -> Result<Objects, Trouble> {
        let Some(storage) = storage else {
            return Ok(Objects(None));
        };
        let refused = |error: &dyn std::fmt::Display| Trouble::Refused(error.to_string());
        let objects: Box<dyn ObjectStore> = match &storage.place {
            ObjectPlace::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| refused(&error))?;
                let store = LocalFileSystem::new_with_prefix(folder);
                Box::new(store.map_err(|error| refused(&error))?.with_fsync(true))
            }
            ObjectPlace::S3(_) => s3(storage)?,
        };
        let shown = storage.place.to_string();
        Ok(Objects(Some(Arc::new(Store { objects, shown }))))
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// What is in an object.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        let store = self.store()?;
        let read = async {
            let found = store.objects.get(&Path::from(name)).await?;
            if found.meta.size > LARGEST {
                return Ok(None);
            }
            found.bytes().await.map(Some)
        };
        let bytes = store.in_time(name, read).await?;
        let damaged = || Trouble::Damaged(store.shown.clone(), name.to_owned());
        let bytes = bytes.ok_or_else(damaged)?;
        let (hash, content) = bytes.split_first_chunk::<32>().ok_or_else(damaged)?;
        match Sha256::digest(content).as_slice() == hash.as_slice() {
            true => Ok(content.to_vec()),
            false => Err(damaged()),
        }
    }

    /// Writes an object, and reads it again.
    ///
    /// # Errors
    /// [`Trouble`]; it may be there all the same.
    pub async fn put(&self, name: &str, content: &[u8]) -> Result<(), Trouble> {
        let store = self.store()?;
        let mut bytes = Sha256::digest(content).to_vec();
        bytes.extend_from_slice(content);
        let path = Path::from(name);
        let written = store.objects.put(&path, bytes.into());
        store.in_time(name, written).await?;
        match self.get(name).await? == content {
            true => Ok(()),
            false => Err(Trouble::Damaged(store.shown.clone(), name.to_owned())),
        }
    }

    /// Deletes an object, also where there is none.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn delete(&self, name: &str) -> Result<(), Trouble> {
        let store = self.store()?;
        let path = Path::from(name);
        match store.in_time(name, store.objects.delete(&path)).await {
            Err(Trouble::Absent(..)) => Ok(()),
            other => other,
        }
    }

    /// Writes, reads and deletes an object: for `check` and `doctor`.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn probe(&self) -> Result<(), Trouble> {
        let name = format!("probe/{}", new_name());
        let written = self.put(&name, b"folkmoot").await;
        let deleted = self.delete(&name).await;
        written.and(deleted)
    }

    fn store(&self) -> Result<&Store, Trouble> {
        self.0.as_deref().ok_or(Trouble::Unnamed)
    }
}

impl Store {
    async fn in_time<T>(
        &self,
        name: &str,
        work: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, Trouble> {
        let away = |why: String| Trouble::Away(self.shown.clone(), why);
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(object_store::Error::NotFound { .. })) => {
                Err(Trouble::Absent(self.shown.clone(), name.to_owned()))
            }
            Ok(Err(error)) => Err(away(error.to_string())),
            Err(_) => Err(away(format!("nothing in {} s", PATIENCE.as_secs()))),
        }
    }
}

fn s3(storage: &Storage) -> Result<Box<dyn ObjectStore>, Trouble> {
    let ObjectPlace::S3(bucket) = &storage.place else {
        return Err(Trouble::Unnamed);
    };
    let refused = |error: &dyn std::fmt::Display| Trouble::Refused(error.to_string());
    let secret = |file: &std::path::Path| {
        let text = std::fs::read_to_string(file);
        let text = text.map_err(|error| refused(&format!("{}: {error}", file.display())))?;
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    };
    // Several crates that speak TLS are in one process; reqwest wants to be told whose.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let client = ClientOptions::new()
        .with_timeout(ONE_TRY)
        .with_connect_timeout(ONE_TRY)
        .with_allow_http(
            bucket
                .endpoint
                .as_deref()
                .is_some_and(|url| url.starts_with("http://")),
        );
    let retry = RetryConfig {
        max_retries: 2,
        retry_timeout: PATIENCE,
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(secret(&bucket.access_key_file)?)
        .with_secret_access_key(secret(&bucket.secret_key_file)?)
        .with_client_options(client)
        .with_retry(retry);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    let store = builder.build().map_err(|error| refused(&error))?;
    Ok(Box::new(PrefixStore::new(store, bucket.prefix.as_str())))
}
