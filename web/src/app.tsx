/** Who is there, which page is asked for, and what lies over every page. */
import { useEffect } from 'react'
import { actionNamed } from './actions/registry.ts'
import { useShortcuts } from './actions/shortcuts.ts'
import { TopBar } from './bar/top-bar.tsx'
import { SidePage, useSidePagesLater } from './pages/side-page.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { StudioPage } from './pages/studio.tsx'
import { useSignInLink } from './pages/use-sign-in-link.ts'
import { useSession } from './server/queries.ts'
import { useRoute } from './store/router.ts'
import { studio, useStudio } from './store/studio.ts'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import { HelpSheet } from './ui/help-sheet.tsx'
import { Notices } from './ui/notices.tsx'
import { OfflineBar } from './ui/offline-bar.tsx'

export function App() {
  useShortcuts()
  useSidePagesLater()
  const link = useSignInLink()
  const session = useSession({ isEnabled: link !== 'exchanging' })
  const route = useRoute()
  useTitle(route.page)
  useWorkOf(session.data?.account ?? null)
  if (session.isPending || link === 'exchanging') return <main className="waiting" aria-busy="true" />
  if (session.data === undefined) return <OfflineBar isWholePage />
  if (session.data.account === null) return <SignIn linkFault={link} />
  return (
    <div className="app">
      <a className="skip" href="#main" onClick={skipToMain}>
        Skip to the work
      </a>
      <TopBar route={route} account={session.data.account} />
      <OfflineBar />
      <ErrorBoundary place={route.page === 'studio' ? `studio ${route.jobId}` : route.page}>
        {route.page === 'studio' ? <StudioPage jobId={route.jobId} /> : <SidePage page={route.page} />}
      </ErrorBoundary>
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
