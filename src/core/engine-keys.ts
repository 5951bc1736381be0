/** The keys of engines elsewhere: those that an admin enters, encrypted at rest, before those of the settings. */
import { isAfterimageError } from './errors.ts'
import { createSecretBox } from './secret-box.ts'

/** A row of the state. `updatedAt` in milliseconds. */
export type SealedEngineKey = { engine: string; sealed: string; updatedAt: number }

/** Entered keys, one for each engine. */
export type EngineKeyStore = {
  list: () => Promise<readonly SealedEngineKey[]>
  /** In place of an earlier one. */
  put: (engine: string, sealed: string) => Promise<void>
  /** False when there is none. */
  remove: (engine: string) => Promise<boolean>
}

/** A key of the settings at this moment. `fault`: why a key that is set up is not there. */
export type ConfiguredKey =
  | { source: 'environment' | 'file'; secret: string }
  | { source: null; secret: null; fault: string | null }

/** A key travels in a header, so it has visible ASCII characters only. */
export const KEY_CHARACTERS = /^[\x21-\x7e]+$/u

export type EngineKey = {
  source: 'entered' | 'environment' | 'file'
  secret: string
  /** When it was entered, in milliseconds; null for one of the settings. */
  enteredAt: number | null
}

export type EngineKeys = {
  /** As this process knows it now. An entered key wins over one of the settings. */
  find: (engine: string) => EngineKey | null
  /** Why a key that somebody set up cannot be used; null when there is nothing to say. */
  faultOf: (engine: string) => string | null
  /** Takes over what other processes entered. @throws AfterimageError when the state cannot be read */
  refresh: () => Promise<void>
  /** Good at once in this process. @throws AfterimageError `unavailable` without a key to encrypt with */
  enter: (engine: string, secret: string) => Promise<void>
  /** The key of the settings counts again. False when none was entered. */
  remove: (engine: string) => Promise<boolean>
}

export type EngineKeysDeps = {
  store: EngineKeyStore
  /** Text of at least 32 random characters; read when there is something to encrypt or decrypt. */
  masterKey: () => Promise<string>
  configured: (engine: string) => ConfiguredKey
  /** An entered key that cannot be decrypted; told once for each key and fault. */
  onFault?: (engine: string, fault: string) => void
}

type Entered = SealedEngineKey & ({ secret: string; fault: null } | { secret: null; fault: string })

/** Nothing is known before the first `refresh`. */
export function createEngineKeys({ store, masterKey, configured, onFault }: EngineKeysDeps): EngineKeys {
  let entered: ReadonlyMap<string, Entered> = new Map()
  let last: Promise<void> = Promise.resolve()
  const load = async (): Promise<void> => {
    const rows = await store.list()
    const opened = await Promise.all(rows.map((row) => openRow(row, entered.get(row.engine), masterKey)))
    const known = entered
    entered = new Map(opened.map((row) => [row.engine, row]))
    for (const { engine, sealed, fault } of opened) {
      const before = known.get(engine)
      if (fault !== null && (before?.sealed !== sealed || before.fault !== fault)) onFault?.(engine, fault)
    }
  }
  // One after another: a look that began before a change must not end after it.
  const refresh = (): Promise<void> => (last = last.then(load, load))
  return {
    find: (engine) => {
      const own = entered.get(engine)
      if (own !== undefined && own.secret !== null)
        return { source: 'entered', secret: own.secret, enteredAt: own.updatedAt }
      const { source, secret } = configured(engine)
      return source === null ? null : { source, secret, enteredAt: null }
    },
    faultOf: (engine) => {
      const fault = entered.get(engine)?.fault ?? null
      const setting = configured(engine)
      return fault ?? (setting.source === null ? setting.fault : null)
    },
    refresh,
    enter: async (engine, secret) => {
      const { seal } = createSecretBox(await masterKey(), 'engine keys')
      await store.put(engine, seal(secret, engine))
      await refresh()
    },
    remove: async (engine) => {
      const isRemoved = await store.remove(engine)
      await refresh()
      return isRemoved
    },
  }
}

/** A row that cannot be opened is no key, and does not keep the others from being used. */
async function openRow(
  row: SealedEngineKey,
  known: Entered | undefined,
  masterKey: () => Promise<string>,
): Promise<Entered> {
  if (known?.sealed === row.sealed && known.fault === null) return { ...known, updatedAt: row.updatedAt }
  try {
    const { open } = createSecretBox(await masterKey(), 'engine keys')
    return { ...row, secret: open(row.sealed, row.engine), fault: null }
  } catch (error) {
    if (isAfterimageError(error)) return { ...row, secret: null, fault: error.message.replace(/\.$/u, '') }
    throw error
  }
}
