/** The address that opens the Studio without typing a key. */
import { DEFAULT_ACCOUNT } from './api-keys.ts'
import { LOOPBACK } from './first-start.ts'
import type { Config } from '../config.ts'
import type { StateStore } from '../core/ports.ts'
import type { Sessions } from '../http/session-store.ts'

export type SignInDeps = {
  config: Pick<Config, 'host'>
  state: Pick<StateStore, 'listKeys'>
  sessions: Pick<Sessions, 'createLink'>
  /** Address of the Studio. */
  url: string
}

/**
 * A link that works once and stands for the oldest usable key of the default account. Whoever reads the terminal
 * could read the data folder too, so on loopback it gives nothing away; elsewhere logs travel further: null.
 */
export async function createSignInUrl({ config, state, sessions, url }: SignInDeps): Promise<string | null> {
  if (!LOOPBACK.test(config.host)) return null
  const keys = await state.listKeys(DEFAULT_ACCOUNT)
  const usable = keys.filter(({ revokedAt }) => revokedAt === null)
  const [key] = usable.sort((a, b) => a.createdAt - b.createdAt)
  if (key === undefined) return null
  return `${url}/?signin=${sessions.createLink({ accountId: key.accountId, keyHash: key.hash })}`
}
