/**
 * What was asked for, by job id, in this browser. The wire tells of a job how it went, not what it was made from;
 * remixing and lineage need both. Holds addresses and words, never keys or pictures.
 */
export type RememberedRequest = {
  model: string
  input: Readonly<Record<string, unknown>>
  prompt: string
  /** The pictures, in order; the first is what the result is compared with. */
  sources: readonly { url: string; name: string; parentJobId: string | null }[]
}

const STORE = 'afterimage.requests'
const MAX_REQUESTS = 500

export function rememberRequest(jobId: string, request: RememberedRequest): void {
  const all = Object.entries(readAll()).slice(-(MAX_REQUESTS - 1))
  write(Object.fromEntries([...all, [jobId, request]]))
}

export function recallRequest(jobId: string | null): RememberedRequest | null {
  return jobId === null ? null : (readAll()[jobId] ?? null)
}

/** Whether this browser has asked for anything, which is known before the server tells of its jobs. */
export function hasRequests(): boolean {
  return Object.keys(readAll()).length > 0
}

export function forgetRequest(jobId: string): void {
  const { [jobId]: _, ...rest } = readAll()
  write(rest)
}

export function forgetAllRequests(): void {
  localStorage.removeItem(STORE)
  cached = null
}

let cached: Readonly<Record<string, RememberedRequest>> | null = null
// Another tab may have written.
addEventListener('storage', ({ key }) => {
  if (key === STORE || key === null) cached = null
})

function readAll(): Readonly<Record<string, RememberedRequest>> {
  if (cached !== null) return cached
  try {
    cached = JSON.parse(localStorage.getItem(STORE) ?? '{}') as Record<string, RememberedRequest>
  } catch {
    cached = {}
  }
  return cached
}

function write(all: Readonly<Record<string, RememberedRequest>>): void {
  cached = all
  try {
    localStorage.setItem(STORE, JSON.stringify(all))
  } catch {
    // Full or forbidden: the memory then lasts as long as the page.
  }
}
