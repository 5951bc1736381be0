/** `afterimage keys`: works beside a running server, which sees new and revoked keys at once. */
import type { Command } from 'commander'
import { DEFAULT_ACCOUNT } from '../app/api-keys.ts'
import { AfterimageError } from '../core/errors.ts'
import type { ApiKey, StateStore } from '../core/ports.ts'
import { addLimitFlags, createKey, type CreateKeyOptions } from './key-create.ts'
import { rotateSecret, showSecrets } from './key-secrets.ts'
import { addStateFlags, type StateOptions, withStore } from './state-place.ts'

type KeyOptions = StateOptions & { account: string }

export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('create, list and revoke API keys')
  addLimitFlags(addKeyCommand(keys, 'create [name]', 'create a key and print it, once')).action(
    (name: string | undefined, options: CreateKeyOptions) =>
      withStore(options, (state) => createKey(state, name, options)),
  )
  addKeyCommand(keys, 'list', 'list the keys of an account').action((options: KeyOptions) =>
    withStore(options, (state) => list(state, options)),
  )
  addKeyCommand(keys, 'revoke <id>', 'revoke a key for good').action((id: string, options: KeyOptions) =>
    withStore(options, (state) => revoke(state, id, options)),
  )
  addKeyCommand(keys, 'secret <id>', 'show what signs the webhooks of a key').action(
    (id: string, options: KeyOptions) =>
      withStore(options, (state, config) => showSecrets(state, { id, account: options.account, config })),
  )
  addKeyCommand(keys, 'rotate-secret <id>', 'replace it; the one before stays valid for a day').action(
    (id: string, options: KeyOptions) =>
      withStore(options, (state, config) => rotateSecret(state, { id, account: options.account, config })),
  )
}

function addKeyCommand(keys: Command, usage: string, description: string): Command {
  return addStateFlags(keys.command(usage).description(description)).option(
    '--account <name>',
    'account of the key',
    DEFAULT_ACCOUNT,
  )
}

async function list(state: StateStore, { account }: KeyOptions): Promise<void> {
  const keys = await state.listKeys(account)
  for (const key of keys) console.log(describe(key))
  if (keys.length === 0) console.log(`The account ${account} has no keys.`)
}

function describe({ id, name, createdAt, revokedAt, expiresAt, scopes }: ApiKey): string {
  const date = (at: number): string => new Date(at).toISOString()
  const until = expiresAt === null ? 'active' : `until ${date(expiresAt)}`
  const state = revokedAt === null ? until : `revoked ${date(revokedAt)}`
  return `${id}  ${date(createdAt)}  ${state}  ${scopes.join(',')}  ${name}`
}

async function revoke(state: StateStore, id: string, { account }: KeyOptions): Promise<void> {
  if (!(await state.revokeKey(id, account)))
    throw new AfterimageError('not_found', `The account ${account} has no active key ${id}; see "keys list".`)
  console.log(`Key ${id} is revoked.`)
}
