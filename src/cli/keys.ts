/** `afterimage keys`: works beside a running server, which sees new and revoked keys at once. */
import type { Command } from 'commander'
import { DEFAULT_ACCOUNT } from '../app/api-keys.ts'
import { AfterimageError } from '../core/errors.ts'
import type { ApiKey, StateStore } from '../core/ports.ts'
import { createSqliteStateStore } from '../state/sqlite.ts'
import { stateFile } from '../app/state-file.ts'
import type { Config } from '../config.ts'
import { addLimitFlags, createKey, type CreateKeyOptions } from './key-create.ts'
import { rotateSecret, showSecrets } from './key-secrets.ts'
import { addDataFlag, readSettings } from './settings.ts'

type KeyOptions = { dataDir?: string; account: string }

export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('create, list and revoke API keys')
  addLimitFlags(addKeyCommand(keys, 'create [name]', 'create a key and print it, once')).action(
    (name: string | undefined, options: CreateKeyOptions) =>
      withState(options, (state) => createKey(state, name, options)),
  )
  addKeyCommand(keys, 'list', 'list the keys of an account').action((options: KeyOptions) =>
    withState(options, (state) => list(state, options)),
  )
  addKeyCommand(keys, 'revoke <id>', 'revoke a key for good').action((id: string, options: KeyOptions) =>
    withState(options, (state) => revoke(state, id, options)),
  )
  addKeyCommand(keys, 'secret <id>', 'show what signs the webhooks of a key').action(
    (id: string, options: KeyOptions) =>
      withState(options, (state, config) => showSecrets(state, { id, account: options.account, config })),
  )
  addKeyCommand(keys, 'rotate-secret <id>', 'replace it; the one before stays valid for a day').action(
    (id: string, options: KeyOptions) =>
      withState(options, (state, config) => rotateSecret(state, { id, account: options.account, config })),
  )
}

function addKeyCommand(keys: Command, usage: string, description: string): Command {
  return addDataFlag(keys.command(usage).description(description)).option(
    '--account <name>',
    'account of the key',
    DEFAULT_ACCOUNT,
  )
}

async function withState(
  options: KeyOptions,
  use: (state: StateStore, config: Config) => Promise<void>,
): Promise<void> {
  const config = readSettings({ dataDirectory: options.dataDir })
  const state = createSqliteStateStore({ file: stateFile(config.dataDirectory), clock: { now: Date.now } })
  try {
    await use(state, config)
  } finally {
    await state.close()
  }
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
