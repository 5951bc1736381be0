import type { AdmitInputsDeps } from '../core/admit-inputs.ts'
import { AfterimageError } from '../core/errors.ts'
import type { Clock, StateStore } from '../core/ports.ts'
import type { FileSigner } from '../core/signed-files.ts'
import type { BaseUrls } from '../http/base-url.ts'

const FILE_PATH = /\/files\/([0-9a-f]{32})(?:\.[a-z0-9]{1,8})?$/u

/**
 * Recognises our own `/files/{id}` addresses in requests, so that an asset or a result of one job is the input of
 * the next without a detour through the network, which the guard would refuse for loopback.
 * Files are public to whoever knows their id, so the id is all that is asked for. Where addresses are signed, those of
 * other accounts need a good signature; the own account may keep an address for as long as the file is there.
 * @returns a lookup that throws AfterimageError `input_unreachable` for an own address without a file
 */
export function createFindOwnFile(deps: {
  state: Pick<StateStore, 'getFile'>
  clock: Clock
  baseUrls: Pick<BaseUrls, 'isOwn'>
  fileSigner: Pick<FileSigner, 'check'> | null
}): AdmitInputsDeps['findOwnFile'] {
  const isSigned = (id: string, { searchParams }: URL): boolean => {
    const given = { expires: searchParams.get('expires'), signature: searchParams.get('signature') }
    return deps.fileSigner === null || deps.fileSigner.check(id, given).kind === 'valid'
  }
  return async (text, accountId) => {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url === null || !deps.baseUrls.isOwn(url)) return null
    const id = FILE_PATH.exec(url.pathname)?.[1]
    // Not our file, but perhaps another service on this machine: the guard decides about that.
    if (id === undefined) return null
    const found = await deps.state.getFile(id)
    // What has expired is gone, also in the minute before the sweeper comes.
    const file = (found?.expiresAt ?? Infinity) > deps.clock.now() ? found : null
    if (file !== null && (file.accountId === accountId || isSigned(id, url))) return file
    throw new AfterimageError(
      'input_unreachable',
      deps.fileSigner === null
        ? 'there is no such file on this server; upload it to /assets'
        : 'there is no such file on this server, or its address is not signed or has expired; take a fresh one from the job or asset, or upload it to /assets',
    )
  }
}
