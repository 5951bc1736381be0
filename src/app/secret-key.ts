import type { Config } from '../config.ts'
import { loadSecretKey } from '../webhooks/secret-key.ts'

/**
 * What encrypts the webhook secrets: the setting, else the file in the data folder, which is made when missing.
 * @throws AfterimageError `unavailable` when the file cannot be read or made
 */
export function secretKeyOf({
  secretKey,
  dataDirectory,
}: Pick<Config, 'secretKey' | 'dataDirectory'>): Promise<string> {
  return secretKey === null ? loadSecretKey(dataDirectory) : Promise.resolve(secretKey)
}
