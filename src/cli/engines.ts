/** `afterimage engines`: works beside running servers, which take over new and removed keys within seconds. */
import type { Command } from 'commander'
import { engineOrderOf } from '../app/engine-order.ts'
import { openEngineKeys } from '../app/engine-keys.ts'
import { engineViews } from '../app/engine-views.ts'
import { createHome } from '../app/home.ts'
import { createCatalogue } from '../catalogue/index.ts'
import type { Config } from '../config.ts'
import { isUpstreamId, UPSTREAMS } from '../config-upstreams.ts'
import { closeNames } from '../core/close-names.ts'
import type { EngineView } from '../core/engine-view.ts'
import { AfterimageError } from '../core/errors.ts'
import type { StateStore } from '../core/ports.ts'
import { checkEngineKey } from '../wire/parse-engine-key.ts'
import { readSecret } from './read-secret.ts'
import { addStateFlags, type StateOptions, withStore } from './state-place.ts'

export function addEnginesCommand(program: Command): void {
  const engines = program.command('engines').description('what makes the images, and the keys of vendors')
  addStateFlags(
    engines.command('list').description('every engine: whether it is ready, and what to set'),
  ).action((options: StateOptions) => withStore(options, list))
  addStateFlags(
    engines.command('set <engine>').description('enter a key; it is read from standard input or asked for'),
  ).action((id: string, options: StateOptions) => set(assertVendor(id), options))
  addStateFlags(
    engines.command('unset <engine>').description('remove an entered key; one of the settings counts again'),
  ).action((id: string, options: StateOptions) => unset(assertVendor(id), options))
}

async function list(state: StateStore, config: Config): Promise<void> {
  const engineKeys = await openEngineKeys(config, state)
  const home = createHome(config.home, {
    clock: { now: Date.now },
    onUnusable: ({ file, reason }) => console.error(`afterimage: ${file} cannot be a model: ${reason}`),
  })
  const catalogue = createCatalogue(home.models, engineOrderOf(config))
  for (const view of engineViews({ config, catalogue, engineKeys })) console.log(describe(view))
}

function describe({ id, isReady, reason, key, models }: EngineView): string {
  const count = `${models.length} ${models.length === 1 ? 'model' : 'models'}`
  const words = isReady
    ? ['ready', count, describeKey(key), reason ?? '']
    : ['not ready', count, reason ?? '']
  return [id.padEnd(18), ...words].filter((word) => word !== '').join('  ')
}

function describeKey(key: EngineView['key']): string {
  if (key === null) return ''
  const ending = key.ending === null ? 'key' : `key …${key.ending}`
  const origin = { entered: 'entered', environment: 'from the environment', file: 'from a file' }[key.source]
  const since = key.enteredAt === null ? '' : ` ${new Date(key.enteredAt).toISOString()}`
  return `${ending} ${origin}${since}`
}

async function set(id: string, options: StateOptions): Promise<void> {
  const secret = checkEngineKey(await readSecret(`Key of ${id}: `))
  await withStore(options, async (state, config) => {
    await (await openEngineKeys(config, state)).enter(id, secret)
  })
  console.log(`The key of ${id} is entered; running servers use it within seconds.`)
}

async function unset(id: string, options: StateOptions): Promise<void> {
  await withStore(options, async (state, config) => {
    if (!(await (await openEngineKeys(config, state)).remove(id)))
      throw new AfterimageError('not_found', `No key was entered for ${id}; see "engines list".`)
  })
  console.log(`The entered key of ${id} is removed.`)
}

/** Before a key is asked for. @throws AfterimageError `not_found` */
function assertVendor(id: string): string {
  if (isUpstreamId(id)) return id
  const known = UPSTREAMS.map((upstream) => upstream.id)
  const [close] = closeNames(id, known, 1)
  const hint = close === undefined ? `engines with a key: ${known.join(', ')}` : `did you mean ${close}?`
  throw new AfterimageError('not_found', `There is no engine "${id.slice(0, 60)}" with a key; ${hint}`)
}
