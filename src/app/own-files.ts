import type { AdmitInputsDeps } from '../core/admit-inputs.ts'
import { AfterimageError } from '../core/errors.ts'
import type { StateStore } from '../core/ports.ts'
import type { BaseUrls } from '../http/base-url.ts'

const FILE_PATH = /\/files\/([0-9a-f]{32})(?:\.[a-z0-9]{1,8})?$/u

/**
 * Recognises our own `/files/{id}` addresses in requests, so that an asset or a result of one job is the input of
 * the next without a detour through the network, which the guard would refuse for loopback.
 * Files are public to whoever knows their id, so the id is all that is asked for.
 * @returns a lookup that throws AfterimageError `input_unreachable` for an own address without a file
 */
export function createFindOwnFile(deps: {
  state: Pick<StateStore, 'getFile'>
  baseUrls: Pick<BaseUrls, 'isOwn'>
}): AdmitInputsDeps['findOwnFile'] {
  return async (text) => {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url === null || !deps.baseUrls.isOwn(url)) return null
    const id = FILE_PATH.exec(url.pathname)?.[1]
    const file = id === undefined ? null : await deps.state.getFile(id)
    if (file !== null) return file
    // Not our file, but perhaps another service on this machine: the guard decides about that.
    if (id === undefined) return null
    throw new AfterimageError(
      'input_unreachable',
      'there is no such file on this server; upload it to /assets',
    )
  }
}
