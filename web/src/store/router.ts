/** Addresses of the page. They live behind `#`, because paths like /models are routes of the API. */
import { useSyncExternalStore } from 'react'

export const PAGES = ['models', 'guides', 'deliveries', 'usage', 'keys', 'reference'] as const
export type Page = (typeof PAGES)[number]
export type Route = { page: 'studio'; jobId: string | null } | { page: Page }

/** `#/job/ID`, `#/models`, …; everything else is the empty stage. */
export function parseRoute(hash: string): Route {
  const [first = '', second] = hash.replace(/^#\/?/u, '').split('/')
  const page = PAGES.find((name) => name === first)
  if (page !== undefined) return { page }
  return { page: 'studio', jobId: first === 'job' && second !== undefined ? second : null }
}

export function addressOf(route: Route): string {
  if (route.page !== 'studio') return `#/${route.page}`
  return route.jobId === null ? '#/' : `#/job/${route.jobId}`
}

export function navigate(route: Route, { isReplaced = false } = {}): void {
  const address = addressOf(route)
  if (isReplaced) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  dispatchEvent(new PopStateEvent('popstate'))
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash)
  return parseRoute(hash)
}

/** The job that the address names. */
export function currentJobId(): string | null {
  const route = parseRoute(location.hash)
  return route.page === 'studio' ? route.jobId : null
}

function listen(onChange: () => void): () => void {
  addEventListener('popstate', onChange)
  addEventListener('hashchange', onChange)
  return () => {
    removeEventListener('popstate', onChange)
    removeEventListener('hashchange', onChange)
  }
}
