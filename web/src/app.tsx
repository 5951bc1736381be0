/** Who is there, which page is asked for, and what lies over every page. */
import { lazy, Suspense, useEffect } from 'react'
import { actionNamed } from './actions/registry.ts'
import { useShortcuts } from './actions/shortcuts.ts'
import { TopBar } from './bar/top-bar.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { StudioPage } from './pages/studio.tsx'
import { useSignInLink } from './pages/use-sign-in-link.ts'
import { useSession } from './server/queries.ts'
import { useRoute } from './store/router.ts'
import type { Page } from './store/router.ts'
import { studio, useStudio } from './store/studio.ts'
import { HelpSheet } from './ui/help-sheet.tsx'
import { Notices } from './ui/notices.tsx'
import { OfflineBar } from './ui/offline-bar.tsx'

/** Loaded when they are opened: most people open the page to work on a picture. */
const SIDE_PAGES: Readonly<Record<Page, React.LazyExoticComponent<React.ComponentType>>> = {
  models: lazy(async () => ({ default: (await import('./pages/models.tsx')).ModelsPage })),
  guides: lazy(async () => ({ default: (await import('./pages/guides.tsx')).GuidesPage })),
  deliveries: lazy(async () => ({ default: (await import('./pages/deliveries.tsx')).DeliveriesPage })),
  usage: lazy(async () => ({ default: (await import('./pages/usage.tsx')).UsagePage })),
  keys: lazy(async () => ({ default: (await import('./pages/keys.tsx')).KeysPage })),
  reference: lazy(async () => ({ default: (await import('./pages/reference.tsx')).ReferencePage })),
}

export function App() {
  useShortcuts()
  const link = useSignInLink()
  const session = useSession({ isEnabled: link !== 'exchanging' })
  const route = useRoute()
  useTitle(route.page)
  useWorkOf(session.data?.account ?? null)
  if (session.isPending || link === 'exchanging') return <main className="waiting" aria-busy="true" />
  if (session.data === undefined) return <OfflineBar isWholePage />
  if (session.data.account === null) return <SignIn linkFault={link} />
  const Side = route.page === 'studio' ? null : SIDE_PAGES[route.page]
  return (
    <div className="app">
      <a className="skip" href="#main" onClick={skipToMain}>
        Skip to the work
      </a>
      <TopBar route={route} account={session.data.account} />
      <OfflineBar />
      {route.page === 'studio' ? (
        <StudioPage jobId={route.jobId} />
      ) : (
        <Suspense fallback={<main id="main" className="page" aria-busy="true" />}>
          {Side && <Side />}
        </Suspense>
      )}
      <Notices />
      <HelpSheet />
      <Announcer />
    </div>
  )
}

/** The address after `#` is the route, so the link moves the focus itself. */
function skipToMain(event: React.MouseEvent): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}

function Announcer() {
  const text = useStudio((state) => state.announcement)
  return (
    <div className="unseen" role="status" aria-live="polite">
      {text}
    </div>
  )
}

const TITLES = {
  studio: 'Studio',
  models: 'Models',
  guides: 'Guides',
  deliveries: 'Deliveries',
  usage: 'Usage',
  keys: 'Keys',
  reference: 'API reference',
}

/** After a restart of the server the same person finds the work as it was, and nobody else does. */
function useWorkOf(account: string | null): void {
  useEffect(() => {
    const { account: last } = studio.get()
    if (account === null || account === last) return
    if (last !== null) actionNamed('new').run()
    studio.set({ account })
  }, [account])
}

function useTitle(page: keyof typeof TITLES): void {
  useEffect(() => {
    document.title = `${TITLES[page]} · Afterimage`
  }, [page])
}
