/** `afterimage keys create`: the same limits as `POST /keys`, as flags. */
import type { Command } from 'commander'
import { newToken, toApiKey } from '../app/api-keys.ts'
import { isAfterimageError, AfterimageError } from '../core/errors.ts'
import type { StateStore } from '../core/ports.ts'
import { type ParsedKey, parseNewKey } from '../wire/parse-key.ts'
import type { StateOptions } from './state-place.ts'

export type CreateKeyOptions = StateOptions & {
  account: string
  name?: string
  scopes?: string
  expires?: string
  models?: string
  concurrency?: string
  rpm?: string
  budget?: string
  maxCost?: string
  store: boolean
  onUnsupported?: string
}

/** Flag of each member, so that a fault names what was typed. */
const FLAGS: Readonly<Record<string, string>> = {
  account: '--account',
  name: '--name',
  scopes: '--scopes',
  expires_at: '--expires',
  models: '--models',
  concurrency: '--concurrency',
  requests_per_minute: '--rpm',
  monthly_budget_usd: '--budget',
  max_cost_usd: '--max-cost',
  on_unsupported: '--on-unsupported',
}

export function addLimitFlags(command: Command): Command {
  return command
    .option('--name <name>', 'name of the key, for people')
    .option('--scopes <list>', 'read, generate or admin, separated by commas (default: generate)')
    .option('--expires <time>', 'when it ends, like 2030-01-31')
    .option('--models <list>', 'models that it may use, like google/*,afterimage/edit')
    .option('--concurrency <jobs>', 'jobs of it that run at once; further ones wait')
    .option('--rpm <requests>', 'requests per minute')
    .option('--budget <usd>', 'what its upstream calls may cost in a calendar month')
    .option('--max-cost <usd>', 'what one request may cost')
    .option('--on-unsupported <word>', 'fields that an engine lacks: warn, emulate or error')
    .option('--no-store', 'keep results for an hour, and inputs no longer than the job')
}

/** Prints the token, the one time that it is known. @throws AfterimageError `invalid_request` that names the flags */
export async function createKey(
  state: StateStore,
  name: string | undefined,
  options: CreateKeyOptions,
): Promise<void> {
  const wanted = readFlags({ ...options, name: options.name ?? name })
  const token = newToken()
  const key = toApiKey(token, { accountId: options.account, ...wanted, now: Date.now() })
  await state.createKey(key)
  console.log(`${token}\n\nKey ${key.id} of the account ${key.accountId}. It is not shown again.`)
}

function readFlags({
  name,
  ...flags
}: Omit<CreateKeyOptions, 'name'> & { name: string | undefined }): ParsedKey {
  try {
    return parseNewKey(
      {
        account: flags.account,
        name,
        scopes: split(flags.scopes),
        expires_at: flags.expires,
        models: split(flags.models),
        concurrency: toNumber(flags.concurrency),
        requests_per_minute: toNumber(flags.rpm),
        monthly_budget_usd: flags.budget,
        max_cost_usd: flags.maxCost,
        no_store: !flags.store,
        on_unsupported: flags.onUnsupported,
      },
      Date.now(),
    )
  } catch (error) {
    if (!isAfterimageError(error)) throw error
    const lines = error.issues.map(({ path, message }) => `${FLAGS[path] ?? path}: ${message}`)
    throw new AfterimageError('invalid_request', `${lines.join('; ')}.`, { cause: error })
  }
}

function split(text: string | undefined): string[] | undefined {
  return text?.split(',').map((part) => part.trim())
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
