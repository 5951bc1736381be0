/**
 * Ids that we made are others at each run, so a recording holds a word in their place; ids that an upstream made come
 * out of the recording itself, and stay.
 */
import { randomUUID } from 'node:crypto'

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/giu
const PLACEHOLDER = /\{(id|id2|other)\}/gu

export type OwnIds = {
  /** Puts the words in place. `found` are our ids, in order of appearance. */
  hide: (text: string) => { text: string; found: readonly string[] }
  /** From now on the id is known by the request that it was sent with, so that two jobs are not taken for one. */
  bind: (found: readonly string[], hash: string) => void
  /** The same for an answer to a request with these ids; others in it are the upstream's. */
  hideInAnswer: (text: string, found: readonly string[]) => string
  /** Puts ids in the place of words. @param found those of the request that is answered */
  show: (text: string, found: readonly string[]) => string
  /** Ids in an answer that was recorded are the upstream's. */
  learn: (answer: string) => void
}

export function createOwnIds(): OwnIds {
  /** Our ids with the word that stands for each in a request. */
  const own = new Map<string, string>()
  const upstreams = new Set<string>()
  let latest: string | undefined
  const learn = (answer: string): void => {
    for (const id of answer.match(UUID) ?? []) if (!own.has(id)) upstreams.add(id)
  }
  return {
    hide: (text) => {
      const found: string[] = []
      const hidden = text.replaceAll(UUID, (id) => {
        if (upstreams.has(id)) return id
        if (!found.includes(id)) found.push(id)
        latest = id
        if (!own.has(id)) own.set(id, 'id')
        return `{${own.get(id) ?? 'id'}}`
      })
      return { text: hidden, found }
    },
    bind: (found, hash) => {
      for (const id of found) own.set(id, `id-${hash.slice(0, 8)}`)
    },
    hideInAnswer: (text, found) => {
      learn(text)
      return text.replaceAll(UUID, (id) => {
        if (!own.has(id)) return id
        if (id === found[1]) return '{id2}'
        return id === found[0] || found.length === 0 ? '{id}' : '{other}'
      })
    },
    show: (text, found) =>
      text.replaceAll(PLACEHOLDER, (_whole, word) => {
        if (word === 'other') return randomUUID()
        return (word === 'id2' ? found[1] : (found[0] ?? latest)) ?? randomUUID()
      }),
    learn,
  }
}
