/** What a server needs before anybody can use it: a key, and a picture to try it with. */
import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DEFAULT_ACCOUNT, hashToken, newToken, toApiKey } from './api-keys.ts'
import type { Config } from '../config.ts'
import { AfterimageError } from '../core/errors.ts'
import type { Asset, Clock, StateStore } from '../core/ports.ts'
import type { UploadRequest } from '../core/store-asset.ts'

/** `created`: the token is told this once. `given`: from the settings. `existing`: from an earlier start. */
export type Access =
  | { kind: 'created'; token: string; sampleFileId: string }
  | { kind: 'given' }
  | { kind: 'existing' }

export type FirstStartDeps = {
  config: Pick<Config, 'apiKey' | 'host' | 'maxInputBytes'>
  state: Pick<StateStore, 'countKeys' | 'createKey' | 'findKey'>
  uploadAsset: (request: UploadRequest) => Promise<Asset>
  clock: Clock
}

const SAMPLE = fileURLToPath(new URL('../../assets/samples/raccoon.jpg', import.meta.url))
/** Hosts that only this machine reaches. */
export const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/u

/**
 * Makes sure that a key exists. Whoever could reach a server without one would get a key made for somebody else,
 * so only loopback gets one by itself. Answers what is to be done once the server listens: a first key made before
 * would be lost with a start that fails for want of its port, because it is shown only once.
 * @throws AfterimageError `unauthorized` when the host is not loopback and there is no key; `conflict` when the
 *   given key was revoked
 */
export async function prepareAccess(deps: FirstStartDeps): Promise<() => Promise<Access>> {
  const { config, state, clock } = deps
  const now = clock.now()
  if (config.apiKey !== null) {
    await ensureKey(state, config.apiKey, now)
    return async () => ({ kind: 'given' })
  }
  if ((await state.countKeys()) > 0) return async () => ({ kind: 'existing' })
  if (!LOOPBACK.test(config.host))
    throw new AfterimageError(
      'unauthorized',
      `AFTERIMAGE_HOST: "${config.host}" can be reached from other machines, and there is no API key yet. ` +
        'Set AFTERIMAGE_API_KEY or run "afterimage keys create" first.',
    )
  return () => createFirstKey(deps)
}

async function createFirstKey(deps: FirstStartDeps): Promise<Access> {
  const sample = await uploadSample(deps)
  const token = newToken()
  const key = { accountId: DEFAULT_ACCOUNT, name: 'first', scopes: ['admin'], now: deps.clock.now() } as const
  await deps.state.createKey(toApiKey(token, key))
  return { kind: 'created', token, sampleFileId: sample.fileId }
}

async function ensureKey(
  state: Pick<StateStore, 'createKey' | 'findKey'>,
  token: string,
  now: number,
): Promise<void> {
  const isKnown = async (): Promise<boolean> => (await state.findKey(hashToken(token))) !== null
  if (await isKnown()) return
  const key = { accountId: DEFAULT_ACCOUNT, name: 'AFTERIMAGE_API_KEY', scopes: ['admin'], now } as const
  try {
    await state.createKey(toApiKey(token, key))
  } catch (error) {
    // Another process of the same database may have started at the same time, with the same key.
    if (!(await isKnown())) throw error
  }
}

function uploadSample({ uploadAsset, config }: FirstStartDeps): Promise<Asset> {
  return uploadAsset({
    accountId: DEFAULT_ACCOUNT,
    stream: createReadStream(SAMPLE),
    filename: 'raccoon.jpg',
    description: 'A sample to try things with',
    maxBytes: config.maxInputBytes,
  })
}
