/** Where the app keeps secrets: under the system's keychain where there is one, else in the key file. */
import { app, safeStorage } from 'electron'
import type { DataFolder } from '../app/settings/folder.ts'
import { KeychainSecrets, lockedAway } from '../app/settings/keychain.ts'
import { KeyFileSecrets } from '../app/settings/keyfile.ts'
import type { Secrets } from '../app/settings/secrets.ts'
import type { Snapshot } from './bridge.ts'

export interface KeptSecrets {
  readonly secrets: Secrets
  readonly kept: Snapshot['app']['secretsKept']
  /** Each a sentence for the person. */
  readonly damages: readonly string[]
}

/** Waits until the app is ready: the keychain can't be asked before. */
export async function openSecrets(folder: DataFolder): Promise<KeptSecrets> {
  const keyFile = await KeyFileSecrets.open(folder.path)
  await app.whenReady()
  if (!hasKeychain()) {
    const damages = [...keyFile.damages, ...(await lockedAway(folder.path, keyFile))]
    return { secrets: keyFile, kept: 'key file', damages }
  }
  const keychain = {
    seal: (text: string) => safeStorage.encryptString(text),
    unseal: (sealed: Buffer) => safeStorage.decryptString(sealed),
  }
  const secrets = await KeychainSecrets.open(folder.path, keychain, keyFile)
  return { secrets, kept: 'keychain', damages: [...keyFile.damages, ...secrets.damages] }
}

/** On Linux without a keyring Electron would take a password that everybody knows. */
function hasKeychain(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'
}
