/** What the server knows, cached and refreshed; one hook for each question. */
import { QueryCache, QueryClient, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import { AuthenticationError, ConnectionError, KreaAPIError, NotFoundError } from '../../../src/sdk/index.ts'
import type { Job } from '../../../src/sdk/index.ts'
import { studio } from '../store/studio.ts'
import { krea } from './client.ts'
import { isEnded } from './is-ended.ts'
import type { ModelCard, ModelDetail } from './models.ts'
import { loadSession } from './session.ts'
import type { Session } from './session.ts'

const PAGE_SIZE = 50
/** How soon the page notices that the server is away, or that the session has ended. Not while nobody looks. */
const HEARTBEAT_MS = 15_000
/** Models change only with the keys of the server. */
const MODELS_FRESH_MS = 30_000

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noteFault }),
  defaultOptions: {
    queries: { retry: isWorthRetrying, staleTime: 5000, refetchOnWindowFocus: true, networkMode: 'always' },
  },
})

/** Two faults concern the whole page, whoever met them: nobody is signed in any more, and nobody answers. */
export function noteFault(error: unknown): void {
  if (isSignedOut(error)) void queries.invalidateQueries({ queryKey: ['session'] })
  // The session is asked for without the SDK; there a missing answer is a TypeError.
  if (error instanceof ConnectionError || error instanceof TypeError) studio.set({ isOnline: false })
}

/** The SDK has retried already; what it gave up on is worth a look later, a refusal is not. */
function isWorthRetrying(failures: number, error: unknown): boolean {
  return failures < 2 && !(error instanceof KreaAPIError && error.status >= 400 && error.status < 500)
}

/** Somebody else is there now, or nobody: what the last one saw is none of their business. */
export async function changeSession(session: Session): Promise<void> {
  // A question that was asked before would be answered with who was there before.
  await queries.cancelQueries({ queryKey: ['session'] })
  const forget = (): void => queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
  if (session.account !== null) forget()
  queries.setQueryData(['session'], session)
  // What is still shown would ask again at once; it is gone when the page has taken the news.
  if (session.account === null) setTimeout(forget)
}

/** @param isEnabled false while a sign-in is under way: asked meanwhile, the answer would be that nobody is there */
export function useSession({ isEnabled = true } = {}) {
  return useQuery({
    queryKey: ['session'],
    queryFn: loadSession,
    enabled: isEnabled,
    refetchInterval: HEARTBEAT_MS,
    retry: 1,
  })
}

export function useModels() {
  return useQuery({
    queryKey: ['models'],
    queryFn: async () => (await krea.models.list()) as ModelCard[],
    staleTime: MODELS_FRESH_MS,
  })
}

export function useModel(id: string) {
  return useQuery({
    queryKey: ['model', id],
    queryFn: async () => (await krea.models.getSchema(id)) as unknown as ModelDetail,
    staleTime: MODELS_FRESH_MS,
  })
}

/** A model's schema from the cache, or from the server. */
export function loadModel(id: string): Promise<ModelDetail> {
  return queries.fetchQuery({
    queryKey: ['model', id],
    queryFn: async () => (await krea.models.getSchema(id)) as unknown as ModelDetail,
    staleTime: MODELS_FRESH_MS,
  })
}

export function useJobs() {
  return useInfiniteQuery({
    queryKey: ['jobs'],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) =>
      krea.jobs.list({ limit: PAGE_SIZE, ...(pageParam === null ? {} : { cursor: pageParam }) }, { signal }),
    getNextPageParam: (page) => page.next_cursor,
    // Other tabs and programs make jobs too. Whoever has scrolled far does not load it all again and again.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : HEARTBEAT_MS),
  })
}

export function useJob(id: string | null) {
  return useQuery({
    queryKey: ['job', id],
    enabled: id !== null,
    queryFn: ({ signal }) => krea.jobs.get(id ?? '', { signal }),
    staleTime: (query) => (query.state.data !== undefined && isEnded(query.state.data.status) ? Infinity : 0),
  })
}

/** What this page knows of jobs that it follows, as it comes; it asks for none. */
export function useKnownJobs(ids: readonly string[]): Job[] {
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ['job', id],
      enabled: false,
      queryFn: ({ signal }: { signal: AbortSignal }) => krea.jobs.get(id, { signal }),
    })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  })
}

/** Puts news of a job where every part of the page reads it. */
export function keepJob(job: Job): void {
  queries.setQueryData(['job', job.job_id], job)
}

function isSignedOut(error: unknown): boolean {
  return error instanceof AuthenticationError && error.status === 401
}

export function isUnknown(error: unknown): boolean {
  return error instanceof NotFoundError
}
