import type { Config } from '../config.ts'
import type { Clock } from '../core/ports.ts'
import { createFileSigner, type FileSigner } from '../core/signed-files.ts'
import { loadSecretKey } from '../webhooks/secret-key.ts'

/**
 * What encrypts the webhook secrets and signs addresses of files: the setting, else the file in the data folder, which
 * is made when missing.
 * @throws AfterimageError `unavailable` when the file cannot be read or made
 */
export function secretKeyOf({
  secretKey,
  dataDirectory,
}: Pick<Config, 'secretKey' | 'dataDirectory'>): Promise<string> {
  return secretKey === null ? loadSecretKey(dataDirectory) : Promise.resolve(secretKey)
}

/** Null where files are public to whoever knows their id. @throws AfterimageError as `secretKeyOf` */
export async function fileSignerOf({
  config,
  clock,
}: {
  config: Config
  clock: Clock
}): Promise<FileSigner | null> {
  if (!config.areFileUrlsSigned) return null
  return createFileSigner({
    masterKey: await secretKeyOf(config),
    clock,
    validSeconds: config.signedUrlSeconds,
  })
}
