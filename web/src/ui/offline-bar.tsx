import { useEffect } from 'react'
import { queries } from '../server/queries.ts'
import { loadSession } from '../server/session.ts'
import { announce, studio, useStudio } from '../store/studio.ts'
import { Title } from './title.tsx'

const RETRY_MS = 2000

/** Says that the server is out of reach, asks again and again, and brings everything up to date when it answers. */
export function OfflineBar({ isWholePage = false }: { isWholePage?: boolean }) {
  const isOnline = useStudio((state) => state.isOnline)
  const isShown = isWholePage || !isOnline
  useEffect(() => {
    if (!isShown) return undefined
    const timer = setInterval(() => void tryAgain(), RETRY_MS)
    return () => clearInterval(timer)
  }, [isShown])
  if (!isShown) return null
  return isWholePage ? (
    <main className="sign-in">
      <div>
        <Title />
        <div className="trying">
          <span className="spinner" />
          <p role="alert">The server does not answer. This page asks again by itself.</p>
        </div>
      </div>
    </main>
  ) : (
    <div className="offline">
      <span className="spinner" />
      <p role="alert">The server does not answer. Nothing is lost; this page asks again by itself.</p>
    </div>
  )
}

async function tryAgain(): Promise<void> {
  const session = await loadSession().catch(() => null)
  if (session === null) return
  queries.setQueryData(['session'], session)
  studio.set({ isOnline: true })
  announce('The server is back.')
  if (session.account !== null)
    await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
}
