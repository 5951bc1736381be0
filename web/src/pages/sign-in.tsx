import { useState } from 'react'
import { changeSession } from '../server/queries.ts'
import { signIn } from '../server/session.ts'
import { useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { Title } from '../ui/title.tsx'

/** Asks for a key. It goes to the server once and is kept nowhere in the browser. */
export function SignIn({ linkFault }: { linkFault: string | null }) {
  const [key, setKey] = useState('')
  const [fault, setFault] = useState(linkFault)
  const isAgain = useStudio((state) => state.account !== null)
  const [isBusy, setIsBusy] = useState(false)
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault()
    setIsBusy(true)
    try {
      await changeSession(await signIn({ key }))
    } catch (error) {
      setFault(error instanceof TypeError ? 'The server cannot be reached.' : (error as Error).message)
      setIsBusy(false)
    }
  }
  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)} aria-labelledby="sign-in-title">
        <Title id="sign-in-title" />
        {isAgain && <p role="status">The session has ended. Sign in again: your work is still here.</p>}
        <p>Sign in with an API key of this server.</p>
        <label>
          API key
          <input
            id="key"
            type="password"
            autoComplete="current-password"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            aria-describedby={fault === null ? undefined : 'sign-in-fault'}
            aria-invalid={fault !== null}
            autoFocus
            required
          />
        </label>
        {fault !== null && (
          <p id="sign-in-fault" className="fault" role="alert">
            {fault}
          </p>
        )}
        <Button kind="primary" className="large" type="submit" disabled={isBusy}>
          Sign in
        </Button>
        <p className="hint">
          No key? On the machine of the server, <code>npx afterimage keys create</code> makes one; and each
          time the server starts, its terminal shows a link that signs you in without a key.
        </p>
      </form>
    </main>
  )
}
