/** `afterimage keys secret | rotate-secret`: what signs the webhooks of a key, for the operator. */
import { secretKeyOf } from '../app/secret-key.ts'
import type { Config } from '../config.ts'
import { AfterimageError } from '../core/errors.ts'
import type { StateStore } from '../core/ports.ts'
import type { WebhookSecrets } from '../core/webhook-secrets.ts'
import { createWebhookSecrets } from '../core/webhook-secrets.ts'

export type KeyOfAccount = { id: string; account: string; config: Config }

/** Prints the newest secret of a key and, after a rotation, the one before it. */
export async function showSecrets(state: StateStore, key: KeyOfAccount): Promise<void> {
  const secrets = await open(state, key)
  for (const { secret, expiresAt } of await secrets.list(key.id))
    console.log(expiresAt === null ? secret : `${secret}  until ${new Date(expiresAt).toISOString()}`)
}

/** Makes a new secret and prints both. */
export async function rotateSecret(state: StateStore, key: KeyOfAccount): Promise<void> {
  const secrets = await open(state, key)
  await secrets.rotate(key.id)
  await showSecrets(state, key)
}

async function open(state: StateStore, { id, account, config }: KeyOfAccount): Promise<WebhookSecrets> {
  const keys = await state.listKeys(account)
  if (!keys.some((key) => key.id === id))
    throw new AfterimageError('not_found', `The account ${account} has no key ${id}; see "keys list".`)
  return createWebhookSecrets({ deliveries: state.deliveries, masterKey: () => secretKeyOf(config) })
}
