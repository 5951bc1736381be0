import { DropdownMenu } from 'radix-ui'
import { actionNamed } from '../actions/registry.ts'
import { changeSession } from '../server/queries.ts'
import { forgetAllRequests } from '../server/request-memory.ts'
import { signOut } from '../server/session.ts'
import { navigate } from '../store/router.ts'
import { notify, studio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'

const PAGES = [
  { page: 'deliveries', label: 'Deliveries' },
  { page: 'usage', label: 'Usage' },
  { page: 'keys', label: 'Keys' },
] as const

/** Not modal: the page behind stays as it is, and nothing has to inject a style into it. */
export function AccountMenu({ account }: { account: string }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button kind="quiet" className="account" aria-label={`Account ${account}`}>
          <span className="monogram" aria-hidden="true">
            {account.charAt(0).toUpperCase()}
          </span>
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={8}>
          <DropdownMenu.Label>Account {account}</DropdownMenu.Label>
          <DropdownMenu.Item onSelect={() => studio.set({ isHelpOpen: true })}>
            Keyboard shortcuts
          </DropdownMenu.Item>
          {PAGES.map(({ page, label }) => (
            <DropdownMenu.Item key={page} onSelect={() => navigate({ page })}>
              {label}
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator />
          <DropdownMenu.Item onSelect={() => void leave()}>Sign out</DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** What was asked for is in this browser only, and goes with whoever asked. */
async function leave(): Promise<void> {
  try {
    const session = await signOut()
    forgetAllRequests()
    actionNamed('new').run()
    studio.set({ account: null })
    await changeSession(session)
  } catch {
    notify({ kind: 'fault', text: 'The server cannot be reached; you are still signed in.' })
  }
}
