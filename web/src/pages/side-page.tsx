import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { ComponentType } from 'react'
import { queries } from '../server/queries.ts'
import { PAGES } from '../store/router.ts'
import type { Page } from '../store/router.ts'
import { useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'

/** Apart from the Studio's own code: most people open the page to work on a picture, and that must not wait. */
const LOADERS: Readonly<Record<Page, () => Promise<ComponentType>>> = {
  models: async () => (await import('./models.tsx')).ModelsPage,
  guides: async () => (await import('./guides.tsx')).GuidesPage,
  deliveries: async () => (await import('./deliveries.tsx')).DeliveriesPage,
  usage: async () => (await import('./usage.tsx')).UsagePage,
  keys: async () => (await import('./keys.tsx')).KeysPage,
  reference: async () => (await import('./reference.tsx')).ReferencePage,
}

const codeOf = (page: Page) =>
  queryOptions({
    queryKey: ['page', page],
    queryFn: () => load(page),
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
  })

/** How long after the Studio the other pages are fetched: its first picture and its models go before. */
const LATER_MS = 1500

/** Fetches the pages beside the Studio while nobody waits for them, so that they open also when the server is away. */
export function useSidePagesLater(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const page of PAGES) void queries.prefetchQuery(codeOf(page))
    }, LATER_MS)
    return () => clearTimeout(timer)
  }, [])
}

/** A page beside the Studio. Where its code cannot be loaded it says so; without this the whole page would be blank. */
export function SidePage({ page }: { page: Page }) {
  const loaded = useQuery(codeOf(page))
  const isOnline = useStudio((state) => state.isOnline)
  if (loaded.data !== undefined) return <loaded.data />
  return (
    <main id="main" className="page" tabIndex={-1} aria-busy={!loaded.isError}>
      {loaded.isError && (
        <>
          <h1>This page is not here yet</h1>
          <p className="fault">{loaded.error.message}</p>
          <Button disabled={!isOnline} onClick={() => location.reload()}>
            Load everything again
          </Button>
        </>
      )}
    </main>
  )
}

async function load(page: Page): Promise<ComponentType> {
  try {
    return await LOADERS[page]()
  } catch (error) {
    // Either nobody answers, which this finds out, or another version does. Browsers remember the failure of a module,
    // so that only a fresh start gets it.
    void queries.invalidateQueries({ queryKey: ['session'] })
    throw new Error(
      'The server was away or has been renewed since this page was opened. Load everything again when it answers.',
      { cause: error },
    )
  }
}
