import { useEffect, useState } from 'react'
import { changeSession } from '../server/queries.ts'
import { signIn, takeSignInLink } from '../server/session.ts'

/** Taken at load, before React renders twice for its checks: the link works once. */
const link = takeSignInLink()
let exchange: Promise<string | null> | null = null

/** `exchanging`, then null when it worked or there was none, or the server's reason. */
export function useSignInLink(): string | null {
  const [state, setState] = useState<string | null>(link === null ? null : 'exchanging')
  useEffect(() => {
    if (link === null) return
    exchange ??= signIn({ link }).then(
      async (session) => {
        await changeSession(session)
        return null
      },
      (error: unknown) => (error instanceof Error ? error.message : 'The link did not work.'),
    )
    void exchange.then(setState)
  }, [])
  return state
}
